// What is taken of a map is what the kernel and pmap(1) say, from every kind of target, with and without permission.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { takeMap } from '../../src/app/map/take-map.js';
import type { Target } from '../../src/app/ports.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import { mapTotals } from '../../src/insight/map/totals.js';
import type { ElfImage } from '../../src/model/elf-image.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { NOT_SUMMED } from '../../src/model/map-table.js';
import { createTarget } from '../../src/node/targets.js';
import { parseRollup } from '../../src/procfs/rollup.js';
import { MapPrograms, mapOf, options, regionAt, regionsOf, stopProcess } from './map-programs.js';
import { type BusyBoxRoot, busyboxRoot, noChroot, noSshd, type SshServer, startSshd } from './servers.js';
import { value } from './target-cases.js';

const isRoot = process.getuid?.() === 0;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open = (text: string) => createTarget({ name: text, config: value(parseTargetName(text)) }, { log });
const KIB = 1024;

let programs: MapPrograms;
let shapes: string;
let alone: string;
beforeAll(() => {
  programs = new MapPrograms();
  chmodSync(programs.directory, 0o755);
  shapes = programs.program('shapes', []);
  // Nothing of it is shared with a process that comes or goes: its PSS stands still.
  alone = programs.program('alone', ['-static']);
});
afterEach(() => programs.endAll());
afterAll(() => programs.dispose());

/** The columns of pmap -X or -XX and the sums in its last line, in KiB. */
function pmapSums(option: string, pid: number): ReadonlyMap<string, number> {
  const lines = execFileSync('pmap', [option, String(pid)], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  const names = lines[1]!
    .trim()
    .split(/\s+/)
    .slice(5)
    .filter((name) => name !== 'VmFlags' && name !== 'Mapping');
  const sums = lines.at(-1)!.trim().split(/\s+/);
  expect(sums.pop()).toBe('KB');
  expect(sums).toHaveLength(names.length);
  return new Map(names.map((name, i) => [name, Number(sums[i])]));
}

function sumOf({ table }: MapSnapshot, name: string): number {
  if (name === 'Size') return table.end.reduce((sum, end, row) => sum + end - table.start[row]!, 0) / KIB;
  return table.figures[name]!.reduce((sum, bytes) => sum + bytes, 0) / KIB;
}

describe('sums', () => {
  test('of a stopped process are those of pmap -X, pmap -XX and smaps_rollup', async () => {
    const kinds = ['threads=3', 'anonymous', 'noreserve', 'thp', 'memfd', 'posix', 'shared', 'locked', 'jit', 'many=500'];
    const { pid } = await programs.start(alone, kinds);
    await stopProcess(pid);
    const map = await mapOf(open('local'), pid);
    expect(map.table.length).toBeGreaterThan(500);
    for (const option of ['-X', '-XX']) {
      const sums = pmapSums(option, pid);
      expect(sums.size).toBeGreaterThan(10);
      for (const [name, sum] of sums) if (!NOT_SUMMED.has(name)) expect([name, sumOf(map, name)]).toEqual([name, sum]);
    }
    const rollup = parseRollup(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))!;
    expect(map.rollup).toEqual(rollup);
    const { whole, bySegment, byFile } = mapTotals(map);
    expect(whole).toMatchObject({ rss: rollup.rss, uss: rollup.uss, swap: rollup.swap, thp: rollup.anonHuge });
    expect(whole.dirty).toBe(rollup.sharedDirty + rollup.privateDirty);
    // smaps rounds the share of each mapping down to KiB; nothing of this process is shared but its vdso.
    expect(rollup.pss - whole.pss!).toBeGreaterThanOrEqual(0);
    expect(rollup.pss - whole.pss!).toBeLessThan(map.table.length * KIB);
    expect(whole.locked).toBe(rollup.locked);
    for (const amount of ['size', 'rss', 'pss', 'uss', 'dirty', 'swap', 'locked', 'thp'] as const) {
      expect(
        bySegment.reduce((sum, { amounts }) => sum + amounts[amount]!, 0),
        amount,
      ).toBe(whole[amount]);
    }
    expect(bySegment.reduce((sum, { count }) => sum + count, 0)).toBe(map.table.length);
    expect(byFile.map(({ file }) => file)).toContain(alone);
    expect(map.maxMapCount).toBe(Number(readFileSync('/proc/sys/vm/max_map_count', 'latin1')));
    expect(map.costMs).toBeGreaterThan(0);
    expect(Math.abs(map.at - Date.now())).toBeLessThan(60_000);
  });
});

