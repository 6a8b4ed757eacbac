import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BulkLineSink, writeLines } from '../../../src/app/line-sink.js';
import type { Fault } from '../../../src/base/fault.js';
import { createLineFile } from '../../../src/node/line-file.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-lines-'));
  path = join(dir, 'a b.memlens');
});
afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true, force: true });
});

const create = async (at = path, replace = false): Promise<BulkLineSink> => {
  const made = await createLineFile(at, replace);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
};
const refusal = async (at: string, replace = false): Promise<Fault | undefined> => {
  const made = await createLineFile(at, replace);
  return made.ok ? undefined : made.error;
};

describe('a line file', () => {
  test('holds every line, in order, when it is closed', async () => {
    const file = await create();
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} \u{1F300}`);
    for (const line of lines) file.write(line);
    const closing = file.close();
    file.write('too late');
    expect(await closing).toEqual({ ok: true, value: undefined });
    expect(await file.close()).toEqual({ ok: true, value: undefined });
    expect(readFileSync(path, 'utf8')).toBe(`${lines.join('\n')}\n`);
  });

  test('takes more at once than may wait in memory', async () => {
    function* lines(): Generator<string> {
      for (let i = 0; i < 20_000; i++) yield `${i} `.padEnd(1023, 'x');
    }
    expect(await writeLines(await create(), lines())).toEqual({ ok: true, value: undefined });
    expect(statSync(path).size).toBe(20_000 * 1024);
  });

  test('keeps the line ends of a form that has its own', async () => {
    await writeLines(await create(), ['a,b\r\n', 'c\n', 'd', '"x\r\ny"\r\n']);
    expect(readFileSync(path, 'utf8')).toBe('a,b\r\nc\nd\n"x\r\ny"\r\n');
  });

  test('is written without being closed', async () => {
    const file = await create();
    file.write('first');
    await expect.poll(() => readFileSync(path, 'utf8'), { timeout: 10_000 }).toBe('first\n');
    file.write('second');
    await expect.poll(() => readFileSync(path, 'utf8'), { timeout: 10_000 }).toBe('first\nsecond\n');
    await file.close();
  });

  test('never replaces a file, unless it is told to', async () => {
    writeFileSync(path, 'precious');
    expect(await refusal(path)).toEqual({ code: 'file-exists', path });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    const file = await create(path, true);
    file.write('x');
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('x\n');
  });

  test('that can not be made is a fault', async () => {
    const missing = join(dir, 'no', 'x.memlens');
    expect(await refusal(missing)).toEqual({ code: 'not-found', path: missing, what: 'directory of' });
    expect(existsSync(missing)).toBe(false);
    expect(await refusal(dir, true)).toMatchObject({ code: 'unwritable', path: dir });
  });

  test('tells once that the disk is full, and drops what comes after', async () => {
    const file = await create('/dev/full', true);
    const faults: Fault[] = [];
    file.onDidFail((fault) => faults.push(fault));
    file.write('x'.repeat(1 << 20));
    await expect.poll(() => faults, { timeout: 10_000 }).toEqual([{ code: 'disk-full', path: '/dev/full', chosen: true }]);
    file.write('x'.repeat(1 << 20));
    expect(await file.close()).toEqual({ ok: false, error: { code: 'disk-full', path: '/dev/full', chosen: true } });
    expect(faults).toHaveLength(1);
  });

  test('is closed with the fault when only the end can not be written', async () => {
    const file = await create('/dev/full', true);
    file.write('x');
    expect(await file.close()).toEqual({ ok: false, error: { code: 'disk-full', path: '/dev/full', chosen: true } });
  });
});
