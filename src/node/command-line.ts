import { parseArgs } from 'node:util';
import { ATTACH_OPTIONS, type AttachLine, readAttachLine } from './attach-options.js';
import { CHECK_OPTIONS, type CheckLine, readCheckLine } from './check-options.js';
import { HEAP_OPTIONS, type HeapLine, readHeapLine } from './heap-options.js';
import { KMEMLEAK_OPTIONS, type KmemleakLine, readKmemleakLine } from './kmemleak-options.js';
import { type MapLine, readMapLine } from './map-options.js';
import { OOM_OPTIONS, type OomLine, readOomLine } from './oom-options.js';
import { ROOT_OPTIONS } from './root-command-option.js';
import { DEBUG_FILE_OPTIONS, readSymbolLine, refuseSysrootHere, SYMBOL_OPTIONS, type SymbolLine } from './symbol-options.js';
import { readSystemLine, SYSTEM_OPTIONS, type SystemLine } from './system-options.js';
import { readTrendLine, TREND_OPTIONS, type TrendLine } from './trend-options.js';
import { type OptionValues, outputOf, pathMapOf, suggestion, UsageError } from './usage.js';

export type CommandLine =
  | { readonly verb: 'help'; readonly topic?: Verb }
  | { readonly verb: 'version' }
  | { readonly verb: 'profile'; readonly subject: string; readonly args: readonly string[]; readonly options: Options }
  | { readonly verb: 'parse'; readonly reports: readonly string[]; readonly options: Options }
  | { readonly verb: 'engines'; readonly options: Options }
  | TrendLine
  | MapLine
  | HeapLine
  | AttachLine
  | CheckLine
  | SystemLine
  | OomLine
  | KmemleakLine;

export type Verb = (typeof VERBS)[number];
export type Format = 'text' | 'json' | 'sarif';
export const ENGINE_NAMES = ['auto', 'asan', 'lsan', 'lsan-preload', 'memcheck', 'heaptrack'] as const;

export interface Options {
  readonly engine: (typeof ENGINE_NAMES)[number];
  readonly format: Format;
  readonly timeLimitSeconds: number;
  readonly output?: string;
  readonly cwd?: string;
  readonly pathMap: readonly { readonly from: string; readonly to: string }[];
  readonly suppressions: readonly string[];
  readonly engineOptions: readonly string[];
  readonly compilerFlags: readonly string[];
  /** Where the program runs, as parseTargetName reads it; absent: on this machine. */
  readonly target?: string;
  /** The user agrees that the program is copied there. */
  readonly copy: boolean;
  /** Where the heap profile of the run is written. */
  readonly heap?: string;
  readonly symbols: SymbolLine;
  readonly verbose: boolean;
}

