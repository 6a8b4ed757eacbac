import { rootCommandOf } from './root-command-option.js';
import { durationOf, formatOf, type OptionValues, outputOf, refuseOthers, textOption, UsageError } from './usage.js';

/** Options that only system has, as node:util's parseArgs takes them. */
export const SYSTEM_OPTIONS = {
  from: { type: 'string' },
} as const;

const LONGEST_SECONDS = 2_000_000;
const USUAL_INTERVAL_MS = 1000;

interface Common {
  readonly format: 'text' | 'json';
  readonly output?: string;
  readonly verbose: boolean;
}

export type SystemLine =
  | (Common & {
      readonly verb: 'system';
      /** As parseTargetName reads it. */
      readonly target: string;
      /** A folder or a file of this machine, in place of a target. */
      readonly from?: string;
      readonly rootCommand: readonly string[];
      /** How long the machine is watched, and how often it is sampled meanwhile. */
      readonly watch?: { readonly durationMs: number; readonly intervalMs: number };
    })
  | (Common & {
      readonly verb: 'system diff';
      readonly before: string;
      readonly between: readonly string[];
      readonly after: string;
    });

/** `words` stand before `--`, `names` behind it. Throws UsageError with a sentence that says what to write instead. */
export function readSystemLine(values: OptionValues, words: readonly string[], names: readonly string[]): SystemLine {
  const isDiff = words[0] === 'diff';
  refuseOthers(isDiff ? 'system diff' : 'system', values, [
    'format',
    'output',
    ...(isDiff ? [] : ['target', 'from', 'root-command', 'duration', 'interval']),
  ]);
  const output = outputOf(textOption(values, 'output'));
  const common: Common = {
    format: formatOf(textOption(values, 'format'), ['text', 'json']),
    verbose: values['verbose'] === true,
    ...(output === undefined ? {} : { output }),
  };
  const subjects = [...(isDiff ? words.slice(1) : words), ...names];
  if (isDiff) {
    const [before, ...later] = subjects;
    const after = later.at(-1);
    if (before === undefined || after === undefined || subjects.includes('')) {
      throw new UsageError(
        'system diff takes two states: the earlier one, then the later one, and between them what was seen meanwhile; each a file that memlens system --format json wrote, or saved files',
      );
    }
    return { ...common, verb: 'system diff', before, between: later.slice(0, -1), after };
  }
  const [extra] = subjects;
  if (extra !== undefined) {
    throw new UsageError(
      `"${extra}" is one word too many; saved files are named with --from, two states are compared by system diff A B`,
    );
  }
  const from = textOption(values, 'from');
  if (from === '') throw new UsageError('--from takes the name of a folder or a file');
  if (from !== undefined && (values['target'] !== undefined || values['root-command'] !== undefined)) {
    throw new UsageError('--from reads files of this machine: it goes with neither --target nor --root-command');
  }
  const watch = watchOf(values);
  if (from !== undefined && watch !== undefined) {
    throw new UsageError('--from reads what was saved: --duration watches a machine, which --target names');
  }
  return {
    ...common,
    verb: 'system',
    ...(watch === undefined ? {} : { watch }),
    target: textOption(values, 'target') ?? 'local',
    rootCommand: rootCommandOf(textOption(values, 'root-command')),
    ...(from === undefined ? {} : { from }),
  };
}

function watchOf(values: OptionValues): { readonly durationMs: number; readonly intervalMs: number } | undefined {
  const durationMs = durationOf('duration', textOption(values, 'duration'), 1, LONGEST_SECONDS);
  const intervalMs = durationOf('interval', textOption(values, 'interval'), 0.1, 60);
  if (durationMs === undefined) {
    if (intervalMs !== undefined)
      throw new UsageError('--interval goes with --duration, which says how long the machine is watched');
    return undefined;
  }
  return { durationMs, intervalMs: intervalMs ?? USUAL_INTERVAL_MS };
}
