import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readKernelLog } from '../../../../src/app/oom/kernel-log.js';
import { oomLogOf, openOomLog } from '../../../../src/app/oom/open-oom.js';
import type { Captured, Command, Target } from '../../../../src/app/ports.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import { err, ok } from '../../../../src/base/result.js';
import { nodeUnpackers } from '../../../../src/node/unpack.js';
import { textOf } from '../../procfs/fixture.js';

const TEXT = textOf('oom/6.11-global.txt');
const unpackers = await nodeUnpackers();
async function* cut(bytes: Uint8Array, fails = false): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
  if (fails) throw Object.assign(new Error('disk on fire'), { code: 'EIO' });
}

describe('openOomLog', () => {
  it('reads a log and a packed one alike', async () => {
    const plain = await openOomLog(cut(Buffer.from(TEXT)), 'a', unpackers);
    expect(plain).toEqual(ok(oomLogOf(TEXT)));
    expect(await openOomLog(cut(gzipSync(TEXT)), 'a.gz', unpackers)).toEqual(plain);
  });

  it('a packed log that is cut, or a read that fails, tells what was read and why no more', async () => {
    const packed = gzipSync(TEXT);
    const half = await openOomLog(cut(packed.subarray(0, packed.length - 12)), 'a.gz', unpackers);
    expect(half).toMatchObject({ ok: true, value: { cut: { code: 'unreadable' } } });
    const failed = await openOomLog(cut(Buffer.from(TEXT), true), 'a', unpackers);
    expect(failed).toMatchObject({ value: { cut: { code: 'unreadable', detail: 'disk on fire' } } });
    expect(await openOomLog(cut(Buffer.from(''), true), 'a', unpackers)).toMatchObject({
      ok: false,
      error: { code: 'unreadable' },
    });
  });
});

describe('openOomLog of what is no text', () => {
  const open = (bytes: Uint8Array) => openOomLog(cut(bytes), 'a', unpackers);
  /** xorshift32: bytes as of a packed or ciphered file. */
  const random = (length: number): Buffer => {
    let state = 0x9e3779b9;
    return Buffer.from(
      Array.from({ length }, () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state & 0xff;
      }),
    );
  };

  it.each([
    ['random bytes', random(20_000), 'other'],
    [
      'a program',
      Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(4000), Buffer.from('.text.data'.repeat(100))]),
      'other',
    ],
    ['a journal', Buffer.concat([Buffer.from('LPKSHHRH'), Buffer.alloc(300)]), 'journal'],
    ['random bytes, packed', gzipSync(random(20_000)), 'other'],
  ])('%s', async (_, bytes, holds) => {
    expect(await open(bytes)).toEqual(err({ code: 'not-text', path: 'a', holds }));
  });

  it.each([
    ['xz', Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), random(300)]), 'xz'],
    ['bzip2', Buffer.concat([Buffer.from('BZh91AY&SY'), random(300)]), 'bzip2'],
    ['zip', Buffer.concat([Buffer.from('PK\x03\x04'), random(300)]), 'zip'],
  ])('packed by %s, which is not unpacked here', async (_, bytes, packing) => {
    expect(await open(bytes)).toEqual(err({ code: 'packed', path: 'a', packing }));
  });

  it.each([
    ['no text at all', Buffer.from('')],
    ['text', Buffer.from('one\ntwo\n')],
    ['text of another encoding', Buffer.from('\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0!\n'.repeat(100), 'latin1')],
    ['UTF-16', Buffer.from('\ufeffone\ntwo\n', 'utf16le')],
    ['colours and a bell', Buffer.from('\x1b[32m[ ok ]\x1b[0m\x07\r\n'.repeat(100))],
    ['a console with noise', Buffer.concat([random(300), Buffer.from('[    0.000000] Linux version 6.1\n'.repeat(100))])],
  ])('%s is a log in which nothing happened', async (_, bytes) => {
    expect(await open(bytes)).toMatchObject({ ok: true, value: { report: { events: [] } } });
  });

  it('a dump of memory that holds a log tells of it', async () => {
    const dump = Buffer.concat([random(100_000), Buffer.from('\n'), Buffer.from(TEXT), random(1000)]);
    expect(await open(dump)).toMatchObject({ ok: true, value: { report: { events: [{ killed: [{ pid: 116 }] }] } } });
  });
});

describe('readKernelLog', () => {
  const asked: Command[] = [];
  const target = (answer: Partial<Captured>): Target =>
    ({
      capture: (command: Command) => {
        asked.push(command);
        return Promise.resolve(ok({ exitCode: 0, stdout: '', stderr: '', ...answer }));
      },
    }) as unknown as Target;
  const read = (answer: Partial<Captured>, rootCommand: readonly string[] = []) =>
    readKernelLog({ target: target(answer), rootCommand }, neverCancelled);

  it('takes the head off: where it is from, and when the machine was booted', async () => {
    const stdout = 'btime 1700000000\nfrom dmesg\n[    0.000000] Linux version 6.1\n';
    expect(await read({ stdout })).toEqual(
      ok({ text: '[    0.000000] Linux version 6.1\n', from: 'dmesg', bootMs: 1_700_000_000_000 }),
    );
    expect(await read({ stdout: 'btime 1700000000\nslept\nfrom journal\nx\n' })).toEqual(
      ok({ text: 'x\n', from: 'journal', bootMs: 1_700_000_000_000, hasSlept: true }),
    );
    expect(await read({ stdout: 'from journal\nx\n' })).toEqual(ok({ text: 'x\n', from: 'journal' }));
  });

  it('puts the root command before it, word by word', async () => {
    await read({}, ['sudo', '-n']);
    expect(asked.at(-1)?.argv.slice(4, 9)).toEqual(['2', 'sudo', '-n', 'sh', '-c']);
  });

  it.each([
    ['dmesg: read kernel buffer failed: Operation not permitted\n', { code: 'permission', path: 'the kernel log' }],
    ['sh: 5: dmesg: not found\n', { code: 'tool-missing', tool: 'dmesg' }],
    ['sudo: a password is required\n', { code: 'unreadable', detail: 'sudo: a password is required' }],
  ])('%j is a fault', async (stderr, error) => {
    expect(await read({ exitCode: 1, stderr })).toMatchObject({ ok: false, error });
  });
});
