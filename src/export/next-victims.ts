import { formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { scoringOf } from '../insight/oom/next-victim-score.js';
import { candidateReason, firstVictimText, nextVictimNotes } from '../insight/oom/next-victim-words.js';
import type { NextVictims, OomCandidate } from '../model/next-victim.js';
import { amountText } from './map-amounts.js';
import { type TextColumnOf, tableLines } from './text-table.js';

/** Goes up when a reader of the old schema would be misled. */
const VERSION = 1;
const MOST_ROWS = 20;

export interface NextVictimsTextOptions {
  readonly target: string;
  /** Of the terminal, in cells. */
  readonly width?: number;
  /** With all processes. */
  readonly verbose: boolean;
}

/** For people: who goes first, first. */
export function* nextVictimsText(victims: NextVictims, { target, verbose, width }: NextVictimsTextOptions): Generator<string> {
  const { candidates } = victims;
  yield `Who would be killed first if memory ran out now on ${visibleText(target)}\n\n`;
  const scoring = scoringOf(victims);
  const first = firstVictimText(victims, scoring);
  yield first === undefined
    ? 'Nobody could be killed: when memory runs out, the machine stops.\n\n'
    : `${visibleText(first)}\n\n`;
  const shown = verbose ? candidates : candidates.slice(0, MOST_ROWS);
  const columns: readonly TextColumnOf<OomCandidate>[] = [
    { title: 'SCORE', text: ({ score }) => String(score), right: true },
    { title: 'SHARE', text: ({ share }) => String(share), right: true },
    { title: 'ADJ', text: ({ adj, oomAdj }) => String(oomAdj ?? adj), right: true },
    { title: 'PID', text: ({ pid }) => String(pid), right: true },
    { title: 'UID', text: ({ uid }) => String(uid ?? '-'), right: true },
    { title: 'HELD', text: ({ held }) => amountText(held), right: true },
    { title: 'RSS', text: ({ rss }) => amountText(rss), right: true },
    { title: 'SWAP', text: ({ swap }) => amountText(swap), right: true },
    { title: 'TABLES', text: ({ pageTables }) => amountText(pageTables), right: true },
    { title: '', text: ({ isExempt }) => (isExempt ? 'exempt' : '') },
    { title: 'NAME', text: ({ name }) => visibleText(name) },
  ];
  yield* tableLines(columns, shown, width);
  const more = candidates.length - shown.length;
  if (more > 0) yield `and ${formatCount(more, 'process', 'processes')} behind them (all: --verbose)\n`;
  yield '\n';
  for (const note of nextVictimNotes(victims, scoring)) yield `${note}\n`;
}

/** For programs: docs/next-victims-schema.json. Amounts are bytes. */
export function* nextVictimsJson(
  victims: NextVictims,
  { target, tool }: { readonly tool: string; readonly target: string },
): Generator<string> {
  const { candidates, ...facts } = victims;
  const scoring = scoringOf(victims);
  const head = JSON.stringify({
    format: 'memlens-next-victims',
    version: VERSION,
    tool,
    target,
    ...facts,
    notes: nextVictimNotes(victims, scoring),
  });
  yield `${head.slice(0, -1)},"processes":[\n`;
  for (const [at, one] of candidates.entries())
    yield `${at > 0 ? ',' : ''}${JSON.stringify({ ...one, why: candidateReason(one, victims, scoring) })}\n`;
  yield ']}\n';
}
