import { describe, expect, it } from 'vitest';
import type { SystemEvidence } from '../../../../src/insight/system/rule-case.js';
import { systemFindings } from '../../../../src/insight/system/rules.js';
import type { SystemFacts, SystemFinding } from '../../../../src/model/machine-accounting.js';
import { factsOf } from './facts.js';

const MIB = 1 << 20;
const thrash = (evidence: SystemEvidence): SystemFinding | undefined =>
  systemFindings(evidence).find(({ rule }) => rule === 'file-thrash' || rule === 'swap-thrash');

interface Told {
  readonly refaults?: number;
  readonly faults?: number;
  /** Percent of the time between the looks, and of the last 10 seconds. */
  readonly stalled?: number;
  readonly avg10?: number;
  readonly available?: number;
  readonly swapIn?: number;
  readonly seconds?: number;
  readonly pressure?: false;
}

/** Two looks; rates are MiB a second, and faults a second. */
function looks({
  refaults = 0,
  faults = 0,
  stalled = 0,
  avg10 = 0,
  available = 50_000,
  swapIn = 0,
  seconds = 10,
  pressure,
}: Told): SystemEvidence {
  const state = (at: number, share: number): SystemFacts => {
    const line = { avg10, avg60: 0, avg300: 0, totalMicroseconds: 1 + share * stalled * seconds * 10_000 };
    return factsOf(
      { MemTotal: 100_000, MemFree: 90_000, MemAvailable: available, SwapTotal: swapIn > 0 ? 1000 : 0, SwapFree: 0 },
      {
        at,
        pageSize: 4096,
        counters: {
          refaultFile: share * refaults * seconds * 256,
          pgmajfault: share * faults * seconds,
          pswpin: share * swapIn * seconds * 256,
        },
        ...(pressure === false ? {} : { pressure: { some: line, full: line } }),
      },
    );
  };
  return { before: state(0, 0), now: state(seconds * 1000, 1) };
}

describe('file-thrash', () => {
  it('code that is read again while everybody waits: a warning, an error when memory is short', () => {
    const one = thrash(looks({ refaults: 3, faults: 200, stalled: 12 }));
    expect(one).toMatchObject({
      rule: 'file-thrash',
      severity: 'warning',
      title: 'The machine reads the same files again and again: 3 MiB a second',
      evidence: { refaultsPerSecond: 3 * MIB, majorFaultsPerSecond: 200, stalledShare: 0.12, available: 50_000 * 1024 },
    });
    expect(one?.reasons.join(' ')).toMatch(
      /over 10 s\. 200 faults a second .*For 12 % of 10 s every task .*48\.8 MiB is available \(50 %.*There is no swap/,
    );
    expect(thrash(looks({ refaults: 3, faults: 200, stalled: 12, available: 9_999 }))?.severity).toBe('error');
    expect(thrash(looks({ refaults: 3, faults: 200, stalled: 12, available: 10_000 }))?.severity).toBe('warning');
  });

  it.each<[string, Told, Told]>([
    ['pages that come back', { refaults: 1, faults: 20, stalled: 5 }, { refaults: 0.99, faults: 20, stalled: 5 }],
    ['the time that tasks wait', { refaults: 1, faults: 20, stalled: 5 }, { refaults: 1, faults: 20, stalled: 4.99 }],
    ['the last seconds', { refaults: 1, faults: 20, avg10: 5 }, { refaults: 1, faults: 20, avg10: 4.99 }],
    [
      'without a pressure file',
      { refaults: 4, faults: 100, pressure: false, seconds: 5 },
      { refaults: 3.99, faults: 100, pressure: false, seconds: 5 },
    ],
    [
      'faults without a pressure file',
      { refaults: 4, faults: 100, pressure: false, seconds: 5 },
      { refaults: 4, faults: 99, pressure: false, seconds: 5 },
    ],
    [
      'time without a pressure file',
      { refaults: 4, faults: 100, pressure: false, seconds: 5 },
      { refaults: 4, faults: 100, pressure: false, seconds: 4.9 },
    ],
  ])('begins at its limit of %s', (_, at, below) => {
    expect(thrash(looks(at))?.severity).toBe('warning');
    expect(thrash(looks(below))).toBeUndefined();
  });

  it('a large file that is read is no alarm, and one that is read over and over is information', () => {
    // Once: nothing comes back.
    expect(thrash(looks({ refaults: 0, faults: 50, stalled: 30 }))).toBeUndefined();
    // Again and again by read(2): nobody faults.
    const again = thrash(looks({ refaults: 200, faults: 19, stalled: 30 }));
    expect(again).toMatchObject({ severity: 'info' });
    expect(again?.title).toContain('Files that are read do not fit into the memory');
    expect(again?.doubt).toContain('a database');
    // The disk is quick enough that nobody waits.
    expect(thrash(looks({ refaults: 200, faults: 500, stalled: 1, avg10: 2 }))).toBeUndefined();
  });

  it('leaves to the rule about swap what swapping explains', () => {
    expect(thrash(looks({ refaults: 3, faults: 200, stalled: 12, swapIn: 8 }))).toMatchObject({
      rule: 'swap-thrash',
      reasons: [expect.stringContaining('8 MiB a second'), 'For 12 % of 10 s every task that could run waited for memory.'],
    });
  });

  it('is seen in one look, by what came back during it', () => {
    const line = { avg10: 25, avg60: 0, avg300: 0, totalMicroseconds: 9 };
    const now = (pages: number) =>
      factsOf(
        { MemTotal: 100_000, MemFree: 90_000 },
        { pageSize: 4096, pressure: { some: line, full: line }, refaulting: { pages, majorFaults: 100, duringMs: 1000 } },
      );
    expect(thrash({ now: now(256) })).toMatchObject({ severity: 'warning', evidence: { duringMs: 1000, stalledShare: 0.25 } });
    expect(thrash({ now: now(255) })).toBeUndefined();
  });

  it('is seen in a series', () => {
    const now = factsOf({ MemTotal: 100_000, MemFree: 90_000 }, { pageSize: 4096 });
    const rates = { duringMs: 60_000, refaults: 2 * MIB, majorFaults: 30, stalled: 7 };
    expect(thrash({ now, rates })?.reasons.join(' ')).toMatch(/over 60 s.*For 7 % of 60 s/);
    expect(thrash({ now, rates: { ...rates, stalled: 1 } })).toBeUndefined();
  });
});

describe('swap-thrash between two looks', () => {
  it('believes the waiting of the same time as well as that of the last seconds', () => {
    expect(thrash(looks({ swapIn: 4, stalled: 5 }))).toMatchObject({ severity: 'error', evidence: { stalledShare: 0.05 } });
    expect(thrash(looks({ swapIn: 4, stalled: 4.9 }))).toBeUndefined();
    expect(thrash(looks({ swapIn: 4, avg10: 5 }))?.reasons[1]).toContain('5 % of the last 10 seconds');
  });

  it('counters of another start of the machine are no rate', () => {
    const { before, now } = looks({ swapIn: 40, stalled: 50 });
    const other = (bootId: string) => ({ before: { ...before!, bootId: 'one' }, now: { ...now, bootId } });
    expect(thrash(other('one'))).toBeDefined();
    expect(thrash(other('two'))).toBeUndefined();
  });
});