function sameFromEverywhere(get: () => Target): void {
  test('the same map as here, with its threads, headers and sums', async () => {
    const odd = join(programs.directory, `odd ${Date.now()}\n$(touch x) 'q' (deleted)`);
    const shaped = await programs.start(alone, ['threads=3', 'memfd', 'reserve', 'jit', `file=${odd}`]);
    await stopProcess(shaped.pid);
    const map = await mapOf(get(), shaped.pid);
    const here = await mapOf(open('local'), shaped.pid);
    expect(map.notes).toEqual([]);
    expect(map.origin).toEqual({ ...here.origin, target: get().id });
    expect(regionsOf(map)).toEqual(regionsOf(here));
    expect(map.table).toEqual(here.table);
    expect(map.rollup).toEqual(here.rollup);
    expect(regionAt(regionsOf(map), shaped, 'file')).toMatchObject({ path: odd, owner: odd });
    expect(regionAt(regionsOf(map), shaped, 'stack1').owner).toMatch(/^worker 1 /);
  });

  test('a process that is not there, that is another one by now, or that has no memory map', async () => {
    const { pid } = await programs.start(alone);
    const missing = { ok: false, error: { code: 'not-found', what: 'process' } };
    expect(await takeMap(get(), 4_100_000, options, neverCancelled)).toMatchObject(missing);
    expect(await takeMap(get(), -1, options, neverCancelled)).toMatchObject(missing);
    expect(await takeMap(get(), pid, { ...options, startTicks: 1 }, neverCancelled)).toMatchObject(missing);
    const cancel = new CancelSource();
    cancel.cancel();
    expect(await takeMap(get(), pid, options, cancel)).toMatchObject({ error: { code: 'cancelled' } });
  });
}

describe.each(['local', 'command:sh', 'command:busybox sh'])('%s', (name) => {
  const target = open(name);
  afterAll(() => target.dispose());
  sameFromEverywhere(() => target);
});

