import type { Cancel } from '../../base/cancel.js';
import { ownValue } from '../../base/own-value.js';
import type { Target } from '../ports.js';

export interface SymbolTool {
  readonly kind: 'llvm-symbolizer' | 'eu-addr2line' | 'addr2line';
  readonly path: string;
}

export interface SymbolTools {
  /** The first one that can is asked. */
  readonly lookups: readonly SymbolTool[];
  /** c++filt or llvm-cxxfilt. */
  readonly demangler?: string;
  readonly debuginfodFind?: string;
}

/** By the machine that a GNU tool was built for; llvm-symbolizer and eu-addr2line read the files of all machines. */
const CROSS: Readonly<Record<string, readonly string[]>> = {
  aarch64: ['aarch64-linux-gnu'],
  arm: ['arm-linux-gnueabihf', 'arm-linux-gnueabi', 'arm-none-linux-gnueabihf'],
  riscv64: ['riscv64-linux-gnu'],
  ppc64le: ['powerpc64le-linux-gnu'],
  s390x: ['s390x-linux-gnu'],
  mips: ['mips-linux-gnu', 'mipsel-linux-gnu'],
  i686: ['i686-linux-gnu'],
  x86_64: ['x86_64-linux-gnu'],
};

const NEWEST_LLVM = 24;
const OLDEST_LLVM = 13;

/** Each line of its output is a word and the path that the shell would start. */
const SCRIPT = `for tool do
if path=$(command -v "$tool" 2>/dev/null); then
case $path in /*) printf '%s\\t%s\\n' "$tool" "$path";; esac
fi
done
exit 0`;

/** What a machine has for names of addresses; nothing when its shell can't be run. */
export async function findSymbolTools(target: Target, cancel: Cancel): Promise<SymbolTools> {
  const versions = Array.from({ length: NEWEST_LLVM - OLDEST_LLVM + 1 }, (_, at) => `-${NEWEST_LLVM - at}`);
  const llvm = ['', ...versions].map((version) => `llvm-symbolizer${version}`);
  const cross = Object.values(CROSS).flatMap((prefixes) => prefixes.map((prefix) => `${prefix}-addr2line`));
  const filters = ['c++filt', 'llvm-cxxfilt', ...versions.map((version) => `llvm-cxxfilt${version}`)];
  const names = [...llvm, 'eu-addr2line', 'addr2line', ...cross, ...filters, 'debuginfod-find'];
  const ran = await target.capture({ argv: ['/bin/sh', '-c', SCRIPT, 'memlens', ...names] }, { cancel, timeLimitMs: 20_000 });
  const found = new Map<string, string>();
  for (const line of ran.ok ? ran.value.stdout.split('\n') : []) {
    const [name, path] = line.split('\t');
    if (name !== undefined && path !== undefined) found.set(name, path);
  }
  const tool = (kind: SymbolTool['kind'], path: string | undefined): readonly SymbolTool[] =>
    path === undefined ? [] : [{ kind, path }];
  const first = (some: readonly string[]): string | undefined =>
    some.map((name) => found.get(name)).find((path) => path !== undefined);
  const demangler = first(filters);
  const debuginfodFind = found.get('debuginfod-find');
  return {
    lookups: [
      ...tool('llvm-symbolizer', first(llvm)),
      ...tool('addr2line', found.get('addr2line')),
      ...cross.flatMap((name) => tool('addr2line', found.get(name))),
      // Reads as much, and takes very long for inlined frames.
      ...tool('eu-addr2line', found.get('eu-addr2line')),
    ],
    ...(demangler === undefined ? {} : { demangler }),
    ...(debuginfodFind === undefined ? {} : { debuginfodFind }),
  };
}

/**
 * The tools that may be able to read a file of `machine`, the best first. `altLink`: a part of its names is in another file. addr2line of binutils 2.40 takes
 * wrong names from there, and LLVM takes none.
 */
export function toolsFor({ lookups }: SymbolTools, machine: string, altLink: boolean): readonly SymbolTool[] {
  const prefixes = new Set(Object.values(CROSS).flat());
  const own = new Set(ownValue(CROSS, machine) ?? []);
  const fit = lookups.filter(({ path }) => {
    const prefix = /([^/]*)-addr2line$/.exec(path)?.[1];
    return prefix === undefined || !prefixes.has(prefix) || own.has(prefix);
  });
  return altLink ? fit.filter(({ kind }) => kind !== 'addr2line').reverse() : fit;
}
