import * as vscode from 'vscode';
import type { WayOffer } from '../app/live/attach.js';
import type { LiveWayId } from '../model/live.js';

/** What the user chose; `again`: what is started is another process, and this one is not touched. */
export type LiveChoice = { readonly form: 'way'; readonly offer: WayOffer } | { readonly form: 'again' };

export interface WayItem extends vscode.QuickPickItem {
  readonly choice?: LiveChoice;
  /** Of its button. */
  readonly explains?: WayOffer;
  /** Why it can't work, and what helps. */
  readonly remedy?: string;
}

const EXPLAIN_BUTTON: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('question'),
  tooltip: vscode.l10n.t('What It Gives, and What It Costs'),
};

/** Those that can work, the gentlest first; a second process of the same program; those that can't, with the reason. */
export function wayItems(offers: readonly WayOffer[], wanted: LiveWayId | undefined): readonly WayItem[] {
  const separator = (label: string): WayItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const can = offers.filter(({ obstacles }) => !obstacles.some(({ blocking }) => blocking));
  const cannot = offers.filter((offer) => !can.includes(offer));
  const again: WayItem = {
    label: `$(debug-rerun) ${vscode.l10n.t('Start Again and Profile')}`,
    description: vscode.l10n.t('this process is not touched'),
    detail: vscode.l10n.t(
      'A second process of the same program, with the same arguments, under a memory engine: every leak and memory error.',
    ),
    choice: { form: 'again' },
  };
  return [
    ...(can.length === 0 ? [] : [separator(vscode.l10n.t('the gentlest first'))]),
    ...can.map((offer): WayItem => possible(offer, wanted)),
    separator(vscode.l10n.t('another process')),
    again,
    ...(cannot.length === 0 ? [] : [separator(vscode.l10n.t('can’t work here'))]),
    ...cannot.map(impossible),
  ];
}

function possible(offer: WayOffer, wanted: LiveWayId | undefined): WayItem {
  const { price, obstacles } = offer;
  const { title, gives } = offer.way;
  const icon = price.isDangerous ? 'warning' : obstacles.length > 0 ? 'info' : 'check';
  const hints = obstacles.map(({ reason, remedy }) => `${reason} ${remedy}`.trim());
  return {
    label: `$(${icon}) ${title}`,
    description: [priceLabel(offer), offer.way.id === wanted ? vscode.l10n.t('suits what grows') : undefined]
      .filter((part) => part !== undefined)
      .join(' · '),
    detail: [...hints, gives].join(' '),
    choice: { form: 'way', offer },
    explains: offer,
    buttons: [EXPLAIN_BUTTON],
  };
}

function impossible({ way: { title }, obstacles }: WayOffer): WayItem {
  const blocking = obstacles.filter((obstacle) => obstacle.blocking);
  const remedy = blocking.map(({ reason, remedy: help }) => `${reason} ${help}`.trim()).join(' ');
  return { label: `$(circle-slash) ${title}`, description: vscode.l10n.t('not available'), detail: remedy, remedy };
}

/** `1.0–1.3× slower`, `stops it for at most 40 ms`. */
function priceLabel({ price: { slowdown, stopMs } }: WayOffer): string {
  const times = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
  const parts = [
    slowdown === undefined
      ? undefined
      : slowdown.high <= 1.05
        ? vscode.l10n.t('not slower')
        : vscode.l10n.t('{0}–{1} times the time', times(slowdown.low), times(slowdown.high)),
    stopMs === undefined || stopMs === 0 ? undefined : vscode.l10n.t('stands still for up to {0} ms', Math.round(stopMs)),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? vscode.l10n.t('price not known') : parts.join(' · ');
}
