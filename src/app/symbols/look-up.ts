import type { Cancel } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import type { Target } from '../ports.js';
import type { SymbolTable } from './symbol-frame.js';
import type { SymbolTool } from './symbol-tools.js';
import { readSymbols } from './tool-output.js';

/** So many addresses are given to one process: what it prints of them has to be held. Ascending ones share most of its work. */
const AT_ONCE = 25_000;
/** So many processes at the same time, where there is much to ask. */
const SIDE_BY_SIDE = 2;
/** Of another machine: they travel as words of a command. */
const AT_ONCE_THERE = 2000;
/** eu-addr2line takes some 60 ms for an address with inlined frames. */
const AT_ONCE_SLOW = 500;
const MOST_OUTPUT = 256 << 20;
/** A large program takes some seconds to be read; a tool that says nothing for so long hangs. */
const LIMIT_MS: Milliseconds = 90_000;

/** What no tool may do by itself: ask a server, or take options of the user's. */
export const QUIET: Readonly<Record<string, string>> = { LC_ALL: 'C', DEBUGINFOD_URLS: '', LLVM_SYMBOLIZER_OPTS: '' };

/** An address as it is linked. Those of kernels are above 2^53. */
export type Address = number | bigint;

export interface Lookup<A extends Address = number> {
  readonly table: SymbolTable<A>;
  /** Why not all addresses were answered, in a few words. */
  readonly failure?: string;
}

/** What is asked of. */
export interface LookupFile {
  /** Absolute, so that none of its letters is taken for an option. */
  readonly path: string;
  /** Addresses are offsets in this section: of a file that is not linked, where each section begins at 0. llvm-symbolizer has no such form. */
  readonly section?: string;
}

/**
 * Asks one tool for addresses (ascending, as they are linked) of one file, some of it at the same time. Addresses go through its standard input, and so
 * may be many.
 */
export async function lookUp<A extends Address>(
  target: Target,
  tool: SymbolTool,
  file: LookupFile,
  addresses: readonly A[],
  cancel: Cancel,
  limitMs: Milliseconds = LIMIT_MS,
): Promise<Lookup<A>> {
  const step = tool.kind === 'eu-addr2line' ? AT_ONCE_SLOW : target.id === 'local' ? AT_ONCE : AT_ONCE_THERE;
  const table: SymbolTable<A> = new Map();
  let failure: string | undefined;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < addresses.length && failure === undefined && !cancel.requested) {
      const part = addresses.slice(next, next + step);
      next += part.length;
      const found = await askOnce(target, tool, file, part, cancel, limitMs);
      for (const [address, frames] of found.table) table.set(address, frames);
      failure ??= found.failure;
    }
  };
  await Promise.all(Array.from({ length: target.id === 'local' ? SIDE_BY_SIDE : 1 }, work));
  return { table, ...(failure === undefined ? {} : { failure }) };
}

async function askOnce<A extends Address>(
  target: Target,
  tool: SymbolTool,
  file: LookupFile,
  addresses: readonly A[],
  cancel: Cancel,
  limitMs: Milliseconds,
): Promise<Lookup<A>> {
  const stdin = addresses.map((address) => `0x${address.toString(16)}\n`).join('');
  const ran = await target.capture(
    { argv: argvOf(tool, file), env: QUIET },
    { cancel, stdin, timeLimitMs: limitMs, maxBytes: MOST_OUTPUT },
  );
  if (!ran.ok) {
    const { error } = ran;
    return { table: new Map(), failure: error.code === 'time-out' ? `it gave no answer for ${limitMs / 1000} s` : error.code };
  }
  const { stdout, stderr, exitCode, signal } = ran.value;
  const addressOf = (text: string): A => (typeof addresses[0] === 'bigint' ? BigInt(text) : Number(text)) as A;
  const table = readSymbols(stdout, tool.kind !== 'addr2line', addressOf);
  const words = stderr.trim().split('\n').at(-1) ?? '';
  if (exitCode !== 0) {
    // The last answer of a tool that died may lack frames.
    const last = [...table.keys()].at(-1);
    if (last !== undefined) table.delete(last);
    return { table, failure: signal === undefined ? words || `exit ${exitCode}` : `ended by ${signal}` };
  }
  return table.size < addresses.length ? { table, failure: words || 'it did not answer for all addresses' } : { table };
}

function argvOf({ kind, path: tool }: SymbolTool, { path, section }: LookupFile): readonly string[] {
  const within = section === undefined ? [] : ['-j', section];
  switch (kind) {
    case 'llvm-symbolizer':
      return [tool, '-a', '--output-style=LLVM', '--demangle', '--inlines', `--obj=${path}`];
    case 'eu-addr2line':
      // Without the empty path it looks for debug files by itself.
      return [tool, '--debuginfo-path=', '-a', '-f', '-i', '-C', '-A', ...within, '-e', path];
    default:
      return [tool, '-a', '-f', '-i', '-C', ...within, '-e', path];
  }
}
