// Programs whose addresses are known by a label in their code, as real compilers and linkers make them.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SymbolOrigin } from '../../src/app/symbols/symbol-origin.js';
import { Symbolizer, type SymbolSettings } from '../../src/app/symbols/symbolizer.js';
import { neverCancelled } from '../../src/base/cancel.js';
import { ProfileBuilder } from '../../src/formats/heap/profile-builder.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { silentLog } from '../silent-log.js';

/** An instruction that does nothing, and that no compiler makes: its bytes are looked for in the file. A label would be taken for a function by some tools. */
const X86 = { code: 'nopl 0x12345678(%rax)', code32: 'nopl 0x12345678(%eax)', bytes: [0x0f, 0x1f, 0x80, 0x78, 0x56, 0x34, 0x12] };

/** The spot is within deep, which is inlined into mid, which is inlined into Box<T>::make. */
export const SOURCE = `#include <map>
#include <string>
#include <unistd.h>
static volatile int sink;
static inline __attribute__((always_inline)) void deep(int n) {
  sink += n;
  asm volatile("${X86.code}"); // deep
}
static inline __attribute__((always_inline)) void mid(int n) {
  deep(n + 1); // mid
}
template <class T> struct Box {
  static __attribute__((noinline)) int make(int n) {
    mid(n); // make
    return sink;
  }
};
int main(int count, char **) {
  int made = Box<std::map<int, std::string>>::make(count); // main
  if (count > 1) pause();
  return made == 0;
}
`;

/** The same in C: deep and mid are inlined into make. */
export const C_SOURCE = `static volatile int sink;
static inline __attribute__((always_inline)) void deep(int n) {
  sink += n;
#if defined(__aarch64__)
  __asm__ volatile(".inst 0xd28acf0f"); // deep64
#else
  __asm__ volatile("${X86.code32}"); // deep
#endif
}
static inline __attribute__((always_inline)) void mid(int n) {
  deep(n + 1); // mid
}
__attribute__((noinline)) int make(int n) {
  mid(n); // make
  return sink;
}
int main(int count, char **words) {
  return words == 0 ? 0 : make(count) == 0;
}
`;
/** movz x15, #0x5678 */
export const ARM64 = [0x0f, 0xcf, 0x8a, 0xd2];

export const lineOf = (word: string, source = SOURCE): number =>
  source.split('\n').findIndex((line) => line.endsWith(`// ${word}`)) + 1;

export class SymbolPrograms {
  readonly directory = mkdtempSync(join(tmpdir(), 'memlens-symbols-'));
  private readonly running: ReturnType<typeof spawn>[] = [];

  at(...names: string[]): string {
    return join(this.directory, ...names);
  }

  run(program: string, ...args: string[]): string {
    return execFileSync(program, args, { cwd: this.directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  write(name: string, text: string): string {
    writeFileSync(this.at(name), text);
    return this.at(name);
  }

  /** Where the spot is in a file with code. */
  spot(file: string, bytes: readonly number[] = X86.bytes): number {
    const at = readFileSync(this.at(file)).indexOf(Buffer.from(bytes));
    if (at < 0) throw new Error(`no spot in ${file}`);
    return at;
  }

  /** Where that is linked to, by the program headers as readelf(1) tells them. */
  linked(file: string, offset: number): number {
    for (const line of this.run('readelf', '-lW', file).split('\n')) {
      const parts = /^\s*LOAD\s+0x(\w+) 0x(\w+) 0x\w+ 0x(\w+)/.exec(line);
      if (parts === null) continue;
      const [from, start, size] = parts.slice(1).map((text) => Number.parseInt(text, 16)) as [number, number, number];
      if (offset >= from && offset < from + size) return offset - from + start;
    }
    throw new Error(`no PT_LOAD of ${file} has ${offset}`);
  }

  /** Runs until the test ends. */
  async start(file: string, ...args: string[]): Promise<number> {
    const child = spawn(file, args, { cwd: this.directory, stdio: ['ignore', 'pipe', 'inherit'] });
    this.running.push(child);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${file} did not start`);
    // It sleeps in pause(2) or read(2) when all is loaded.
    for (let tries = 0; !/^State:\s+S/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) && tries < 1000; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return pid;
  }

  async endAll(): Promise<void> {
    for (const child of this.running.splice(0)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await ended;
    }
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface Place {
  readonly module?: string;
  readonly address: number;
}

/** A profile of one stack of one address each, as a format without names gives it. */
export function profileOf(places: readonly Place[], addresses: 'process' | 'module' = 'module'): HeapProfile {
  const builder = new ProfileBuilder('gperftools', [{ quantity: 'live', unit: 'bytes' }]);
  for (const { module, address } of places) {
    const frame = builder.frame({ address: `0x${address.toString(16)}`, ...(module === undefined ? {} : { module }) });
    builder.add(0, builder.stack([frame]), 100);
  }
  return builder.finish({ addresses });
}

/** Innermost first: `deep symbols.cpp:7`, with `*` for what is inlined. */
function stackOf({ frames, texts, tree }: HeapProfile, leaf = tree.length - 1): readonly string[] {
  const told: string[] = [];
  for (let node = leaf; node !== 0; node = tree.parent[node]!) {
    const frame = tree.frame[node]!;
    const name = texts[frames.function[frame]!];
    const file = texts[frames.file[frame]!]!.split('/').at(-1);
    told.push(`${frames.inlined[frame] === 1 ? '*' : ''}${name}${file === '' ? '' : ` ${file}:${frames.line[frame]}`}`);
  }
  return told;
}

export const host = new LocalTarget();

export const symbolizer = (settings: Partial<SymbolSettings> = {}): Symbolizer =>
  new Symbolizer({ host, log: silentLog, settings: () => ({ debugDirectories: [], debuginfod: 'off', ...settings }) });

export async function named(profile: HeapProfile, origin: SymbolOrigin = {}, using = symbolizer()) {
  const done = await using.symbolizeProfile(profile, origin, neverCancelled);
  const lines = Array.from({ length: done.profile.tree.length - 1 }, (_, at) => at + 1)
    .filter((node) => done.profile.self[0]?.[node] !== 0)
    .map((node) => stackOf(done.profile, node));
  return { ...done, lines, codes: done.notes.map(({ code }) => code) };
}
