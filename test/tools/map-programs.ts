import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeMap } from '../../src/app/map/take-map.js';
import type { Target } from '../../src/app/ports.js';
import { type Cancel, neverCancelled } from '../../src/base/cancel.js';
import { RULES } from '../../src/insight/map/rules.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { MARKS, type Mark, SEGMENTS, type Segment } from '../../src/model/segment.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { value } from './target-cases.js';

const SOURCES = join(import.meta.dirname, '../programs/maps');

/** A region of a map, in words. */
export interface Region {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly segment: Segment;
  readonly rule: string;
  readonly owner: string;
  readonly path: string;
  readonly marks: readonly Mark[];
}

export function regionsOf({ table, classes }: MapSnapshot): readonly Region[] {
  return Array.from({ length: table.length }, (_, row) => ({
    row,
    start: table.start[row]!,
    end: table.end[row]!,
    segment: SEGMENTS[classes.segment[row]!]!,
    rule: RULES[classes.rule[row]!]![0],
    owner: classes.owner.texts[classes.owner.index[row]!]!,
    path: table.path.texts[table.path.index[row]!]!,
    marks: (Object.keys(MARKS) as Mark[]).filter((mark) => (classes.marks[row]! & MARKS[mark]) !== 0),
  }));
}

/** A running program of test/programs/maps that told the addresses of what it made. */
export interface Shaped {
  readonly pid: number;
  /** Of what it could not make there is none. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly child: ChildProcess;
}

export const options = { clock: nodeClock, epochMs: Date.now };

/** Compiles and starts the programs, and ends them. */
export class MapPrograms {
  readonly directory = mkdtempSync(join(tmpdir(), 'memlens-maps-'));
  private readonly children = new Set<ChildProcess>();

  /** The path of the program `shapes`, compiled by these words. */
  program(name: string, words: readonly string[], compiler = 'gcc'): string {
    const path = join(this.directory, name);
    execFileSync(compiler, ['-O1', '-w', ...words, '-o', path, join(SOURCES, 'shapes.c'), '-pthread', '-ldl'], { stdio: 'pipe' });
    return path;
  }

  library(name: string, words: readonly string[] = []): string {
    const path = join(this.directory, name);
    execFileSync('gcc', ['-shared', '-fPIC', ...words, '-o', path, join(SOURCES, 'library.c')], { stdio: 'pipe' });
    return path;
  }

  /** `before`: words that run it: `setpriv --reuid 1`. */
  async start(program: string, kinds: readonly string[] = [], before: readonly string[] = []): Promise<Shaped> {
    const [first, ...rest] = [...before, program, ...kinds] as [string, ...string[]];
    const child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.children.add(child);
    const text = await new Promise<string>((resolve, reject) => {
      let told = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        if (told.includes('ready\n')) resolve(told);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`${kinds.join(' ')}: ended with ${code ?? signal}: ${told}`)));
    });
    const addresses = new Map<string, number>();
    for (const [, name, address] of text.matchAll(/^(\S+) ([0-9a-f]+)$/gm)) addresses.set(name!, Number.parseInt(address!, 16));
    return { pid: child.pid!, addresses, child };
  }

  remove(path: string): void {
    rmSync(path);
  }

  endAll(): void {
    for (const child of this.children) child.kill('SIGKILL');
    this.children.clear();
  }

  dispose(): void {
    this.endAll();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** All threads are stopped when this returns: nothing of the process changes any more. */
export async function stopProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  for (;;) {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
    if (state === 'T') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function mapOf(target: Target, pid: number, cancel: Cancel = neverCancelled): Promise<MapSnapshot> {
  return value(await takeMap(target, pid, options, cancel));
}

/** What lies at the address that the program told by this name. */
export function regionAt(regions: readonly Region[], { addresses }: Shaped, name: string): Region {
  const address = addresses.get(name);
  const found = regions.find(({ start, end }) => address !== undefined && start <= address && address < end);
  if (found === undefined) throw new Error(`nothing at ${name}`);
  return found;
}
