import { parseArgs } from 'node:util';

export type CommandLine =
  | { readonly verb: 'help'; readonly topic?: Verb }
  | { readonly verb: 'version' }
  | { readonly verb: 'profile'; readonly subject: string; readonly args: readonly string[]; readonly options: Options }
  | { readonly verb: 'parse'; readonly reports: readonly string[]; readonly options: Options }
  | { readonly verb: 'engines'; readonly options: Options };

export type Verb = 'profile' | 'parse' | 'engines';
export type Format = 'text' | 'json' | 'sarif';
export const ENGINE_NAMES = ['auto', 'asan', 'lsan', 'lsan-preload', 'memcheck'] as const;

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
  readonly verbose: boolean;
}

/** A sentence for stderr; the exit code is 2. */
export class UsageError extends Error {}

const VERBS = ['profile', 'parse', 'engines'] as const;
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
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

export const HELP = `memlens: which line leaks, how much, and through which calls

Usage
  memlens profile FILE.c|PROGRAM [options] [-- ARGS...]   build what must be built, run it, report
  memlens parse REPORT... | -    [options]                read reports that exist already (- is standard input)
  memlens engines                [options]                what can be used here, and the remedy for what can't

Options
  -e, --engine E         auto, asan, lsan, lsan-preload or memcheck   (profile; default auto)
  -f, --format F         text, json or sarif                          (default text)
  -t, --time-limit S     end the program after S seconds and report what was found until then   (profile)
  -o, --output FILE      write the report to FILE
  -C, --cwd DIR          working directory of the program             (profile; default: this one)
      --path-map A=B     files that the report names under A are under B here; may be repeated
      --suppressions F   a suppression file of Valgrind or LeakSanitizer; may be repeated   (profile)
      --engine-option X  one more argument for Valgrind, or key=value for a sanitizer; may be repeated   (profile)
      --compiler-flag X  one more flag for the compiler; may be repeated   (profile)
  -v, --verbose          every frame of every stack; what is run, on standard error
  -h, --help             this text
  -V, --version          the version

Exit status
  0 nothing found    1 findings    2 it could not be done: the reason is on standard error

In text format the program's own output stays on standard output. In json and sarif format it goes to standard error, unless
--output is given. Ctrl-C stops the program, and what was found until then is reported; a second Ctrl-C ends MemLens at once.
`;

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
  if (word === undefined) throw new UsageError('say what to do: profile, parse or engines');
  if (verb === undefined) throw new UsageError(`no command "${word}"${suggestion(word, VERBS)}`);
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
  return {
    engine,
    format,
    timeLimitSeconds,
    ...(values.output === undefined ? {} : { output: values.output }),
    ...(values.cwd === undefined ? {} : { cwd: values.cwd }),
    pathMap: (values['path-map'] ?? []).map((text) => {
      const cut = text.indexOf('=');
      if (cut <= 0) throw new UsageError(`--path-map takes FROM=TO, not "${text}"`);
      return { from: text.slice(0, cut), to: text.slice(cut + 1) };
    }),
    suppressions: values.suppressions ?? [],
    engineOptions: values['engine-option'] ?? [],
    compilerFlags: values['compiler-flag'] ?? [],
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

/** ` (did you mean ...?)` when one of the words is near, else the list of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= Math.max(2, Math.floor(word.length / 3)))
    return ` (did you mean ${near.candidate}?)`;
  return `: choose one of ${known.join(', ')}`;
}

/** Levenshtein's distance, for words of a command line. */
function editDistance(a: string, b: string): number {
  if (a.length > 64) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
