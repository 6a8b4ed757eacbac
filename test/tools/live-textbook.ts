// The programs of test/programs, again and again for ever: built as they are, with test/programs/live/repeat.h before them.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildCommands, type CaseCompiler, expectationOf, findMark, type ProgramCase } from '../programs/case.js';
import { cases } from '../programs/cases.js';
import { LIVE_SOURCES } from './live-programs.js';

const run = promisify(execFile);
export const TEXTBOOK_SOURCES = join(import.meta.dirname, '../programs');

/** What is built: a compiler, and the sanitizer in it. */
export interface TextbookBuild {
  readonly compiler: CaseCompiler;
  readonly sanitizer?: 'address' | 'leak';
}

export interface Textbook {
  readonly name: string;
  /** Lines that lose memory, as `file:line`, by their marks; none in a healthy program. */
  readonly lines: ReadonlyMap<string, string>;
  /** Of any mark of it. */
  lineOf(mark: string): string;
  /** Bytes of malloc's that it loses in a round; 0: it is healthy. */
  readonly bytes: number;
  build(how: TextbookBuild): Promise<BuiltTextbook>;
}

export interface BuiltTextbook {
  readonly program: string;
  /** Of this build only. */
  readonly directory: string;
  /** Arguments that make it lose about so many bytes a second, in ten rounds at least. */
  args(bytesASecond: number): readonly string[];
}

/** A block of malloc(3) is not smaller than this, and has a header. */
const chunk = (bytes: number): number => Math.max(32, Math.ceil((bytes + 8) / 16) * 16);
const BATCHES_A_SECOND = 50;
const LEAST_ROUNDS = 10;

/** `directory`: for what is built. Of a case that is used by several tests nothing is built twice. */
export function textbook(name: string, directory: string): Textbook {
  const program = cases.find((one) => one.name === name);
  if (program === undefined) throw new Error(`there is no program ${name}`);
  const sources = program.sources.map((file) => ({
    path: join(TEXTBOOK_SOURCES, file),
    text: readFileSync(join(TEXTBOOK_SOURCES, file), 'utf8'),
  }));
  const lost = (expectationOf(program, 'memcheck', 'gcc') ?? []).filter(({ kind }) => kind === 'leak');
  const bytes = lost.reduce((sum, leak) => sum + (leak.blocks ?? 1) * chunk((leak.bytes ?? 0) / (leak.blocks ?? 1)), 0);
  const built = new Map<string, Promise<BuiltTextbook>>();
  const lineOf = (mark: string): string => {
    const { path, line } = findMark(mark, sources);
    return `${path}:${line}`;
  };
  return {
    name,
    lines: new Map(lost.map(({ mark }) => [mark, lineOf(mark)])),
    lineOf,
    bytes,
    build: (how) => {
      const key = [how.compiler, how.sanitizer ?? 'plain'].join('-');
      const known = built.get(key) ?? builtIn(program, how, join(directory, name, key), bytes);
      built.set(key, known);
      return known;
    },
  };
}

async function builtIn(
  program: ProgramCase,
  { compiler, sanitizer }: TextbookBuild,
  out: string,
  bytes: number,
): Promise<BuiltTextbook> {
  mkdirSync(out, { recursive: true });
  const flags = [
    ...['-g', '-O0', '-fno-omit-frame-pointer', '-pthread', '-include', join(LIVE_SOURCES, 'repeat.h')],
    ...(sanitizer === undefined ? [] : [`-fsanitize=${sanitizer}`]),
    // Its main is a function like others here, and may end without a return.
    ...(compiler === 'clang' ? ['-fno-strict-return', '-Wno-return-type'] : []),
  ];
  for (const [command = '', ...words] of buildCommands(program, { compiler, source: TEXTBOOK_SOURCES, out, flags })) {
    await run(command, words, { cwd: out });
  }
  return {
    program: join(out, 'program'),
    directory: out,
    args: (bytesASecond) => {
      const rounds = bytes === 0 ? LEAST_ROUNDS : Math.max(LEAST_ROUNDS, bytesASecond / bytes);
      const times = Math.max(1, Math.round(rounds / BATCHES_A_SECOND));
      const pauseUs = Math.round((times / rounds) * 1e6);
      return [String(times), String(pauseUs), ...(program.args ?? []).map((word) => word.replaceAll('${OUT}', out))];
    },
  };
}
