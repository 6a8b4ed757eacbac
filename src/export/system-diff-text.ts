import { formatBytes, formatDuration } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { meminfoMap } from '../insight/meminfo-terms.js';
import { availableWords } from '../insight/system/available-trend.js';
import { elapsed, isRestarted, RESTARTED } from '../insight/system/elapsed.js';
import { fragmentationWords } from '../insight/system/fragmentation.js';
import { leftBehindWords } from '../insight/system/left-behind-words.js';
import { ratesWords } from '../insight/system/paging-rates.js';
import type { AvailableTrend, SystemFacts } from '../model/machine-accounting.js';
import { changeTables } from './change-tables.js';
import { cutToWidth } from './display-width.js';
import type { SystemDiff } from './system-json.js';
import { findingLines } from './system-text.js';

export interface SystemDiffTextOptions {
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** With all changes. */
  readonly verbose: boolean;
}

/** What has changed between two states: of the machine, then of the owners, the largest change first; and what that means. */
export function* systemDiffText(
  { before, after, growth, owners, left, available: watched, rates, findings }: SystemDiff,
  { width, verbose }: SystemDiffTextOptions,
): Generator<string> {
  const cut = (line: string): string => `${width === undefined ? line : cutToWidth(line, width)}\n`;
  const duringMs = elapsed(before.facts, after.facts) ?? (after.facts.at ?? Number.NaN) - (before.facts.at ?? Number.NaN);
  yield cut(`Memory, before: ${visibleText(before.source)}`);
  yield cut(`         after: ${visibleText(after.source)}${duringMs > 0 ? `, ${formatDuration(duringMs)} later` : ''}`);
  if (isRestarted(before.facts, after.facts)) yield `${RESTARTED}\n`;
  if (duringMs < 0) yield 'The first one is later than the second one: what has grown is told as less.\n';
  if (growth.length === 0 && owners.length === 0) yield '\nNothing has changed.\n';
  yield* changeTables(growth, owners, { verbose, ...(width === undefined ? {} : { width }) });
  const broken = fragmentationWords(before.facts, after.facts);
  if (broken.length > 0) yield `\n${broken.map((line) => `${visibleText(line)}\n`).join('')}`;
  const lines = [...availableLines(before.facts, after.facts, watched), ...ratesWords(rates)];
  if (lines.length > 0) yield `\n${lines.map((line) => `${line}\n`).join('')}`;
  const stays = leftBehindWords(left);
  if (stays.length > 0) yield `\n${stays.map((line) => `${visibleText(line)}\n`).join('')}`;
  for (const finding of findings) yield* findingLines(finding);
}

/** Two moments make no rate: only what was seen several times in between is judged. */
function availableLines(before: SystemFacts, after: SystemFacts, trend: AvailableTrend | undefined): readonly string[] {
  if (trend !== undefined && trend.state !== 'undecided') return availableWords(trend);
  const available = ({ meminfo }: SystemFacts): number | undefined => meminfoMap(meminfo).get('MemAvailable');
  const [was, is] = [available(before), available(after)];
  if (was === undefined || is === undefined || was === is) return [];
  return [
    `MemAvailable was ${formatBytes(was)}, and is ${formatBytes(is)}. ${(trend?.samples ?? 2) <= 2 ? 'Two moments' : 'So few moments'} do not tell whether it goes on so: memlens system --duration watches it.`,
  ];
}
