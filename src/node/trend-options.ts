import { PROCESS_COLUMNS, type ProcessColumn } from '../export/process-columns.js';
import { durationOf, formatOf, type OptionValues, outputOf, refuseOthers, textOption, UsageError } from './usage.js';

export const TREND_OPTIONS = {
  target: { type: 'string', short: 'T' },
  pid: { type: 'string', short: 'p' },
  name: { type: 'string', short: 'n' },
  interval: { type: 'string', short: 'i' },
  duration: { type: 'string', short: 'd' },
  sort: { type: 'string', short: 's' },
} as const;

export type WatchFormat = 'text' | 'ndjson' | 'csv' | 'openmetrics';
export type ListFormat = 'text' | 'json' | 'csv';

interface Common {
  /** As parseTargetName reads it. */
  readonly target: string;
  readonly output?: string;
  readonly verbose: boolean;
}

export type TrendLine =
  | (Common & {
      readonly verb: 'watch';
      readonly subject: { readonly pid: number } | { readonly name: string } | undefined;
      readonly intervalMs: number;
      readonly durationMs?: number;
      readonly format: WatchFormat;
    })
  | (Common & { readonly verb: 'ps'; readonly sort: ProcessColumn; readonly format: ListFormat })
  | (Common & { readonly verb: 'meminfo'; readonly format: 'text' | 'json' });

/** Which options each command has, besides --help and --verbose. */
const KNOWN = {
  watch: ['target', 'pid', 'name', 'interval', 'duration', 'format', 'output'],
  ps: ['target', 'sort', 'format', 'output'],
  meminfo: ['target', 'format', 'output'],
} as const;

/** Beyond it a timer of Node fires at once. */
const LONGEST_SECONDS = 2_000_000;

/** Throws UsageError with a sentence that says what to write instead. */
export function readTrendLine(verb: TrendLine['verb'], values: OptionValues, rest: readonly string[]): TrendLine {
  refuseOthers(verb, values, KNOWN[verb]);
  if (rest[0] !== undefined) {
    const hint = verb === 'watch' ? '; a process is named with --pid or --name' : '';
    throw new UsageError(`"${rest[0]}" is one word too many${hint}`);
  }
  const text = (name: keyof typeof TREND_OPTIONS | 'format' | 'output'): string | undefined => textOption(values, name);
  const output = outputOf(text('output'));
  const common: Common = {
    target: text('target') ?? 'local',
    verbose: values.verbose === true,
    ...(output === undefined ? {} : { output }),
  };
  switch (verb) {
    case 'watch': {
      const durationMs = durationOf('duration', text('duration'), 0.1, LONGEST_SECONDS);
      return {
        ...common,
        verb,
        subject: subjectOf(text('pid'), text('name')),
        intervalMs: durationOf('interval', text('interval'), 0.1, 60) ?? 1000,
        ...(durationMs === undefined ? {} : { durationMs }),
        format: formatOf(text('format'), ['text', 'ndjson', 'csv', 'openmetrics']),
      };
    }
    case 'ps':
      return {
        ...common,
        verb,
        sort: columnOf(text('sort') ?? 'uss'),
        format: formatOf(text('format'), ['text', 'json', 'csv']),
      };
    case 'meminfo':
      return { ...common, verb, format: formatOf(text('format'), ['text', 'json']) };
  }
}

function subjectOf(pid: string | undefined, name: string | undefined): { pid: number } | { name: string } | undefined {
  if (pid !== undefined && name !== undefined) throw new UsageError('give --pid or --name, not both');
  if (name === '') throw new UsageError('--name takes the name of a process');
  if (name !== undefined) return { name };
  if (pid === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(pid)) throw new UsageError(`--pid takes the number of a process, not "${pid}"`);
  return { pid: Number(pid) };
}

function columnOf(text: string): ProcessColumn {
  const column = PROCESS_COLUMNS.find(({ id }) => id === text);
  if (column === undefined) {
    const ids = PROCESS_COLUMNS.map(({ id }) => id);
    throw new UsageError(`no column "${text}": choose one of ${ids.join(', ')}`);
  }
  return column;
}
