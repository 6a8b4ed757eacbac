import { readSymbolLine, SYMBOL_OPTIONS, type SymbolLine } from './symbol-options.js';
import { formatOf, type OptionValues, outputOf, refuseOthers, textOption, UsageError } from './usage.js';

/** Options that only heap has, as node:util's parseArgs takes them. */
export const HEAP_OPTIONS = {
  measure: { type: 'string', short: 'm' },
  by: { type: 'string' },
  top: { type: 'string' },
  filter: { type: 'string' },
  module: { type: 'string' },
  'own-code': { type: 'boolean' },
} as const;

const FORMATS = ['text', 'folded', 'pprof', 'speedscope', 'json', 'csv'] as const;
const BY = ['stack', 'function', 'line', 'module', 'callers'] as const;

export interface HeapLine {
  readonly verb: 'heap';
  /** `-` is standard input. */
  readonly file: string;
  /** What the profile is compared with: an earlier one. */
  readonly before?: string;
  readonly format: (typeof FORMATS)[number];
  /** As measureId names it; absent: the profile's own first one. */
  readonly measure?: string;
  readonly by: (typeof BY)[number];
  readonly top: number;
  readonly filter?: string;
  readonly module?: string;
  readonly ownCode: boolean;
  readonly symbols: SymbolLine;
  readonly output?: string;
  readonly verbose: boolean;
}

const STANDARD_INPUT = '-';
const MOST_ROWS = 1_000_000;

/** `words` stand before `--`, `names` behind it. Throws UsageError with a sentence that says what to write instead. */
export function readHeapLine(values: OptionValues, words: readonly string[], names: readonly string[]): HeapLine {
  const isDiff = words[0] === 'diff';
  const verb = isDiff ? 'heap diff' : 'heap';
  refuseOthers(verb, values, ['format', 'output', ...Object.keys(HEAP_OPTIONS), ...Object.keys(SYMBOL_OPTIONS)]);
  const files = [...(isDiff ? words.slice(1) : words), ...names];
  const extra = files[isDiff ? 2 : 1];
  if (extra !== undefined) {
    throw new UsageError(`"${extra}" is one word too many${isDiff ? '' : '; two profiles are compared by heap diff A B'}`);
  }
  const [first, second] = files;
  if (first === '' || second === '') throw new UsageError('the name of a file is empty');
  const format = formatOf(textOption(values, 'format'), FORMATS);
  for (const name of ['by', 'top'] as const) {
    if (values[name] !== undefined && format !== 'text')
      throw new UsageError(`--${name} is for text; ${format} holds all stacks`);
  }
  const output = outputOf(textOption(values, 'output'));
  const options = {
    format,
    by: byOf(textOption(values, 'by')),
    top: topOf(textOption(values, 'top')),
    ownCode: values['own-code'] === true,
    symbols: readSymbolLine(values),
    verbose: values['verbose'] === true,
    ...wordOf(values, 'measure'),
    ...wordOf(values, 'filter'),
    ...wordOf(values, 'module'),
    ...(output === undefined ? {} : { output }),
  };
  if (!isDiff) {
    if (first === undefined) {
      throw new UsageError('heap what? name a file of heaptrack, massif, dhat, pprof or another tool, or - for standard input');
    }
    return { verb: 'heap', file: first, ...options };
  }
  if (first === undefined || second === undefined) {
    throw new UsageError(
      'heap diff takes two profiles: the earlier one, then the later one; a file that is named diff is written ./diff',
    );
  }
  if (first === STANDARD_INPUT && second === STANDARD_INPUT) {
    throw new UsageError('only one of the two profiles can be standard input');
  }
  return { verb: 'heap', file: second, before: first, ...options };
}

function wordOf<Name extends string>(values: OptionValues, name: Name): { readonly [K in Name]?: string } {
  const word = textOption(values, name);
  if (word === '') throw new UsageError(`--${name} takes a text that is not empty`);
  return (word === undefined ? {} : { [name]: word }) as { readonly [K in Name]?: string };
}

function byOf(word: string | undefined): (typeof BY)[number] {
  const by = BY.find((name) => name === (word ?? 'stack'));
  if (by === undefined) throw new UsageError(`--by takes ${BY.slice(0, -1).join(', ')} or ${BY.at(-1)}, not "${word}"`);
  return by;
}

function topOf(word: string | undefined): number {
  if (word === undefined) return 10;
  const top = /^\d+$/.test(word) ? Number(word) : 0;
  if (top >= 1 && top <= MOST_ROWS) return top;
  throw new UsageError(`--top takes a whole number from 1 to ${MOST_ROWS.toLocaleString('en-US')}, not "${word}"`);
}
