import type { LeakCheckScope } from '../model/leak-check.js';
import { formatOf, type OptionValues, outputOf, refuseOthers, textOption, UsageError } from './usage.js';

/** Options that only check has, as node:util's parseArgs takes them. */
export const CHECK_OPTIONS = {
  full: { type: 'boolean' },
  increased: { type: 'boolean' },
} as const;

export interface CheckLine {
  readonly verb: 'check';
  /** The number of a process of the run, or its name; absent: all runs are listed. */
  readonly run?: string;
  readonly scope: LeakCheckScope;
  readonly format: 'text' | 'json';
  /** As parseTargetName reads it: only runs whose program is there. */
  readonly target?: string;
  readonly output?: string;
  readonly verbose: boolean;
}

/** `words` stand before `--`, `names` behind it. Throws UsageError with a sentence that says what to write instead. */
export function readCheckLine(values: OptionValues, words: readonly string[], names: readonly string[]): CheckLine {
  refuseOthers('check', values, ['target', 'format', 'output', ...Object.keys(CHECK_OPTIONS)]);
  const [run, extra] = [...words, ...names];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many`);
  const isIncreased = values['increased'] === true;
  if (isIncreased && values['full'] === true) throw new UsageError('--full and --increased exclude each other');
  if (run === undefined && (isIncreased || values['full'] === true)) {
    throw new UsageError('check what? name a run: memlens check without a word lists them');
  }
  const target = textOption(values, 'target');
  const output = outputOf(textOption(values, 'output'));
  return {
    verb: 'check',
    ...(run === undefined ? {} : { run }),
    scope: isIncreased ? 'increased' : 'all',
    format: formatOf(textOption(values, 'format'), ['text', 'json']),
    ...(target === undefined ? {} : { target }),
    ...(output === undefined ? {} : { output }),
    verbose: values['verbose'] === true,
  };
}
