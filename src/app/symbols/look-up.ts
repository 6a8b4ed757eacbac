import type { Cancel } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import type { Target } from '../ports.js';
import type { SymbolTable } from './symbol-frame.js';
import type { SymbolTool } from './symbol-tools.js';
import { readAddr2line, readJson } from './tool-output.js';

/** So many addresses are given to one process: what it prints of them has to be held. Ascending ones share most of its work. */
const AT_ONCE = 25_000;
/** Of another machine: they travel as words of a command. */
const AT_ONCE_THERE = 2000;
/** eu-addr2line takes some 60 ms for an address with inlined frames. */
const AT_ONCE_SLOW = 500;
const MOST_OUTPUT = 256 << 20;
/** A large program takes some seconds to be read; a tool that says nothing for so long hangs. */
const LIMIT_MS: Milliseconds = 120_000;

/** What no tool may do by itself: ask a server, or take options of the user's. */
export const QUIET: Readonly<Record<string, string>> = { LC_ALL: 'C', DEBUGINFOD_URLS: '', LLVM_SYMBOLIZER_OPTS: '' };

export interface Lookup {
  readonly table: SymbolTable;
  /** Why not all addresses were answered, in a few words. */
  readonly failure?: string;
}

/** Asks one tool for addresses (ascending, as they are linked) of one file. Addresses go through its standard input, and so may be many. */
export async function lookUp(
  target: Target,
  tool: SymbolTool,
  file: string,
  addresses: readonly number[],
  cancel: Cancel,
  limitMs: Milliseconds = LIMIT_MS,
): Promise<Lookup> {
  const table: SymbolTable = new Map();
  const step = tool.kind === 'eu-addr2line' ? AT_ONCE_SLOW : target.id === 'local' ? AT_ONCE : AT_ONCE_THERE;
  for (let from = 0; from < addresses.length; from += step) {
    const part = addresses.slice(from, from + step);
    const stdin = part.map((address) => `0x${address.toString(16)}\n`).join('');
    const ran = await target.capture(
      { argv: argvOf(tool, file), env: QUIET },
      { cancel, stdin, timeLimitMs: limitMs, maxBytes: MOST_OUTPUT },
    );
    if (!ran.ok) {
      const { error } = ran;
      return { table, failure: error.code === 'time-out' ? `it gave no answer for ${limitMs / 1000} s` : error.code };
    }
    const { stdout, stderr, exitCode, signal } = ran.value;
    const found = tool.kind === 'llvm-symbolizer' ? readJson(stdout) : readAddr2line(stdout, tool.kind === 'eu-addr2line');
    const isCut = exitCode !== 0;
    // The last answer of a tool that died may lack frames.
    const last = isCut ? [...found.keys()].at(-1) : undefined;
    for (const [address, frames] of found) if (address !== last) table.set(address, frames);
    if (isCut) {
      const words = stderr.trim().split('\n').at(-1) ?? '';
      return { table, failure: signal === undefined ? words || `exit ${exitCode}` : `ended by ${signal}` };
    }
    if (found.size < part.length)
      return { table, failure: stderr.trim().split('\n').at(-1) || 'it did not answer for all addresses' };
  }
  return { table };
}

/** `file` is absolute, so that none of its letters is taken for an option. */
function argvOf({ kind, path }: SymbolTool, file: string): readonly string[] {
  switch (kind) {
    case 'llvm-symbolizer':
      return [path, '--output-style=JSON', '--demangle', '--inlines', `--obj=${file}`];
    case 'eu-addr2line':
      // Without the empty path it looks for debug files by itself.
      return [path, '--debuginfo-path=', '-a', '-f', '-i', '-C', '-A', '-e', file];
    default:
      return [path, '-a', '-f', '-i', '-C', '-e', file];
  }
}
