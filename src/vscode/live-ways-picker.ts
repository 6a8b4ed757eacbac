import * as vscode from 'vscode';
import type { WayOffer } from '../app/live/attach.js';
import type { LiveReason } from '../app/live/live-reason.js';
import { liveRatesWords, shortRatesWords } from '../app/live/rates-words.js';
import { processTitle } from './live-request.js';
import type { LiveSubject } from './live-services.js';
import { type LiveChoice, type WayItem, wayItems } from './live-way-items.js';

const SETTINGS_BUTTON: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('settings-gear'),
  tooltip: vscode.l10n.t('Duration and Slowdown Limit'),
};

/** Asks for a way into a process: the gentlest first, those that can't work last, with the reason. undefined: none was chosen. */
export async function pickWay(
  subject: LiveSubject,
  reason: LiveReason | undefined,
  seconds: number,
): Promise<LiveChoice | undefined> {
  for (;;) {
    const answer = await ask(subject, reason, seconds);
    if (answer === undefined || answer.form === 'choice') return answer?.choice;
    const { offer } = answer;
    // Whoever has read it goes on with it, or comes back to the list.
    if (await explain(offer, subject)) return { form: 'way', offer };
  }
}

type Answer = { readonly form: 'choice'; readonly choice: LiveChoice } | { readonly form: 'explain'; readonly offer: WayOffer };

async function ask(
  { target, rates, offers, probed: { process } }: LiveSubject,
  reason: LiveReason | undefined,
  seconds: number,
): Promise<Answer | undefined> {
  const pick = vscode.window.createQuickPick<WayItem>();
  pick.title = vscode.l10n.t('Profile {0} for {1} s', processTitle(process.command, process.pid, target), seconds);
  pick.placeholder = reason?.words ?? shortRatesWords(rates);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.buttons = [SETTINGS_BUTTON];
  pick.items = wayItems(offers, reason?.way);
  const suits = pick.items.find(({ choice }) => choice?.form === 'way' && choice.offer.way.id === reason?.way);
  if (suits !== undefined) pick.activeItems = [suits];
  try {
    return await new Promise<Answer | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item === undefined) return;
        if (item.remedy !== undefined) tellRemedy(item.remedy);
        resolve(item.choice === undefined ? undefined : { form: 'choice', choice: item.choice });
      });
      pick.onDidHide(() => resolve(undefined));
      pick.onDidTriggerItemButton(({ item }) => {
        if (item.explains !== undefined) resolve({ form: 'explain', offer: item.explains });
      });
      pick.onDidTriggerButton(() => {
        resolve(undefined);
        void vscode.commands.executeCommand('workbench.action.openSettings', 'memlens.attach');
      });
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

/** All that is known of a way for this process. True: it shall be taken. */
async function explain({ way, price, obstacles }: WayOffer, { rates }: LiveSubject): Promise<boolean> {
  const go = vscode.l10n.t('Profile');
  const hints = obstacles.map(({ reason, remedy }) => `${reason} ${remedy}`.trim());
  const detail = [way.gives, price.words, ...hints, liveRatesWords(rates)].join('\n\n');
  return (await vscode.window.showInformationMessage(way.title, { modal: true, detail }, go)) === go;
}

function tellRemedy(remedy: string): void {
  const copy = vscode.l10n.t('Copy');
  void vscode.window.showWarningMessage(`MemLens: ${remedy}`, copy).then((chosen) => {
    if (chosen === copy) void vscode.env.clipboard.writeText(remedy);
  });
}
