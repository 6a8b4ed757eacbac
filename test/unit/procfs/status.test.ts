import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStatm } from '../../../src/procfs/statm.js';
import { parseStatus } from '../../../src/procfs/status.js';
import { textOf } from './fixture.js';

const KIB = 1024;

describe('parseStatus', () => {
  it('reads Linux 6.18', () => {
    expect(parseStatus(textOf('linux/6.18/process/status'))).toEqual({
      uid: 0,
      threads: 1,
      vmPeak: 3400 * KIB,
      vmSize: 3400 * KIB,
      vmLocked: 0,
      vmHwm: expect.any(Number),
      vmRss: expect.any(Number),
      rssAnon: expect.any(Number),
      rssFile: expect.any(Number),
      rssShmem: 0,
      vmData: expect.any(Number),
      vmStack: 132 * KIB,
      vmExe: 4 * KIB,
      vmLib: expect.any(Number),
      vmPte: expect.any(Number),
      vmSwap: 0,
      hugetlb: 0,
    });
  });

  it('reads Linux 3.10, where parts of the RSS are not told, with the effective user', () => {
    const status = parseStatus(textOf('synthetic/proc-3.10/status'));
    expect(status).toMatchObject({ uid: 1001, threads: 3, vmSize: 21376 * KIB, vmSwap: 12 * KIB, vmPte: 64 * KIB });
    expect(status).not.toHaveProperty('rssAnon');
  });

  it('has no memory of a kernel thread', () => {
    expect(parseStatus(textOf('synthetic/proc-3.10/status-kernel-thread'))).toEqual({ uid: 0, threads: 1 });
  });

  it('is not misled by a name', () => {
    expect(parseStatus('Name:\tVmRSS: 1 kB\nUid:\t5\t6\t5\t5\nVmRSS:\t8 kB\nThreads:\t2\n')).toEqual({
      uid: 6,
      threads: 2,
      vmRss: 8 * KIB,
    });
  });

  it('is unknown without user or threads, and never throws', () => {
    const whole = textOf('linux/6.18/process/status');
    expect(parseStatus('')).toBeUndefined();
    expect(parseStatus(whole.replace(/^Uid.*$/m, ''))).toBeUndefined();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseStatus(text)));
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), (length) => {
        const status = parseStatus(whole.slice(0, length));
        if (status !== undefined) expect(parseStatus(whole)).toMatchObject(status);
      }),
    );
  });
});

describe('parseStatm', () => {
  it('reads seven numbers', () => {
    expect(parseStatm(textOf('linux/6.18/process/statm'))).toEqual({
      sizePages: 850,
      residentPages: 523,
      sharedPages: 255,
      textPages: 1,
      dataPages: 320,
    });
  });

  it.each(['', '1 2 3', '1 2 3 4 5 6', 'a b c d e f g', '-1 2 3 4 0 6 0'])('refuses %j', (text) => {
    expect(parseStatm(text)).toBeUndefined();
  });
});
