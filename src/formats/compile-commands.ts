import { ownValue } from '../base/own-value.js';
import { baseName, isAbsolutePath, joinPath, normalisePath } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { splitWords } from '../base/shell-words.js';

/** What a compilation database says about one source file, fit for building that file alone into a program. */
export interface FileFlags {
  /** In the order of the command. Relative directories in them are made absolute. */
  readonly flags: readonly string[];
  /** Where the compiler is to run: `-include NAME` and the like are looked up from there. Absolute when the database's is. */
  readonly directory: string;
  /** From `-x`, from the compiler's name, or from the file's. */
  readonly language?: 'c' | 'cpp';
  /** As the command calls it, without launchers such as ccache; a path is made absolute. */
  readonly compiler?: string;
  /** Response files (`@FILE`) of the command, which were not read: flags may be missing. */
  readonly responseFiles: readonly string[];
}

export type CompileCommandsFault = 'not-json' | 'not-a-list';

/**
 * Looks `file` up in the text of a compile_commands.json (clang, "JSON Compilation Database Format Specification").
 * `file` is absolute; names are compared after normalising them, without following symbolic links. undefined: the file is not in it.
 * Of several commands for a file the first is taken. What belongs to the user's own kind of build is left out: output, dependency files, optimisation,
 * debug and sanitizer flags, -Werror, link-time optimisation, coverage, and _FORTIFY_SOURCE, which hides faults from a sanitizer.
 */
export function flagsForFile(json: string, file: string): Result<FileFlags | undefined, CompileCommandsFault> {
  let database: unknown;
  try {
    database = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return err('not-json');
  }
  if (!Array.isArray(database)) return err('not-a-list');
  const wanted = normalisePath(file);
  for (const entry of database as readonly unknown[]) {
    if (!isRecord(entry) || typeof entry.file !== 'string' || typeof entry.directory !== 'string') continue;
    const directory = entry.directory;
    if (joinPath(directory, entry.file) !== wanted) continue;
    const words = wordsOf(entry);
    if (words !== undefined) return ok(readCommand(words, directory, wanted));
  }
  return ok(undefined);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function wordsOf(entry: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const list = entry.arguments;
  if (Array.isArray(list)) return list.filter((word): word is string => typeof word === 'string');
  const command = entry.command;
  return typeof command === 'string' ? splitWords(command) : undefined;
}

/** Options that are kept with the directory behind them, joined or as the next word. */
const DIRECTORIES = ['-isystem', '-iquote', '-idirafter', '-isysroot', '-I', '-B'];
/** The same with `=` between. */
const DIRECTORY_EQUALS = /^(--sysroot=|--gcc-toolchain=)(.*)$/s;
/** Kept, with the next word. */
const KEPT_WITH_WORD = new Set(['-D', '-U', '-include', '-imacros', '-target', '-arch', '--param', '-Xpreprocessor']);
/** Left out, with the next word. */
const DROPPED_WITH_WORD = new Set(
  ['-o', '-MF', '-MT', '-MQ', '-MJ', '-Xclang', '-mllvm', '-Xlinker', '-Xassembler', '-T', '-u', '-z', '-l', '-L'].concat([
    '-aux-info',
    '-dumpdir',
    '-dumpbase',
    '-wrapper',
    '-fplugin',
    '-include-pch',
    '-index-store-path',
    '-serialize-diagnostics',
  ]),
);
const DROPPED = new RegExp(
  [
    '^-D_FORTIFY_SOURCE',
    '^-U_FORTIFY_SOURCE',
    '^-f(no-)?sanitize',
    '^-f(no-)?lto',
    '^-f(no-)?profile',
    '^-f(no-)?(diagnostics|color-diagnostics|caret-diagnostics)',
    '^-f(file|debug|macro|coverage)-(prefix|compilation)',
    '^-fdebug-compilation-dir',
    '^-f(no-)?omit-(leaf-)?frame-pointer',
    '^-f(test-coverage|coverage|auto-profile|save-optimization-record|syntax-only|module|deps|plugin|dump|crash|time-)',
    '^-W(error|l,|p,-M|p,-D_FORTIFY)',
    '^-mllvm',
  ].join('|'),
);
const KEPT =
  /^(-D|-U|-include|-imacros|-std=|--std=|-stdlib=|-m|-f|-W|-w$|-pthread$|-ansi$|-pedantic|-nostd|-trigraphs$|-target=|--target=|--param=)/;

const LANGUAGES: Readonly<Record<string, 'c' | 'cpp'>> = { c: 'c', 'c++': 'cpp' };
const LAUNCHERS = new Set(['ccache', 'sccache', 'distcc', 'icecc', 'gomacc', 'env', 'nice', 'time', 'buildcache']);

function readCommand(words: readonly string[], directory: string, file: string): FileFlags {
  const flags: string[] = [];
  const responseFiles: string[] = [];
  let language: 'c' | 'cpp' | undefined;

  let start = 0;
  while (start < words.length && (LAUNCHERS.has(baseName(words[start] as string)) || /^\w+=/.test(words[start] as string)))
    start++;
  const called = words[start];

  for (let index = start + 1; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '--') break;
    if (word.startsWith('@')) {
      responseFiles.push(joinPath(directory, word.slice(1)));
    } else if (!word.startsWith('-') || word === '-') {
      // An input file.
    } else if (word.startsWith('-x')) {
      const name = word === '-x' ? words[++index] : word.slice(2);
      language = ownValue(LANGUAGES, name ?? '') ?? language;
    } else if (word === '--sysroot') {
      const value = words[++index];
      if (value !== undefined) flags.push(`--sysroot=${joinPath(directory, value)}`);
    } else if (DROPPED_WITH_WORD.has(word)) {
      index++;
    } else if (KEPT_WITH_WORD.has(word)) {
      const value = words[++index];
      if (value !== undefined && !/^_FORTIFY_SOURCE\b/.test(value)) flags.push(word, value);
    } else if (!DROPPED.test(word)) {
      index += keepDirectory(words, index, directory, flags);
    }
  }
  const compiler = called === undefined || called.startsWith('-') ? undefined : called;
  const spoken = language ?? languageOf(compiler, file);
  return {
    flags,
    directory,
    ...(spoken === undefined ? {} : { language: spoken }),
    ...(compiler === undefined
      ? {}
      : { compiler: compiler.includes('/') && !isAbsolutePath(compiler) ? joinPath(directory, compiler) : compiler }),
    responseFiles,
  };
}

