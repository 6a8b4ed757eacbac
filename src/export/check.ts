import { formatCount, formatDuration } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { checkSentence, trackOf, trackWords } from '../findings/check-words.js';
import type { SizeAndCount } from '../model/finding.js';
import type { LeakCheck, LeakTrack } from '../model/leak-check.js';
import { type ToolVersion, toJson } from './json.js';
import { type TextOptions, toText } from './text.js';

/** The run that a check is of. */
export interface CheckedRun {
  readonly title: string;
  readonly engine: string;
  /** Absent: this machine. */
  readonly target?: string;
  readonly pid: number;
}

/** Goes up when a reader of the old schema would be misled. */
const CHECK_SCHEMA_VERSION = 1;

const size = (value: SizeAndCount | undefined): object | null =>
  value === undefined ? null : { bytes: value.bytes, blocks: value.blocks };

export const runJson = ({ title, engine, target, pid }: CheckedRun): object => ({ title, engine, target: target ?? null, pid });

/** The document of docs/check-schema.json. What is not known is null. */
export function checkJson(run: CheckedRun, check: LeakCheck, tool: ToolVersion): unknown {
  return {
    schemaVersion: CHECK_SCHEMA_VERSION,
    tool: { name: 'memlens', version: tool.version },
    run: runJson(run),
    check: {
      number: check.number,
      atMs: check.at,
      sinceLastMs: check.sinceLast ?? null,
      scope: check.scope,
      stopMs: check.stopMs ?? null,
      pids: check.pids,
      complete: check.isComplete,
    },
    leaks: check.leaks.map((track) => ({
      fingerprint: track.fingerprint,
      pid: track.pid ?? null,
      leakKind: track.leakKind ?? null,
      statement: track.statement,
      new: track.isNew,
      now: size(track.now),
      before: size(track.before),
      perMinute: size(track.perMinute),
      since: track.since,
    })),
    report: toJson([{ source: null, report: check.report }], tool),
  };
}

/** The report of a check, with what the checks until now say of each leak, and one sentence for all at the end. */
export function checkText(run: CheckedRun, check: LeakCheck, options: TextOptions): string {
  const words = toText(check.report, {
    ...options,
    remark: (finding) => {
      const track = finding.kind === 'leak' ? trackOf(check, finding) : undefined;
      return track === undefined ? undefined : trackWords(track, check);
    },
  });
  const gone = check.leaks.filter(({ statement }) => statement === 'gone');
  const lines = [
    ...(gone.length === 0
      ? []
      : [`${formatCount(gone.length, 'leak')} of the last check ${gone.length === 1 ? 'is' : 'are'} gone.`]),
    ...(check.scope === 'all' ? [] : unshown(check.leaks)),
    visibleText(`${checkSentence(run.title, check)} It has run for ${formatDuration(check.at)}.`),
  ];
  return `${words}${lines.join('\n')}\n`;
}

function unshown(leaks: readonly LeakTrack[]): readonly string[] {
  const count = leaks.filter(({ statement }) => statement === 'steady' || statement === 'once-only').length;
  return count === 0
    ? []
    : [
        `${formatCount(count, 'leak')} that ${count === 1 ? 'is' : 'are'} no more than at the last check ${count === 1 ? 'is' : 'are'} not shown (--full).`,
      ];
}
