import { describe, expect, it } from 'vitest';
import { systemGrowth } from '../../../../src/insight/system/diff.js';
import { fragmentationWords } from '../../../../src/insight/system/fragmentation.js';
import { parseBuddyinfo } from '../../../../src/procfs/free-blocks.js';
import { textOf } from '../../procfs/fixture.js';
import { factsOf, KIB } from './facts.js';

const MIB = 1024 * KIB;
const state = (normal: readonly number[], more: readonly number[] = []) =>
  factsOf(
    { MemTotal: 1_000_000, MemFree: 900_000 },
    {
      pageSize: 4096,
      buddy: [{ node: 0, zone: 'Normal', free: normal }, ...(more.length === 0 ? [] : [{ node: 1, zone: 'Normal', free: more }])],
    },
  );

describe('fragmentation between two moments', () => {
  it('compares the free blocks of each zone and size', () => {
    const lines = systemGrowth(state([10, 0, 5], [7]), state([2, 4, 5], [7])).filter(({ kind }) => kind === 'blocks');
    expect(lines).toEqual([
      {
        kind: 'blocks',
        name: 'free blocks of 8 KiB (order 1), node 0, Normal',
        before: 0,
        after: 32 * KIB,
        change: 32 * KIB,
      },
      {
        kind: 'blocks',
        name: 'free blocks of 4 KiB (order 0), node 0, Normal',
        before: 40 * KIB,
        after: 8 * KIB,
        change: -32 * KIB,
      },
    ]);
    const { buddy: _, ...untold } = state([]);
    expect(systemGrowth(untold, state([10]))).toEqual([]);
  });

  it('says of a zone what its largest block was, and how much is in large ones', () => {
    const whole = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4];
    const broken = [2048, 0, 0, 128, 0, 0, 0, 0, 0, 2];
    expect(fragmentationWords(state(whole), state(broken))).toEqual([
      'Node 0, Normal: the largest free block was 4 MiB and is 2 MiB; of the free memory 100 % was in blocks above 32 KiB, and 25 % is.',
    ]);
    expect(fragmentationWords(state(whole), state(whole))).toEqual([]);
    // Less is free, and as whole as before.
    expect(fragmentationWords(state(whole), state([...whole.slice(0, 10), 1]))).toEqual([]);
    expect(fragmentationWords(state(whole), state([0, 0]))).toEqual([
      'Node 0, Normal: the largest free block was 4 MiB and is none; of the free memory 100 % was in blocks above 32 KiB, and 0 % is.',
    ]);
    // A zone of some pages says nothing of the machine, and one that came has no before.
    expect(fragmentationWords(state([0, 0, 8]), state([32]))).toEqual([]);
    expect(fragmentationWords(state(whole), state(whole, broken))).toEqual([]);
  });

  it('tells from a tenth on', () => {
    // Of 1,000 pages 500 were in large blocks.
    const blocks = (large: number) => [1000 - 16 * large, 0, 0, 0, large];
    const words = (large: number) => fragmentationWords(state(blocks(40)), state(blocks(large)));
    expect(words(40 - 6)).toEqual([]);
    expect(words(40 - 7)).toHaveLength(1);
    expect(words(40 + 7)).toHaveLength(1);
  });

  it('the worst zones come first', () => {
    const whole = [0, 0, 0, 0, 100];
    expect(fragmentationWords(state(whole, whole), state([800, 0, 0, 0, 50], [1600]))[0]).toMatch(/^Node 1/);
  });

  it('reads what a kernel writes', () => {
    const buddy = parseBuddyinfo(textOf('linux/6.18-root/buddyinfo')).rows;
    const now = { ...state([]), buddy };
    expect(fragmentationWords(now, now)).toEqual([]);
    const less = buddy.map((row) => ({ ...row, free: row.free.map((count, order) => (order > 3 ? 0 : count + 1)) }));
    const lines = systemGrowth(now, { ...now, buddy: less }).filter(({ kind }) => kind === 'blocks');
    expect(lines[0]?.change).toBeLessThan(-MIB);
    expect(fragmentationWords(now, { ...now, buddy: less })[0]).toContain('and is 32 KiB');
  });
});