const VERBS = [
  'profile',
  'parse',
  'engines',
  'watch',
  'ps',
  'meminfo',
  'map',
  'heap',
  'attach',
  'check',
  'system',
  'oom',
  'kmemleak',
] as const;
const OPTIONS = {
  engine: { type: 'string', short: 'e' },
  format: { type: 'string', short: 'f' },
  'time-limit': { type: 'string', short: 't' },
  output: { type: 'string', short: 'o' },
  cwd: { type: 'string', short: 'C' },
  'path-map': { type: 'string', multiple: true },
  suppressions: { type: 'string', multiple: true },
  'engine-option': { type: 'string', multiple: true },
  'compiler-flag': { type: 'string', multiple: true },
  copy: { type: 'boolean' },
  heap: { type: 'string' },
  ...SYMBOL_OPTIONS,
  ...TREND_OPTIONS,
  ...HEAP_OPTIONS,
  ...ATTACH_OPTIONS,
  ...CHECK_OPTIONS,
  ...SYSTEM_OPTIONS,
  ...OOM_OPTIONS,
  ...ROOT_OPTIONS,
  ...KMEMLEAK_OPTIONS,
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

/** Options of some commands only, and which these are. */
const OF_SOME: readonly (readonly [owners: string, options: object])[] = [
  ['heap', HEAP_OPTIONS],
  ['attach', ATTACH_OPTIONS],
  ['check', CHECK_OPTIONS],
  ['system', SYSTEM_OPTIONS],
  ['oom', OOM_OPTIONS],
  ['kmemleak', KMEMLEAK_OPTIONS],
  ['system, oom and kmemleak', ROOT_OPTIONS],
];

/** Reads the words behind `memlens`. Throws UsageError with a sentence that says what to write instead. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const separator = argv.indexOf('--');
  const own = separator < 0 ? argv : argv.slice(0, separator);
  const programArgs = separator < 0 ? [] : argv.slice(separator + 1);
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(own);
  } catch (error) {
    throw new UsageError(explain(error as Error & { code?: string }));
  }
  const { values, positionals } = parsed;
  const [word, ...rest] = positionals;
  const verb = VERBS.find((candidate) => candidate === word);
  if (values.help === true || word === 'help') {
    const topic = VERBS.find((candidate) => candidate === (word === 'help' ? rest[0] : word));
    return { verb: 'help', ...(topic === undefined ? {} : { topic }) };
  }
  if (values.version === true) return { verb: 'version' };
  if (word === undefined) throw new UsageError(`say what to do: ${VERBS.slice(0, -1).join(', ')} or ${VERBS.at(-1)}`);
  if (verb === undefined) throw new UsageError(`no command "${word}"${suggestion(word, VERBS)}`);
  if (verb === 'watch' || verb === 'ps' || verb === 'meminfo') return readTrendLine(verb, values, [...rest, ...programArgs]);
  if (verb === 'map') return readMapLine(values, rest, programArgs);
  if (verb === 'heap') return readHeapLine(values, rest, programArgs);
  if (verb === 'attach') return readAttachLine(values, [...rest, ...programArgs]);
  if (verb === 'check') return readCheckLine(values, rest, programArgs);
  if (verb === 'system') return readSystemLine(values, rest, programArgs);
  if (verb === 'oom') return readOomLine(values, rest, programArgs);
  if (verb === 'kmemleak') return readKmemleakLine(values, [...rest, ...programArgs]);
  for (const name of Object.keys(TREND_OPTIONS)) {
    if (!Object.hasOwn(values, name) || (name === 'target' && verb === 'profile')) continue;
    const others = name === 'target' ? 'profile, watch, ps, meminfo and map' : 'watch, ps and meminfo';
    throw new UsageError(`--${name} is an option of ${others}, not of ${verb}`);
  }
  for (const [owners, options] of OF_SOME) {
    for (const name of Object.keys(options)) {
      if (Object.hasOwn(values, name)) throw new UsageError(`--${name} is an option of ${owners}, not of ${verb}`);
    }
  }
  refuseOfOthers(verb, values);
  const options = readOptions(values);
  switch (verb) {
    case 'profile': {
      const [subject, extra] = rest;
      if (subject === undefined) throw new UsageError('profile what? name a C or C++ file or a program');
      if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many; arguments of the program stand behind --`);
      return { verb, subject, args: programArgs, options };
    }
    case 'parse': {
      // After `--` a name that begins with `-` is a name.
      const reports = [...rest, ...programArgs];
      if (reports.length === 0) throw new UsageError('parse what? name a report, or - for standard input');
      return { verb, reports, options };
    }
    case 'engines':
      if (rest[0] !== undefined) throw new UsageError(`"${rest[0]}" is one word too many`);
      return { verb, options };
  }
}

function refuseOfOthers(verb: Verb, values: OptionValues): void {
  for (const name of Object.keys(SYMBOL_OPTIONS)) {
    const isOfFiles = name === 'symbols' || name === 'vmlinux';
    const isFound = isOfFiles ? verb === 'parse' : verb === 'profile' || verb === 'parse';
    if (values[name] === undefined || isFound) continue;
    const others = isOfFiles ? 'parse, heap and kmemleak' : 'profile, parse, heap, attach and kmemleak';
    throw new UsageError(`--${name} is an option of ${others}, not of ${verb}`);
  }
  if (verb === 'profile') refuseSysrootHere(values, 'program');
  if (values['heap'] !== undefined) {
    if (verb !== 'profile') throw new UsageError(`--heap is an option of profile, not of ${verb}`);
    if (values['heap'] === '') throw new UsageError('--heap takes the name of a file');
    if (values['engine'] !== 'heaptrack')
      throw new UsageError('--heap writes what heaptrack records: choose it with --engine heaptrack');
  }
  if (values['copy'] === undefined) return;
  if (verb !== 'profile') throw new UsageError(`--copy is an option of profile, not of ${verb}`);
  if (values['target'] === undefined) throw new UsageError('--copy is for a program on another machine: name it with --target');
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

function readOptions(values: ReturnType<typeof parse>['values']): Options {
  const engine = ENGINE_NAMES.find((name) => name === (values.engine ?? 'auto'));
  if (engine === undefined) throw new UsageError(`no engine "${values.engine}"${suggestion(values.engine ?? '', ENGINE_NAMES)}`);
  const formats = ['text', 'json', 'sarif'] as const;
  const format = formats.find((name) => name === (values.format ?? 'text'));
  if (format === undefined) throw new UsageError(`no format "${values.format}"${suggestion(values.format ?? '', formats)}`);
  const limit = values['time-limit'];
  const timeLimitSeconds = limit === undefined ? 0 : Number(limit);
  if (limit !== undefined && !(timeLimitSeconds > 0 && timeLimitSeconds <= 2_000_000)) {
    throw new UsageError(`--time-limit takes a number of seconds above 0, not "${limit}"`);
  }
  const output = outputOf(values.output);
  return {
    engine,
    format,
    timeLimitSeconds,
    ...(output === undefined ? {} : { output }),
    ...(values.cwd === undefined ? {} : { cwd: values.cwd }),
    pathMap: pathMapOf(values['path-map']),
    suppressions: values.suppressions ?? [],
    engineOptions: values['engine-option'] ?? [],
    compilerFlags: values['compiler-flag'] ?? [],
    ...(values.target === undefined ? {} : { target: values.target }),
    copy: values.copy === true,
    ...(values.heap === undefined ? {} : { heap: values.heap }),
    // A report may be of any machine: without a word of the user a build-id must say that a module is the same.
    symbols: readSymbolLine(
      values,
      Object.keys(DEBUG_FILE_OPTIONS).some((name) => Object.hasOwn(values, name)) ? 'auto' : 'sure',
    ),
    verbose: values.verbose === true,
  };
}

function explain(error: Error & { code?: string }): string {
  const option = /'(-[^' =]*)/.exec(error.message)?.[1];
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && option !== undefined) {
    const known = Object.keys(OPTIONS).map((name) => `--${name}`);
    return `no option ${option}${suggestion(option, known)}; a file whose name begins with - is written ./-name`;
  }
  if (error.message.includes('ambiguous') && option !== undefined)
    return `a value of ${option} that begins with - is written ${option}=VALUE`;
  return (error.message.split('\n')[0] ?? '').replace(/\.$/, '');
}