/** Keeps the word when it is wanted; returns how many more words it took. */
function keepDirectory(words: readonly string[], index: number, directory: string, flags: string[]): number {
  const word = words[index] as string;
  const equals = DIRECTORY_EQUALS.exec(word);
  if (equals !== null) {
    flags.push(`${equals[1]}${joinPath(directory, equals[2] as string)}`);
    return 0;
  }
  const option = DIRECTORIES.find((candidate) => word.startsWith(candidate));
  if (option === undefined) {
    if (KEPT.test(word)) flags.push(word);
    return 0;
  }
  const joined = word.slice(option.length);
  const value = joined === '' ? words[index + 1] : joined;
  if (value === undefined) return 0;
  // `-I=dir` and `-I$SYSROOT/dir` are read below the sysroot: they are no paths of their own.
  const path = /^(=|\$SYSROOT)/.test(value) ? value : joinPath(directory, value);
  if (joined === '') flags.push(option, path);
  else flags.push(`${option}${path}`);
  return joined === '' ? 1 : 0;
}

function languageOf(compiler: string | undefined, file: string): 'c' | 'cpp' | undefined {
  if (compiler !== undefined && /\+\+(-?[\d.]+)?$/.test(baseName(compiler))) return 'cpp';
  if (/\.(C|cc|cp|cpp|CPP|cxx|c\+\+)$/.test(file)) return 'cpp';
  return file.endsWith('.c') ? 'c' : undefined;
}
