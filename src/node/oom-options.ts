import { rootCommandOf } from './root-command-option.js';
import { formatOf, type OptionValues, outputOf, refuseOthers, textOption, UsageError } from './usage.js';

/** Options that oom has, as node:util's parseArgs takes them. */
export const OOM_OPTIONS = {
  event: { type: 'string' },
  next: { type: 'boolean' },
} as const;

interface Common {
  readonly verb: 'oom';
  readonly format: 'text' | 'json';
  readonly output?: string;
  readonly verbose: boolean;
}

interface OfTarget {
  /** As parseTargetName reads it. */
  readonly target: string;
  readonly rootCommand: readonly string[];
}

export type OomLine =
  /** `event`: only this one, from 1. `-` is standard input. */
  | (Common & { readonly what: 'file'; readonly file: string; readonly event?: number })
  /** The log of a target's kernel. */
  | (Common & OfTarget & { readonly what: 'kernel-log'; readonly event?: number })
  /** Who would be killed next. */
  | (Common & OfTarget & { readonly what: 'next' });

/** `words` stand before `--`, `names` behind it. Throws UsageError with a sentence that says what to write instead. */
export function readOomLine(values: OptionValues, words: readonly string[], names: readonly string[]): OomLine {
  refuseOthers('oom', values, ['target', 'format', 'output', 'root-command', ...Object.keys(OOM_OPTIONS)]);
  const [file, extra] = [...words, ...names];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many; oom reads one log`);
  if (file === '') throw new UsageError('the name of a file is empty');
  const output = outputOf(textOption(values, 'output'));
  const common: Common = {
    verb: 'oom',
    format: formatOf(textOption(values, 'format'), ['text', 'json']),
    verbose: values['verbose'] === true,
    ...(output === undefined ? {} : { output }),
  };
  const event = eventOf(textOption(values, 'event'));
  if (file !== undefined) {
    for (const name of ['target', 'root-command', 'next'] as const) {
      if (values[name] !== undefined)
        throw new UsageError(`--${name} is for a machine: it goes with no file. Without a file the log of its kernel is read`);
    }
    return { ...common, what: 'file', file, ...event };
  }
  const of: OfTarget = {
    target: textOption(values, 'target') ?? 'local',
    rootCommand: rootCommandOf(textOption(values, 'root-command')),
  };
  if (values['next'] !== true) return { ...common, ...of, what: 'kernel-log', ...event };
  if (values['event'] !== undefined)
    throw new UsageError('--event is one of the past, --next is what would come: take one of the two');
  return { ...common, ...of, what: 'next' };
}

function eventOf(word: string | undefined): { readonly event?: number } {
  if (word === undefined) return {};
  if (/^[1-9]\d{0,6}$/.test(word)) return { event: Number(word) };
  throw new UsageError(`--event takes the number of an event, from 1, not "${word}"`);
}
