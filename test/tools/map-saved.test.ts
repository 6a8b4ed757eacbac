// Saved outputs of pmap, maps and smaps tell nearly what a live process does.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { snapshotOfFile } from '../../src/app/map/snapshot-of-file.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { parseSavedMap } from '../../src/procfs/saved-map.js';
import { MapPrograms, mapOf, regionAt, regionsOf, stopProcess } from './map-programs.js';

const FORMS: Readonly<Record<string, (pid: number) => Buffer>> = {
  smaps: (pid) => readFileSync(`/proc/${pid}/smaps`),
  maps: (pid) => readFileSync(`/proc/${pid}/maps`),
  pmap: (pid) => execFileSync('pmap', [String(pid)]),
  'pmap -x': (pid) => execFileSync('pmap', ['-x', String(pid)]),
  'pmap -X': (pid) => execFileSync('pmap', ['-X', String(pid)]),
  'pmap -XX': (pid) => execFileSync('pmap', ['-XX', String(pid)]),
};

let programs: MapPrograms;
beforeAll(() => {
  programs = new MapPrograms();
});
afterEach(() => programs.endAll());
afterAll(() => programs.dispose());

const KINDS = [
  'threads=3',
  'anonymous',
  'reserve',
  'noreserve',
  'jit',
  'jit-sealed',
  'code-cache',
  'memfd',
  'sysv',
  'posix',
  'shared',
];

describe.each([
  ['PIE', []],
  ['static', ['-static']],
  ['32-bit', ['-m32']],
] as const)('of a %s program', (name, words) => {
  test('the segments are those of the live process, but for what the form does not tell', async () => {
    const shaped = await programs.start(programs.program(name, words), [...KINDS, `file=${join(programs.directory, 'a b')}`]);
    await stopProcess(shaped.pid);
    const live = regionsOf(await mapOf(new LocalTarget(), shaped.pid));
    for (const [form, save] of Object.entries(FORMS)) {
      const bytes = save(shaped.pid);
      const parsed = await parseSavedMap(
        (async function* () {
          yield bytes;
        })(),
      );
      const map = snapshotOfFile(parsed!, 'saved', 5);
      expect(map).toMatchObject({
        at: 5,
        origin: { kind: 'file', name: 'saved' },
        bits: name === '32-bit' ? 32 : 64,
        pageSize: 4096,
      });
      const saved = regionsOf(map);
      expect(saved.map(({ start, end }) => [start, end])).toEqual(live.map(({ start, end }) => [start, end]));
      const differ = saved.flatMap(({ segment, start }, row) =>
        segment === live[row]!.segment ? [] : [[segment, start] as const],
      );
      const allowed = new Set<number>();
      // Without VmFlags nothing says that it was reserved, unless RSS does, and it is huge.
      const tellsFlags = form === 'smaps' || form === 'pmap -XX';
      if (!tellsFlags) allowed.add(regionAt(live, shaped, 'noreserve').start);
      // pmap shows the names of files without their directories.
      if (form.startsWith('pmap')) allowed.add(regionAt(live, shaped, 'posix').start);
      expect(
        differ.filter(([, start]) => !allowed.has(start)),
        form,
      ).toEqual([]);
    }
  });
});
