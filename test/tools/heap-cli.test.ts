// memlens heap, on files that the tools themselves have just written.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, type Done, memlens } from './program-cases.js';

/** Keeps 100 blocks of 1000 bytes, and 50 of 64 bytes for a moment; with an argument it keeps 20 more, of 500 bytes. */
const SOURCE = `#include <stdlib.h>
static void *kept[200];
__attribute__((noinline)) static void *grow(size_t size) {
  return malloc(size); /* here */
}
__attribute__((noinline)) static void *churn(void) {
  return malloc(64);
}
int main(int argc, char **argv) {
  (void)argv;
  for (int i = 0; i < 100; i++) kept[i] = grow(1000);
  for (int i = 0; i < 50; i++) free(churn());
  for (int i = 0; argc > 1 && i < 20; i++) kept[100 + i] = grow(500);
  return kept[99] == 0;
}
`;
const LINE = SOURCE.split('\n').findIndex((line) => line.includes('/* here */')) + 1;

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;

let dir = '';
const inDir = (name: string): string => join(dir, name);
const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const heap = (...args: string[]): Promise<Done> => memlens(['heap', ...args], { cwd: dir });

interface HeapJson {
  readonly source: { readonly format: string };
  readonly measures: readonly { readonly id: string; readonly whole: number }[];
  readonly frames: readonly { readonly function?: string; readonly line?: number }[];
  readonly stacks: readonly (readonly (number | null)[])[];
}

const wholes = ({ measures }: HeapJson): Record<string, number> =>
  Object.fromEntries(measures.map(({ id, whole }) => [id, whole]));

