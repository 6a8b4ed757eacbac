import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CancelSource } from '../../../src/base/cancel.js';
import { fileOutput, type TextOutput, writeAll } from '../../../src/node/text-output.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-output-'));
  path = join(dir, 'out');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const DONE = { ok: true, value: undefined };

async function opened(at: string, options?: Parameters<typeof fileOutput>[1]): Promise<TextOutput> {
  const output = await fileOutput(at, options);
  if (!output.ok) throw new Error(JSON.stringify(output.error));
  return output.value;
}

describe('output to a file', () => {
  test('takes the place of what was there', async () => {
    writeFileSync(path, 'a long text of before');
    const output = await opened(path);
    output.write('one ');
    output.write('two');
    expect(await output.close()).toEqual(DONE);
    expect(readFileSync(path, 'utf8')).toBe('one two');
  });

  test('of many texts is written in their order, and no more of it waits in memory than the disk takes', async () => {
    const output = await opened(path);
    const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i} ${'x'.repeat(40)}\n`);
    let asked = 0;
    let waited = 0;
    await writeAll(
      {
        ...output,
        drain: async () => {
          waited++;
          await output.drain();
        },
      },
      (function* () {
        for (const line of lines) {
          asked++;
          yield line;
        }
      })(),
    );
    expect([asked, waited > 20]).toEqual([lines.length, true]);
    expect(await output.close()).toEqual(DONE);
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  });

  test('goes to a device, too', async () => {
    const output = await opened('/dev/null');
    output.write('x');
    expect(await output.close()).toEqual(DONE);
  });

  test('a full disk is told by the name of the file', async () => {
    let ends = 0;
    const output = await opened('/dev/full', { onEnd: () => ends++ });
    output.write('x');
    expect(await output.close()).toEqual({ ok: false, error: { code: 'disk-full', path: '/dev/full', chosen: true } });
    expect(ends).toBe(1);
  });

  test('a directory, a missing directory and a socket are refused with words', async () => {
    expect(await fileOutput(dir)).toEqual({
      ok: false,
      error: { code: 'unwritable', path: dir, detail: 'It is a directory.' },
    });
    const missing = join(dir, 'no', 'out');
    expect(await fileOutput(missing)).toEqual({
      ok: false,
      error: { code: 'not-found', path: missing, what: 'directory of' },
    });
    const server = createServer();
    await new Promise<void>((done) => server.listen(path, done));
    expect(await fileOutput(path)).toMatchObject({ ok: false, error: { code: 'unwritable', detail: /socket/ } });
    await new Promise<void>((done) => {
      server.close(() => done());
    });
  });
});

describe('output to a FIFO', () => {
  beforeEach(() => execFileSync('mkfifo', [path]));

  test('waits for a reader, says so once, and goes on when one comes', async () => {
    const said: string[] = [];
    let wait: () => void = () => undefined;
    const waits = new Promise<void>((done) => (wait = done));
    const opening = opened(path, {
      say: (text) => {
        said.push(text);
        wait();
      },
    });
    await waits;
    const reader = createReadStream(path, 'utf8');
    let text = '';
    reader.on('data', (part) => (text += String(part)));
    const ended = new Promise<void>((done) => reader.once('close', () => done()));
    const output = await opening;
    // More than a pipe holds.
    const long = 'x'.repeat(1 << 20);
    output.write(long);
    output.write('end');
    expect(await output.close()).toEqual(DONE);
    await ended;
    expect(text).toBe(`${long}end`);
    expect(said).toEqual([`${path} is a pipe that nobody reads yet; waiting for a reader`]);
  });

  test('the waiting can be cancelled', async () => {
    const cancel = new CancelSource();
    expect(await fileOutput(path, { cancel, say: () => cancel.cancel() })).toEqual({ ok: false, error: { code: 'cancelled' } });
  });

  test('a reader that leaves ends it, and is no fault', async () => {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((done) => (end = done));
    const output = await opened(path, { onEnd: () => end() });
    output.write('first\n');
    const buffer = Buffer.alloc(100);
    await expect.poll(() => readIfAny(reader, buffer), { timeout: 10_000 }).toBe('first\n');
    closeSync(reader);
    output.write('second\n');
    await ended;
    output.write('third\n');
    expect(await output.close()).toEqual(DONE);
  });
});

/** EAGAIN: nothing is there yet. */
function readIfAny(descriptor: number, buffer: Buffer): string {
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer));
  } catch {
    return '';
  }
}
