// A real kernel with kmemleak and page_owner: built once, booted for each test, reached as any other target. Registered with MEMLENS_TEST_UML=1 only.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHeapProfile } from '../../src/app/heap/open-heap.ts';
import { mountDebugfs, unmountDebugfs } from '../../src/app/kmemleak/commands.ts';
import { readKmemleakState } from '../../src/app/kmemleak/state.ts';
import { listKernelSources } from '../../src/app/system/kernel-allocations.ts';
import { chunksAsRoot } from '../../src/app/system/root-stream.ts';
import { neverCancelled as cancel } from '../../src/base/cancel.ts';
import { nodeClock as clock } from '../../src/node/node-clock.ts';
import { createTarget } from '../../src/node/targets.ts';
import { nodeUnpackers } from '../../src/node/unpack.ts';
import { silentLog as log } from '../silent-log.ts';
import { startGuest } from './guest.mjs';

const run = promisify(execFile);
const here = import.meta.dirname;
const cache = process.env.MEMLENS_UML_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'memlens-uml');
const source = readFileSync(join(here, 'leakmod.c'), 'utf8').split('\n');
const lineOf = (what) => source.findIndex((line) => line.includes(`LEAK ${what} `)) + 1;
const cli = join(here, '../../dist/cli.js');

let guest;
const memlens = async (...args) => {
  const target = `command:${guest.prefix.join(' ')}`;
  try {
    const done = await run(process.execPath, [cli, 'kmemleak', ...args, '--target', target], { cwd: here, maxBuffer: 1 << 26 });
    return { status: 0, ...done };
  } catch (error) {
    return { status: error.code, stdout: error.stdout, stderr: error.stderr };
  }
};
/** Findings by the function of the module that has allocated. */
const leaks = (text) =>
  new Map(
    JSON.parse(text).findings.map((finding) => {
      const frame = finding.stacks[0].frames.find((each) => /^leak_.*alloc$/.test(each.function ?? ''));
      return [frame?.function, { finding, frame }];
    }),
  );

const value = (result) => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const accessOf = () => {
  const target = createTarget({ name: 'guest', config: { kind: 'command', argv: guest.prefix } }, { log });
  return { target, access: { target, rootCommand: ['busybox', 'env', 'A=b'] } };
};
/** Of the stacks with this function in them. */
function held({ frames, texts, tree, self, chief }, name) {
  let sum = 0;
  for (let node = 1; node < tree.length; node++) {
    let isIn = false;
    for (let at = node; at !== 0; at = tree.parent[at]) {
      isIn ||= texts[frames.function[tree.frame[at]]].startsWith(name);
    }
    if (isIn) sum += self[chief][node];
  }
  return sum;
}

beforeAll(async () => {
  await run('sh', [join(here, 'build.sh'), cache], { maxBuffer: 1 << 28 });
  if (!existsSync(cli)) throw new Error('build MemLens first: node esbuild.mjs');
});

describe('kmemleak of a kernel that runs', () => {
  beforeAll(async () => {
    guest = await startGuest(cache);
  });
  afterAll(() => guest?.stop());

  test('state, scan, read, clear', async () => {
    const state = await memlens('state', '--format', 'json');
    expect(state).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(state.stdout)).toMatchObject({
      standing: 'on',
      file: '/sys/kernel/debug/kmemleak',
      kernel: expect.stringMatching(/^6\.1\./),
      scansByItself: true,
      scanning: false,
    });

    // Nothing is reported before the first scan.
    expect(await memlens('read')).toMatchObject({ status: 0, stdout: expect.stringContaining('no leaks') });

    const scan = await memlens('scan', '--format', 'json');
    expect(scan.status).toBe(1);
    const found = leaks(scan.stdout);
    const { blocks, ...lost } = found.get('leak_kmalloc').finding;
    expect(lost).toMatchObject({ engine: 'kmemleak', bytes: blocks * 128 });
    // Five are lost; an old pointer that is still on a stack keeps one from being reported.
    expect(blocks).toBeGreaterThan(2);
    expect(blocks).toBeLessThan(6);
    expect(found.get('leak_vmalloc').finding).toMatchObject({ bytes: 3 * 4096, blocks: 1 });
    // Whole pages are none of its business.
    expect(found.has('leak_pages')).toBe(false);

    // Lines are those of the module that leaks, found by the names, offsets and sizes of its functions.
    const trees = ['--vmlinux', join(cache, 'kernel/vmlinux'), '--vmlinux', join(cache, 'module')];
    const read = leaks((await memlens('read', '--format', 'json', ...trees)).stdout);
    for (const what of ['kmalloc', 'vmalloc']) {
      const { finding, frame } = read.get(`leak_${what}`);
      expect(frame).toMatchObject({ file: expect.stringMatching(/\/leakmod\.c$/), line: lineOf(what) });
      expect(finding.place).toMatchObject({ function: `leak_${what}`, line: lineOf(what) });
    }

    expect(await memlens('clear', '--yes')).toMatchObject({ status: 0 });
    expect(await memlens('read')).toMatchObject({ status: 0, stdout: expect.stringContaining('no leaks') });
    const again = await memlens('scan', '--format', 'json');
    expect(leaks(again.stdout).has('leak_kmalloc')).toBe(false);
  });

  test('its allocations: pages and objects that the module holds, in each file that it has', async () => {
    const { access, target } = accessOf();
    const { sources, debugfs } = value(await listKernelSources(access, cancel));
    expect(debugfs).toBe('seen');
    expect(new Set(sources.map(({ kind }) => kind))).toEqual(new Set(['page-owner', 'vmallocinfo', 'slabinfo', 'slab-traces']));
    const profileOf = async (path) =>
      value(await openHeapProfile(chunksAsRoot(access, path, { clock, cancel }), path, await nodeUnpackers()));
    const owners = await profileOf(sources.find(({ kind }) => kind === 'page-owner').path);
    expect(held(owners, 'leak_pages')).toBe(4 * 4096);
    expect(held(owners, 'leak_vmalloc')).toBe(3 * 4096);
    const objects = await profileOf(sources.find(({ cache }) => cache === 'kmalloc-128').path);
    expect(held(objects, 'leak_kmalloc')).toBe(5);
    target.dispose();
  });
});

describe('kmemleak that can’t be used', () => {
  afterAll(() => guest?.stop());

  test('it was switched off at the boot', async () => {
    guest = await startGuest(cache, ['kmemleak=off']);
    const scan = await memlens('scan');
    expect(scan.status).toBe(2);
    expect(scan.stderr).toContain('switched off when the kernel was booted');
    expect(scan.stderr).toContain('Boot with kmemleak=on');
    await guest.stop();
  });

  test('debugfs is not mounted', async () => {
    guest = await startGuest(cache, ['plain']);
    const scan = await memlens('scan');
    expect(scan.status).toBe(2);
    expect(scan.stderr).toContain('mount -t debugfs debugfs /sys/kernel/debug');
    // It is mounted when the user agrees, and unmounted again.
    const { access, target } = accessOf();
    const state = async () => value(await readKmemleakState(access, cancel));
    const before = await state();
    value(await mountDebugfs(access, before, cancel));
    expect(await state()).toMatchObject({ standing: 'on' });
    value(await unmountDebugfs(access, before, cancel));
    expect(await state()).toMatchObject({ standing: 'not-mounted' });
    expect(await unmountDebugfs(access, before, cancel)).toMatchObject({ error: { code: 'tool-failed', tool: 'umount' } });
    target.dispose();
  });
});
