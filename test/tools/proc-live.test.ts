import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { machineParts } from '../../src/insight/machine-parts.js';
import { digestMaps } from '../../src/procfs/maps-digest.js';
import { parseMeminfo } from '../../src/procfs/meminfo.js';
import { parseRollup } from '../../src/procfs/rollup.js';
import { parseStat } from '../../src/procfs/stat.js';
import { parseStatm } from '../../src/procfs/statm.js';
import { parseStatus } from '../../src/procfs/status.js';
import { perCpuFreePages } from '../../src/procfs/zoneinfo.js';

const KIB = 1024;
const pageSize = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
const installed = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
const read = (path: string): string => readFileSync(path, 'utf8');
const old = join(import.meta.dirname, '../fixtures/synthetic/proc-3.10/meminfo');
const ENGLISH = { ...process.env, LC_ALL: 'C' };

const dir = mkdtempSync(join(tmpdir(), 'memlens-proc-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What a tool prints when /proc/meminfo holds `text`: so both see the same moment. Undefined without namespaces. */
function withMeminfo(text: string, tool: readonly string[]): string | undefined {
  const file = join(dir, 'meminfo');
  writeFileSync(file, text);
  const script = 'mount --bind "$0" /proc/meminfo && exec "$@"';
  const done = spawnSync('unshare', ['-rm', 'sh', '-c', script, file, ...tool], { encoding: 'utf8', env: ENGLISH });
  return done.status === 0 ? done.stdout : undefined;
}

let namespaces: boolean;
beforeAll(() => {
  namespaces = withMeminfo(read('/proc/meminfo'), ['true']) !== undefined;
});

describe.each([
  ['of this machine', '/proc/meminfo'],
  ['of Linux 3.10', old],
])('meminfo %s', (_, path) => {
  const reading = (): { text: string; value: (name: string) => number } => {
    const text = read(path);
    const fields = new Map(parseMeminfo(text).map(({ name, value }) => [name, value]));
    return { text, value: (name) => fields.get(name) ?? Number.NaN };
  };

  test('is what free prints', ({ skip }) => {
    if (!installed('free')) skip('free (procps) is not installed');
    if (!namespaces) skip('needs a mount namespace, to show free the same file');
    const { text, value } = reading();
    const lines = withMeminfo(text, ['free', '-b', '-w'])?.split('\n') ?? [];
    const [total, , free, shared, buffers, cache, available] = (lines[1] ?? '').trim().split(/\s+/).slice(1).map(Number);
    expect({ total, free, shared, buffers, cache }).toEqual({
      total: value('MemTotal'),
      free: value('MemFree'),
      shared: value('Shmem'),
      buffers: value('Buffers'),
      // As free(1) says: Cached and SReclaimable.
      cache: value('Cached') + value('SReclaimable'),
    });
    if (!Number.isNaN(value('MemAvailable'))) expect(available).toBe(value('MemAvailable'));
    const [swapTotal, swapUsed] = (lines[2] ?? '').trim().split(/\s+/).slice(1).map(Number);
    expect([swapTotal, swapUsed]).toEqual([value('SwapTotal'), value('SwapTotal') - value('SwapFree')]);
  });

  test('is what vmstat -s prints', ({ skip }) => {
    if (!installed('vmstat')) skip('vmstat (procps) is not installed');
    if (!namespaces) skip('needs a mount namespace, to show vmstat the same file');
    const { text, value } = reading();
    const printed = withMeminfo(text, ['vmstat', '-s']) ?? '';
    const kib = (words: string): number => Number(new RegExp(`^ *(\\d+) K ${words}$`, 'm').exec(printed)?.[1]);
    expect(kib('total memory') * KIB).toBe(value('MemTotal'));
    expect(kib('active memory') * KIB).toBe(value('Active'));
    expect(kib('inactive memory') * KIB).toBe(value('Inactive'));
    expect(kib('free memory') * KIB).toBe(value('MemFree'));
    expect(kib('buffer memory') * KIB).toBe(value('Buffers'));
  });
});

test('the parts of this machine add up to MemTotal, and hardly anything is left unexplained', () => {
  const meminfo = parseMeminfo(read('/proc/meminfo'));
  const pages = perCpuFreePages(read('/proc/zoneinfo'));
  const sample = { at: 0, meminfo, counters: {}, ...(pages === undefined ? {} : { perCpuFree: pages * pageSize }) };
  const parts = machineParts(sample);
  const total = meminfo.find(({ name }) => name === 'MemTotal')?.value ?? 0;
  expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
  expect(Math.min(...parts.map(({ bytes }) => bytes))).toBeGreaterThanOrEqual(0);
  const other = parts.find(({ id }) => id === 'otherKernel')?.bytes ?? 0;
  // Pipes, sockets and drivers of a busy machine are in it too: far from what counting something twice or not at all would give.
  expect(other / total).toBeLessThan(0.1);
});

describe('a stopped process', () => {
  let child: ChildProcess;
  let proc: string;

  // Statically linked: a page that it shared with other programs would count differently whenever one of them starts or ends.
  beforeAll(async () => {
    const source = join(dir, 'waits.c');
    const program = join(dir, 'waits');
    writeFileSync(
      source,
      `#include <stdlib.h>
       #include <string.h>
       #include <unistd.h>
       int main(void) {
         for (int i = 0; i < 200; i++) memset(malloc(5000), 1, 5000);
         write(1, "ready", 5);
         for (;;) pause();
       }`,
    );
    execFileSync('gcc', ['-static', '-w', '-o', program, source]);
    child = spawn(program, { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGSTOP');
    proc = `/proc/${child.pid}`;
    await vi.waitFor(() => expect(parseStat(readFileSync(`${proc}/stat`))?.state).toBe('T'), 10_000);
  });
  afterAll(() => {
    child.kill('SIGKILL');
  });

  test('has the same sums in its rollup and in its smaps', () => {
    const rollup = parseRollup(read(`${proc}/smaps_rollup`));
    expect(rollup?.uss).toBeGreaterThan(1_000_000);
    // Only a rollup tells PSS by kind of memory.
    const { pssAnon, pssFile, pssShmem, ...sums } = rollup!;
    expect(pssAnon! + pssFile! + pssShmem!).toBeGreaterThan(rollup!.pss - 3 * KIB);
    expect(parseRollup(read(`${proc}/smaps`))).toEqual(sums);
  });

  test('has the sums that pmap -X prints', ({ skip }) => {
    if (!installed('pmap')) skip('pmap (procps) is not installed');
    const lines = execFileSync('pmap', ['-X', String(child.pid)], { encoding: 'utf8', env: ENGLISH })
      .trimEnd()
      .split('\n');
    const names = (lines[1] ?? '').trim().split(/\s+/);
    const sums = (lines.at(-1) ?? '').trim().split(/\s+/).map(Number);
    // The line of sums begins with Size: the columns before it have none.
    const sum = (name: string): number => (sums[names.indexOf(name) - names.indexOf('Size')] ?? Number.NaN) * KIB;
    const rollup = parseRollup(read(`${proc}/smaps_rollup`));
    expect(rollup).toMatchObject({ rss: sum('Rss'), pss: sum('Pss'), swap: sum('Swap'), anonymous: sum('Anonymous') });
    expect(digestMaps(readFileSync(`${proc}/maps`)).vmas).toBe(lines.length - 4);
  });

  test('has the sums that smem prints', ({ skip }) => {
    if (!installed('smem')) skip('smem is not installed');
    const table = execFileSync('smem', ['-H', '-c', 'pid rss pss uss swap'], { encoding: 'utf8', env: ENGLISH });
    const row = table.split('\n').find((line) => line.trim().startsWith(`${child.pid} `)) ?? '';
    const [, rss, pss, uss, swap] = row
      .trim()
      .split(/\s+/)
      .map((word) => Number(word) * KIB);
    expect(parseRollup(read(`${proc}/smaps_rollup`))).toMatchObject({ rss, pss, uss, swap });
  });

  test('is the same process in stat, statm and status', () => {
    const stat = parseStat(readFileSync(`${proc}/stat`));
    const status = parseStatus(read(`${proc}/status`));
    expect(stat).toMatchObject({ pid: child.pid, command: 'waits', parent: process.pid, threads: 1, vsz: status?.vmSize });
    // Only the sizes: the RSS of stat is counted by CPU in batches, and may lag behind.
    expect((parseStatm(read(`${proc}/statm`))?.sizePages ?? 0) * pageSize).toBe(stat?.vsz);
    expect(status?.uid).toBe(process.geteuid?.());
  });
});
