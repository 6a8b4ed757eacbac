import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { openPlace } from '../app/line-entries.js';
import type { LiveLook, WayOffer } from '../app/live/attach.js';
import { withLook } from '../app/live/look-spans.js';
import type { Log } from '../app/ports.js';
import { visibleText } from '../base/visible-text.js';
import { joinVoices } from '../findings/join-voices.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { OpenFrameArgs } from './frame-opener.js';
import { withoutLinks } from './live-news.js';
import { liveSentence } from './live-sentence.js';
import type { LiveSubject } from './live-services.js';

export interface LiveResultOptions {
  readonly store: FindingsStore;
  readonly log: Log;
  /** `server (1234)` */
  readonly title: string;
  /** Opens the page of a heap profile. */
  readonly showHeap: (profile: HeapProfile) => void;
  readonly otherWays: () => void;
}

/** What came of looking into a process: squiggles and tree, the heap page for its stacks, and a word about it. */
export async function showLiveResult(
  { outcome, report }: LiveLook,
  { target }: LiveSubject,
  { way }: WayOffer,
  options: LiveResultOptions,
): Promise<void> {
  const { store, log, title, showHeap, otherWays } = options;
  const { pid, startTicks, command } = outcome.process;
  const key = `${command} (${pid}:${startTicks}) on ${target.name}`;
  const before = store.all().find((stored) => stored.key === key);
  const looks = withLook(before?.looks ?? [], outcome);
  store.put({
    key,
    title,
    // What another way saw of the same process stays, and stands beside it.
    report: before === undefined ? report : joinVoices(before.report, report, { looks }),
    outcome,
    looks,
    ...(outcome.ended === 'exited' ? {} : { subject: { target, process: { pid, startTicks, command } } }),
  });
  const sentence = liveSentence(title, way.title, outcome, report);
  const notes = report.notes.filter(({ severity }) => severity !== 'info').map(({ text }) => visibleText(text));
  log.info([sentence, ...notes].join(' '));
  const { profile } = outcome;
  if (profile !== undefined && profile.tree.length > 1) showHeap(profile);
  // In front of it: the lines are what the user came for.
  const first = report.findings.map(openPlace).find((place) => place !== undefined);
  if (first !== undefined) await vscode.commands.executeCommand('memlens.openFrame', openArgs(first));
  const show = vscode.l10n.t('Show Findings');
  const other = vscode.l10n.t('Other Ways…');
  const [note] = notes;
  const more = notes.length > 1 ? vscode.l10n.t('{0} more notes are in the Findings view.', notes.length - 1) : undefined;
  const text = withoutLinks([sentence, note, more].filter((part) => part !== undefined).join(' '));
  const buttons = [show, other];
  const message =
    note === undefined
      ? vscode.window.showInformationMessage(text, ...buttons)
      : vscode.window.showWarningMessage(text, ...buttons);
  void message.then((chosen) => {
    if (chosen === show) void vscode.commands.executeCommand('memlens.showFindings');
    if (chosen === other) otherWays();
  });
}

function openArgs({ file, line, column }: NonNullable<ReturnType<typeof openPlace>>): OpenFrameArgs {
  return { file, line, ...(column === null ? {} : { column }) };
}
