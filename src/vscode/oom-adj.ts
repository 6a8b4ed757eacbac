import * as vscode from 'vscode';
import type { AdjChange, OomFeed } from '../app/oom/oom-feed.js';
import { adjOf, LEAST_ADJ, MOST_ADJ, setOomScoreAdj } from '../app/oom/oom-score-adj.js';
import type { RootAccess } from '../app/system/root-script.js';
import { neverCancelled } from '../base/cancel.js';
import { visibleText } from '../base/visible-text.js';
import type { OomCandidate } from '../model/next-victim.js';
import type { ProcessKey } from '../model/process.js';
import { withoutLinks } from './live-news.js';

/** The page that a change belongs to. */
export interface AdjPlace {
  readonly feed: OomFeed;
  readonly access: () => RootAccess;
  /** The machine, for people. */
  readonly machine: string;
}

/** Asks for an oom_score_adj, says what it will do, and writes it. Undo is offered. */
export async function changeAdj(place: AdjPlace, key: ProcessKey): Promise<void> {
  const process = place.feed.candidate(key);
  if (process === undefined) return place.feed.tellFault({ code: 'not-found', path: `/proc/${key.pid}`, what: 'process' });
  const after = await askAdj(process);
  if (after === undefined || after === process.adj) return;
  if (!(await confirm(process, after, place.machine))) return;
  await write(place, { pid: key.pid, startTicks: key.startTicks, name: process.name, before: process.adj, after });
}

/** Takes the last change back; the process must still be the same. */
export async function undoAdj({ feed, access }: AdjPlace): Promise<void> {
  const change = feed.undo;
  if (change === undefined) return;
  const written = await setOomScoreAdj(access(), change, change.before, neverCancelled);
  // Of a process that has ended there is nothing to take back.
  if (written.ok || written.error.code === 'not-found') feed.changed(undefined);
  if (!written.ok) feed.tellFault(written.error);
}

async function askAdj({ adj, name, pid }: OomCandidate): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('oom_score_adj of {0} ({1})', visibleText(name), pid),
    prompt: vscode.l10n.t(
      '-1000 exempts it, 0 is usual, 1000 makes it go first. Each 10 are one percent of the memory. Lowering needs root.',
    ),
    value: String(adj),
    ignoreFocusOut: true,
    validateInput: (value) =>
      adjOf(value) === undefined ? vscode.l10n.t('A whole number from {0} to {1}', LEAST_ADJ, MOST_ADJ) : undefined,
  });
  return text === undefined ? undefined : adjOf(text);
}

async function confirm({ adj, name, pid }: OomCandidate, after: number, machine: string): Promise<boolean> {
  const change = vscode.l10n.t('Change');
  const what = vscode.l10n.t(
    'Change oom_score_adj of {0} ({1}) on {2} from {3} to {4}?',
    visibleText(name),
    pid,
    visibleText(machine),
    adj,
    after,
  );
  const chosen = await vscode.window.showWarningMessage(what, { modal: true, detail: consequence(adj, after) }, change);
  return chosen === change;
}

function consequence(before: number, after: number): string {
  const inherits = vscode.l10n.t(
    'It holds until it is changed again or the process ends, and what the process starts from now on inherits it. It can be taken back here.',
  );
  const what =
    after === LEAST_ADJ
      ? vscode.l10n.t(
          'The kernel will never choose it when memory runs out, however much it holds. Another process goes in its place; protecting everything protects nothing.',
        )
      : after < before
        ? vscode.l10n.t('The kernel will choose it later when memory runs out; another process goes sooner.')
        : vscode.l10n.t('The kernel will choose it sooner when memory runs out.');
  return `${what}\n\n${inherits}`;
}

async function write(place: AdjPlace, change: AdjChange): Promise<void> {
  const { access, feed } = place;
  const written = await setOomScoreAdj(access(), change, change.after, neverCancelled);
  if (!written.ok) return feed.tellFault(written.error);
  feed.changed(change);
  const undo = vscode.l10n.t('Undo');
  const told = vscode.l10n.t(
    'MemLens: oom_score_adj of {0} ({1}) is {2} now.',
    withoutLinks(visibleText(change.name)),
    change.pid,
    change.after,
  );
  void vscode.window.showInformationMessage(told, undo).then((chosen) => {
    // Another change has been made since: this one is not the last any more.
    if (chosen === undo && feed.undo === change) void undoAdj(place);
  });
}
