import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadRequest, ReadSink } from '../../../src/app/reader.js';
import { LocalReader } from '../../../src/node/local-reader.js';

const NOTHING: ReadRequest = { files: [], everyStat: false, processes: [], maps: [], fds: [] };
const openFiles = (): number => readdirSync('/proc/self/fd').length;

let dir: string;
let reader: LocalReader;
let words: string[];
const sink: ReadSink = {
  text: (pid, name, bytes) => words.push(`text ${pid} ${name} ${bytes.length}`),
  unreadable: (pid, name, why) => words.push(`${why} ${pid} ${name}`),
  stat: ({ pid }) => words.push(`stat ${pid}`),
  exit: (pid) => words.push(`exit ${pid}`),
  maps: (pid, { vmas }) => words.push(`maps ${pid} ${vmas > 0}`),
  fds: (pid, count) => words.push(`fds ${pid} ${count > 0}`),
  cost: (pid, name, us) => words.push(`cost ${pid} ${name} ${us > 0}`),
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-unit-'));
  reader = new LocalReader();
  words = [];
});
afterEach(() => {
  reader.dispose();
  rmSync(dir, { recursive: true, force: true });
});

describe('the reader of this machine', () => {
  test('a file is told when it has changed, and once when it has gone', async () => {
    const file = join(dir, 'a\nb');
    const read = async (): Promise<readonly string[]> => {
      words = [];
      expect(await reader.read({ ...NOTHING, files: [file] }, sink)).toMatchObject({ ok: true, value: { bytes: 0 } });
      return words;
    };
    writeFileSync(file, 'x'.repeat(200_000));
    expect(await read()).toEqual([`text 0 ${file} 200000`]);
    expect(await read()).toEqual([]);
    writeFileSync(file, `${'x'.repeat(199_999)}y`);
    expect(await read()).toEqual([`text 0 ${file} 200000`]);
    rmSync(file);
    expect(await read()).toEqual([`gone 0 ${file}`]);
    expect(await read()).toEqual([]);
    writeFileSync(file, '');
    expect(await read()).toEqual([`text 0 ${file} 0`]);
    rmSync(file);
  });

  test('a directory is no file', async () => {
    await reader.read({ ...NOTHING, files: [dir] }, sink);
    expect(words).toEqual([`unreadable 0 ${dir}`]);
  });

  test('costs are told whether or not there is news', async () => {
    const { pid } = process;
    const request: ReadRequest = { ...NOTHING, processes: [{ pid, names: ['cgroup'] }], maps: [pid], fds: [pid] };
    await reader.read(request, sink);
    expect(words).toEqual([
      `cost ${pid} cgroup true`,
      expect.stringMatching(`^text ${pid} cgroup `),
      `cost ${pid} maps true`,
      `maps ${pid} true`,
      `fds ${pid} true`,
    ]);
    words = [];
    await reader.read({ ...request, maps: [], fds: [] }, sink);
    expect(words).toEqual([`cost ${pid} cgroup true`]);
  });

  test('nothing stays open, also when it is disposed while it reads', async () => {
    const before = openFiles();
    await reader.read({ ...NOTHING, everyStat: true }, sink);
    expect(words).toContain(`stat ${process.pid}`);
    reader.dispose();
    expect(openFiles()).toBe(before);
    const other = new LocalReader();
    const done = other.read({ ...NOTHING, files: ['/proc/meminfo'], everyStat: true }, sink);
    other.dispose();
    expect(await done).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(openFiles()).toBe(before);
  });
});
