// memlens parse on the files of a kernel, as a person calls it.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelPrograms } from './kernel-programs.js';
import { memlens } from './program-cases.js';

const fixtures = join(import.meta.dirname, '../fixtures');
const uml = (name: string): string => join(fixtures, 'linux/6.1-uml', name);
const owner = join(fixtures, 'heap/kernel-6.1-uml/page_owner');
let dir: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-parse-kernel-')));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const parse = (args: readonly string[], stdin?: string) =>
  memlens(['parse', ...args], { cwd: dir, ...(stdin === undefined ? {} : { stdin }) });

describe('memlens parse', () => {
  test('prints of a heap profile what memlens heap prints, packed or not, as text and JSON', async () => {
    const packed = join(dir, 'page_owner.gz');
    writeFileSync(packed, gzipSync(readFileSync(owner)));
    for (const format of ['text', 'json']) {
      const [one, other, zipped] = [
        await parse([owner, '-f', format]),
        await memlens(['heap', owner, '-f', format], { cwd: dir }),
        await parse([packed, '-f', format]),
      ];
      expect(one.stdout).toBe(other.stdout);
      expect(one.stdout.length).toBeGreaterThan(100);
      expect(zipped.stdout.replace('page_owner.gz', 'page_owner')).toBe(other.stdout);
      expect([one.status, zipped.status]).toEqual([0, 0]);
    }
  });

  test('tells vmalloc by caller, with the lines of what was built here', async () => {
    const programs = new KernelPrograms();
    try {
      const ko = programs.module();
      const call = programs.call(ko, 'leak_more', 'keep');
      const file = programs.at('vmallocinfo');
      writeFileSync(file, `0xffffc90000000000-0xffffc90000005000   20480 leak_more+${call.text} [leak_mod] pages=4 vmalloc\n`);
      const done = await memlens(['parse', file, '-f', 'json'], { cwd: programs.dir });
      const place = `${programs.at('drivers/leak/leak-mod.c')}:13`;
      expect(JSON.parse(done.stdout)).toMatchObject({
        format: 'memlens-kernel-table',
        file: 'vmallocinfo',
        bytes: 16_384,
        callers: [{ module: 'leak_mod', pages: 4, bytes: 16_384, place }],
      });
      expect((await memlens(['parse', file], { cwd: programs.dir })).stdout).toContain(place);
    } finally {
      programs.dispose();
    }
  });

  test('tells slab caches, from standard input as well', async () => {
    const done = await parse(['-'], readFileSync(uml('slabinfo'), 'utf8'));
    expect(done.status).toBe(0);
    expect(done.stdout).toMatch(/^Slab caches: .* of RAM, /);
    const json = JSON.parse((await parse([uml('slabinfo'), '-f', 'json'])).stdout) as {
      caches: { bytes: number }[];
      bytes: number;
    };
    expect(json.caches.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(json.bytes);
  });

  test('memory that ran out is a finding, told as memlens oom tells it: exit 1', async () => {
    const log =
      'sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nOut of memory: Killed process 77 (sh) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n';
    for (const format of ['text', 'json']) {
      const [one, other] = [
        await parse(['-', '-f', format], log),
        await memlens(['oom', '-', '-f', format], { cwd: dir, stdin: log }),
      ];
      expect([one.status, one.stdout]).toEqual([1, other.stdout]);
      expect(one.stdout).toContain('sh');
    }
  });

  test('several files of different kinds are told one after the other; in one JSON, and in SARIF, they are refused', async () => {
    const files = [uml('kmemleak'), owner, uml('vmallocinfo')];
    const done = await parse(files);
    expect(done.status).toBe(1);
    for (const file of files) expect(done.stdout).toContain(`${file}\n`);
    expect(done.stdout.indexOf(owner)).toBeLessThan(done.stdout.indexOf('vmalloc: '));
    const json = await parse([...files, '-f', 'json']);
    expect([json.status, json.stdout]).toEqual([2, '']);
    expect(json.stderr).toContain('parse it by itself');
    const sarif = await parse([owner, '-f', 'sarif']);
    expect([sarif.status, sarif.stdout]).toEqual([2, '']);
    expect(sarif.stderr).toContain('SARIF is for findings');
  });

  test('what is none of it is an error that names what is known', async () => {
    const done = await parse(['-'], 'hello\n');
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('slabinfo');
  });
});