describe.skipIf(noSshd !== undefined)(`ssh${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
  let server: SshServer;
  let target: ReturnType<typeof open>;
  beforeAll(async () => {
    server = await startSshd();
    const name = `ssh:${server.alias}`;
    target = createTarget({ name, config: value(parseTargetName(name)) }, { log, sshConfigFile: server.configFile });
  });
  afterAll(async () => {
    target.dispose();
    await server.stop();
  });
  sameFromEverywhere(() => target);
});

describe.skipIf(noChroot !== undefined)(`BusyBox alone${noChroot === undefined ? '' : ` (${noChroot})`}`, () => {
  let root: BusyBoxRoot;
  let target: ReturnType<typeof open>;
  beforeAll(() => {
    root = busyboxRoot();
    target = open(`command:chroot ${root.directory} /bin/sh`);
  });
  afterAll(() => {
    target.dispose();
    root.stop();
  });
  sameFromEverywhere(() => target);

  test('a process in a root directory of its own: its headers are read there', async () => {
    copyFileSync(alone, join(root.directory, 'bin/alone'));
    const shaped = await programs.start('/bin/alone', ['threads=1'], ['chroot', root.directory]);
    await stopProcess(shaped.pid);
    for (const from of [target, open('local')]) {
      const map = await mapOf(from, shaped.pid);
      expect(map.notes).toEqual([]);
      expect(regionAt(regionsOf(map), shaped, 'bss')).toMatchObject({ segment: 'bss', rule: 'bss-header' });
    }
  });
});

describe('a live map', () => {
  test('reads the headers of each file once', async () => {
    const images = new Map<string, ElfImage | 'none'>();
    const { pid } = await programs.start(shapes);
    const local = open('local');
    const first = value(await takeMap(local, pid, { ...options, images }, neverCancelled));
    expect(images.size).toBeGreaterThanOrEqual(3);
    const before = new Map(images);
    const second = value(await takeMap(local, pid, { ...options, images }, neverCancelled));
    expect(images).toEqual(before);
    expect(regionsOf(second)).toEqual(regionsOf(first));
  });

  test('a process that ends in the midst: what was read is kept, and the note says so', async () => {
    const { pid, child } = await programs.start(shapes, ['many=40000']);
    const local = open('local');
    let chunks = 0;
    const ending: Target = Object.assign(Object.create(local) as Target, {
      readChunks: async function* (path: string): AsyncIterable<Uint8Array> {
        for await (const chunk of local.readChunks(path)) {
          if (chunks++ === 2) {
            child.kill('SIGKILL');
            await new Promise((resolve) => child.once('exit', resolve));
          }
          yield chunk;
        }
      },
    });
    const map = value(await takeMap(ending, pid, options, neverCancelled));
    expect(map.notes.map(({ code }) => code)).toContain('ended');
    expect(map.table.length).toBeGreaterThan(10);
    expect(map.table.length).toBeLessThan(40_000);
    expect(map.rollup).toBeUndefined();
  });

  test('cancel does not wait for what the target is at', async () => {
    const { pid } = await programs.start(shapes);
    const local = open('local');
    const cancel = new CancelSource();
    const hanging: Target = Object.assign(Object.create(local) as Target, {
      readChunks: async function* (): AsyncIterable<Uint8Array> {
        cancel.cancel();
        await new Promise(() => undefined);
      },
    });
    expect(await takeMap(hanging, pid, options, cancel)).toMatchObject({ error: { code: 'cancelled' } });
  });
});

describe.skipIf(!isRoot)('another user', () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const target = open(`command:${nobody.join(' ')} sh`);
  afterAll(() => target.dispose());

  test('of a process that is not ours: no mappings, but what status tells', async () => {
    const { pid } = await programs.start(shapes);
    const map = await mapOf(target, pid);
    expect(map.table.length).toBe(0);
    expect(map.notes).toEqual([{ code: 'no-permission' }]);
    expect(map.status?.vmRss).toBeGreaterThan(0);
    expect(map.threads).toBe(1);
    expect(map.rollup).toBeUndefined();
  });

  test('of our own process: all but what only root may know', async () => {
    const shaped = await programs.start(shapes, ['threads=2', 'anonymous'], nobody);
    await stopProcess(shaped.pid);
    const map = await mapOf(target, shaped.pid);
    const regions = regionsOf(map);
    expect(map.rollup).toBeDefined();
    expect(regionAt(regions, shaped, 'bss')).toMatchObject({ segment: 'bss', rule: 'bss-header' });
    expect(regionAt(regions, shaped, 'stack0').segment).toBe('thread-stack');
    const pointers = map.notes.every(({ code }) => code !== 'no-stack-pointers');
    // Yama may keep a process from those that are not its parents: then the layout tells, and it is a guess.
    expect(regionAt(regions, shaped, 'stack0').rule).toBe(pointers ? 'stack-pointer' : 'stack-layout');
  });
});

test('a kernel thread has no memory map', async () => {
  // PF_KTHREAD of field 9 of stat; in a container there may be none.
  const isKernelThread = (pid: string): boolean => {
    try {
      const flags = /\) \S (?:-?\d+ ){5}(\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
      return (Number(flags) & 0x20_0000) !== 0;
    } catch {
      return false;
    }
  };
  const kernelThread = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isKernelThread(name));
  if (kernelThread === undefined) return;
  expect(await takeMap(open('local'), Number(kernelThread), options, neverCancelled)).toMatchObject({
    error: { code: 'no-process', why: 'kernel' },
  });
});
