import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { openPlace } from '../app/line-entries.js';
import type { LiveLook, WayOffer } from '../app/live/attach.js';
import type { Log } from '../app/ports.js';
import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { joinVoices } from '../findings/join-voices.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LiveOutcome } from '../model/live.js';
import type { PlacedFinding, Report } from '../model/report.js';
import type { OpenFrameArgs } from './frame-opener.js';
import { withoutLinks } from './live-news.js';
import type { LiveSubject } from './live-services.js';

export interface LiveResultOptions {
  readonly store: FindingsStore;
  readonly log: Log;
  /** `server (1234)` */
  readonly title: string;
  /** Opens the page of a heap profile; one of the same key takes the place of the older one. */
  readonly showHeap: (title: string, profile: HeapProfile, key: string) => void;
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
  store.put({
    key,
    title,
    // What another way saw of the same process stays, and stands beside it.
    report: before === undefined ? report : joinVoices(before.report, report),
    outcome,
    ...(outcome.ended === 'exited' ? {} : { subject: { target, process: { pid, startTicks, command } } }),
  });
  const sentence = liveSentence(title, way.title, outcome, report);
  const notes = report.notes.filter(({ severity }) => severity !== 'info').map(({ text }) => visibleText(text));
  log.info([sentence, ...notes].join(' '));
  const { profile } = outcome;
  if (profile !== undefined && profile.tree.length > 1) showHeap(title, profile, `${way.id} ${key}`);
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

/** `Page faults (perf): server (1234) grows at 2 places, 12 MiB in 30 s; most of it at serve (server.c:88). It goes on running.` */
export function liveSentence(title: string, way: string, outcome: LiveOutcome, report: Report): string {
  const seconds = (outcome.overMs / 1000).toFixed(outcome.overMs < 10_000 ? 1 : 0);
  const found = report.findings;
  const [first] = found;
  const bytes = found.reduce((sum, finding) => sum + (finding.bytes ?? 0), 0);
  // What malloc says of itself is no finding.
  const figures = report.notes.find(({ code }) => code === 'malloc-use');
  const what =
    first === undefined
      ? (figures?.text.replace(/\.$/, '') ?? `nothing that grows or is lost was found in ${seconds} s`)
      : `${formatCount(found.length, 'finding')}${bytes > 0 ? `, ${formatBytes(bytes)}` : ''} in ${seconds} s${placeWords(first)}`;
  return `${way}: ${title}: ${what}. ${ENDS[outcome.ended ?? 'time']}`;
}

function placeWords({ place }: PlacedFinding): string {
  if (place === null || place.file === null) return '';
  const name = place.file.slice(place.file.lastIndexOf('/') + 1);
  return `; most of it at ${visibleText(place.function ?? '')} (${visibleText(name)}${place.line === null ? '' : `:${place.line}`})`;
}

const ENDS: Readonly<Record<NonNullable<LiveOutcome['ended']> | 'time', string>> = {
  time: 'It goes on running.',
  user: 'You stopped looking; it goes on running.',
  exited: 'It ended meanwhile.',
  'too-slow': 'It became slower than the limit, so MemLens let go of it; it goes on running.',
};
