import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalTarget } from '../../../src/node/local-target.js';

const target = new LocalTarget();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-local-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function textOf(path: string): Promise<string> {
  let text = '';
  for await (const chunk of target.readText(path)) text += chunk;
  return text;
}

describe('reading a file of this machine', () => {
  test('gives its bytes, a part of them, and its text', async () => {
    const path = join(dir, 'a');
    writeFileSync(path, 'grün');
    expect(await target.readBytes(path)).toEqual({ ok: true, value: new Uint8Array(Buffer.from('grün')) });
    expect(await target.readBytes(path, { offset: 1, length: 1 })).toEqual({ ok: true, value: new Uint8Array([0x72]) });
    expect(await textOf(path)).toBe('grün');
    expect(await textOf('/proc/self/comm')).not.toBe('');
    await expect(textOf(join(dir, 'b'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(textOf(dir)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  // A program that is profiled can make anything in the directory of its reports.
  test('a FIFO without a writer and a device without an end are no files to read', async () => {
    const fifo = join(dir, 'report.1');
    execFileSync('mkfifo', [fifo]);
    for (const path of [fifo, '/dev/zero']) {
      const refused = { ok: false, error: { code: 'unreadable', path, detail: 'it is not a regular file' } };
      expect(await target.readBytes(path, { length: 10 })).toEqual(refused);
      await expect(textOf(path)).rejects.toThrow('it is not a regular file');
    }
  });
});