async function json(...args: string[]): Promise<HeapJson> {
  const { status, stdout, stderr } = await heap(...args, '--format', 'json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as HeapJson;
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-heap-'));
  writeFileSync(inDir('grow.c'), SOURCE);
  run('gcc', '-g', '-gdwarf-4', '-O0', '-o', 'grow', 'grow.c');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!has('valgrind'))('files of Valgrind', () => {
  const valgrind = (tool: string, out: string, ...args: string[]): string =>
    run('valgrind', `--tool=${tool}`, `--${tool}-out-file=${out}`, './grow', ...args);

  beforeAll(() => {
    valgrind('massif', 'massif.out');
    valgrind('dhat', 'dhat.json');
    valgrind('dhat', 'dhat-more.json', 'more');
    run('valgrind', '--xtree-memory=full', '--xtree-memory-file=xtree.kcg', './grow');
  });

  test('massif: the peak, to the byte', async () => {
    const { stdout, status } = await heap('massif.out');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Heap profile of \.\/grow/);
    expect(stdout).toMatch(/^peak .*100,0(00|64)/m);
    expect(stdout).toContain(`grow  grow.c:${LINE}\n`);
  });

  test('dhat: live, peak and total, to the byte and the block', async () => {
    expect(wholes(await json('dhat.json'))).toMatchObject({
      live: 100_000,
      'live-count': 100,
      peak: 100_064,
      total: 103_200,
      'total-count': 150,
    });
  });

  test('xtree: the same sums', async () => {
    expect(wholes(await json('xtree.kcg'))).toMatchObject({
      live: 100_000,
      'live-count': 100,
      total: 103_200,
      'total-count': 150,
    });
  });

  test('what has grown from one run to the next', async () => {
    const { stdout, status } = await heap('diff', 'dhat.json', 'dhat-more.json');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^growth +9\.8 KiB +10,000 /m);
    expect(stdout).toMatch(/^\+9\.8 KiB {2}in 20 blocks$/m);
    const same = await heap('diff', 'dhat.json', 'dhat.json');
    expect(same.stdout).toMatch(/^growth +0 +0 /m);
    expect(same.stdout).not.toContain('grow.c');
  });

  test('measures, tables, filters', async () => {
    expect((await heap('dhat.json', '--measure', 'total', '--by', 'line')).stdout).toMatch(
      new RegExp(`^ +0 +0\\.0% +97\\.7 KiB +96\\.9% {2}grow {2}grow\\.c:${LINE}$`, 'm'),
    );
    const callers = (await heap('dhat.json', '--by', 'callers', '--own-code')).stdout;
    expect(callers).toMatch(/100\.0% {2}grow .*\n.*100\.0% {4}main/);
    expect(callers).not.toContain('malloc');
    expect(wholes(await json('dhat.json', '--filter', 'churn'))).toMatchObject({ live: 0, total: 3200 });
    expect(wholes(await json('dhat.json', '--module', 'no such module'))).toMatchObject({ total: 0 });
    const wrong = await heap('dhat.json', '--measure', 'livve');
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toContain('this profile has no measure "livve" (did you mean live?)');
  });

  test('every format that is read again says the same', async () => {
    const { status } = await heap('dhat.json', '--format', 'pprof', '--output', 'again.pb.gz');
    expect(status).toBe(0);
    expect([...readFileSync(inDir('again.pb.gz')).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    writeFileSync(inDir('again.json'), (await heap('dhat.json', '--format', 'json')).stdout);
    const told = wholes(await json('dhat.json'));
    expect(wholes(await json('again.pb.gz'))).toEqual(told);
    expect(await json('again.json')).toEqual(await json('dhat.json'));
    writeFileSync(inDir('again.folded'), (await heap('dhat.json', '--format', 'folded', '--measure', 'live')).stdout);
    expect(Object.values(wholes(await json('again.folded')))).toEqual([100_000]);
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/heap-schema.json'), 'utf8')) as object;
    expect(new Ajv2020({ strict: false }).validate(schema, await json('again.json'))).toBe(true);
    const speedscope = JSON.parse((await heap('dhat.json', '--format', 'speedscope')).stdout) as {
      readonly profiles: readonly { readonly endValue: number }[];
    };
    expect(speedscope.profiles.map(({ endValue }) => endValue)).toEqual(Object.values(told));
    const csv = (await heap('dhat.json', '--format', 'csv')).stdout.split('\r\n');
    expect(csv[0]).toMatch(/^live-bytes,live-count,.*,function,file,line,module,address,stack$/);
  });

  test('standard input, and a reader that leaves early', async () => {
    const piped = await memlens(['heap', '-'], { cwd: dir, stdin: readFileSync(inDir('massif.out'), 'utf8') });
    expect(piped.stdout).toContain('standard input: massif');
    const left = spawnSync('sh', ['-c', `"$0" "$1" heap dhat.json --format folded | head -c 3`, process.execPath, cli], {
      cwd: dir,
    });
    expect(left.status).toBe(0);
    expect(String(left.stderr)).toBe('');
  });
});

describe.skipIf(!has('heaptrack'))('files of heaptrack', () => {
  beforeAll(() => {
    run('heaptrack', '-o', inDir('track'), './grow');
    run(
      'sh',
      '-c',
      'for f in track.zst track.gz; do if [ -f $f ]; then cp $f track; fi; done; case $(ls track.*) in *.zst) zstd -dqc track;; *) gzip -dc <track;; esac > track.txt',
    );
  });

  test('the file as heaptrack leaves it, packed or not', async () => {
    for (const file of ['track', 'track.txt']) {
      const told = wholes(await json(file, '--filter', 'grow'));
      expect(told).toMatchObject({ live: 100_000, 'live-count': 100, total: 103_200, 'total-count': 150, 'temporary-count': 50 });
    }
    expect((await heap('track')).stdout).toMatch(new RegExp(`in 100 blocks\\n {2}grow .*grow\\.c:${LINE}\\n {2}main `));
  });

  test('all that was never freed is what heaptrack itself prints', async () => {
    const print = run(
      'heaptrack_print',
      '--print-leaks',
      '0',
      '-F',
      'leaked.folded',
      '--flamegraph-cost-type',
      'leaked',
      'track.txt',
    );
    expect(print).toContain('total memory leaked');
    const leaked = readFileSync(inDir('leaked.folded'), 'utf8')
      .split('\n')
      .reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1] ?? 0), 0);
    expect(wholes(await json('track.txt'))).toMatchObject({ live: leaked });
  });

  test('a file that is cut is read to the cut', async () => {
    const whole = readFileSync(inDir('track.txt'));
    writeFileSync(inDir('cut.txt'), whole.subarray(0, whole.length - 40));
    const { status, stdout } = await heap('cut.txt');
    expect(status).toBe(0);
    expect(stdout).toContain('grow.c');
  });
});

test('what is no heap profile is refused, and the output stays as it was', async () => {
  writeFileSync(inDir('words.txt'), 'some words\nand more\n');
  writeFileSync(inDir('kept.txt'), 'before');
  expect(await heap('words.txt', '-o', 'kept.txt')).toMatchObject({ status: 2, stdout: '' });
  expect(readFileSync(inDir('kept.txt'), 'utf8')).toBe('before');
  expect((await heap('words.txt')).stderr).toContain('words.txt holds no heap profile that MemLens knows.');
  expect((await heap('nothing.txt')).stderr).toContain('The file nothing.txt does not exist.');
  expect((await heap('.')).stderr).toContain('is a directory');
});
