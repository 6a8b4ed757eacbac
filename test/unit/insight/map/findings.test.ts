import { describe, expect, it } from 'vitest';
import { MapHistory } from '../../../../src/insight/map/map-history.js';
import { steadyGrowth } from '../../../../src/insight/map/steady-growth.js';
import type { MapFinding } from '../../../../src/model/map-diff.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { aMap, type TestRegion } from './a-map.js';

type Reading = { readonly regions: readonly TestRegion[]; readonly more?: Partial<MapSnapshot> };

const EVERY = 2;

/** What is said after so many seconds of a process that looks so at each. */
function after(seconds: number, readingAt: (second: number) => Reading): readonly MapFinding[] {
  const history = new MapHistory();
  for (let second = 0; second <= seconds; second += EVERY) {
    const { regions, more = {} } = readingAt(second);
    history.add(aMap(regions, second * 1000, more));
  }
  return history.findings();
}

const pages = (kib: number): number => Math.round(kib / 4) * 4;
const heap = (kib: number): TestRegion => ({
  at: 1000,
  size: pages(kib) + 132,
  path: '[heap]',
  segment: 'heap',
  figures: { Rss: pages(kib), Swap: 0 },
});
const anonymous = (kib: number, at = 900_000): TestRegion => ({ at, size: pages(kib), figures: { Rss: pages(kib), Swap: 0 } });
const rules = (found: readonly MapFinding[]): string[] => found.map(({ rule }) => rule);
const onlyHeap =
  (kibAt: (second: number) => number) =>
  (second: number): Reading => ({ regions: [heap(kibAt(second))] });

/** Repeats itself: the same numbers in each run. */
function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('growth that is said within two minutes', () => {
  it.each([4, 12, 64, 2000])('a heap that leaks %i KiB a second', (rate) => {
    const [finding] = after(
      120,
      onlyHeap((second) => 2000 + rate * second),
    );
    expect(finding?.rule).toBe('heap-grows');
    expect(finding?.title).toContain('The heap grows by');
    // The rate is that of the leak, to a page a second.
    const told = /by ([\d.]+) (KiB|MiB) a second/.exec(finding?.title ?? '');
    expect(Number(told?.[1]) * (told?.[2] === 'MiB' ? 1024 : 1)).toBeCloseTo(rate, rate > 100 ? -2 : -0.5);
    expect(finding?.doubt).toContain('warm-up');
    expect(finding?.steps.map(({ action }) => action)).toContain('profile');
  });

  it('a leak beneath a saw-tooth', () => {
    expect(
      rules(
        after(
          120,
          onlyHeap((second) => 2000 + 16 * second + (second % 10) * 300),
        ),
      ),
    ).toEqual(['heap-grows']);
  });

  it('a leak that begins half a minute after the map was opened', () => {
    expect(
      rules(
        after(
          120,
          onlyHeap((second) => 2000 + 16 * Math.max(0, second - 30)),
        ),
      ),
    ).toEqual(['heap-grows']);
  });

  it('a leak of 1 KiB a second, and one in steps that are 20 seconds apart', () => {
    expect(
      rules(
        after(
          120,
          onlyHeap((second) => 2000 + second),
        ),
      ),
    ).toEqual(['heap-grows']);
    const [finding] = after(
      120,
      onlyHeap((second) => 2000 + 1024 * Math.floor(second / 20)),
    );
    expect(finding?.rule).toBe('heap-grows');
    expect(finding?.reasons.join(' ')).toMatch(/in each (quarter|fifth) of that time/);
  });

  it('a leak of a process that is dear to read: every 15 seconds', () => {
    const history = new MapHistory();
    for (let second = 0; second <= 120; second += 15) history.add(aMap([heap(2000 + 64 * second)], second * 1000));
    expect(rules(history.findings())).toEqual(['heap-grows']);
  });

  it('a leak on a machine so busy that readings come when they can', () => {
    const said: number[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const history = new MapHistory();
      let at = 0;
      for (; at <= 112; at += 4 + 12 * next() ** 2) history.add(aMap([heap(2000 + 64 * at)], at * 1000));
      history.add(aMap([heap(2000 + 64 * 120)], 120_000));
      said.push(history.findings().length);
    }
    expect(said.filter((count) => count === 1).length).toBeGreaterThanOrEqual(98);
  });

  it('what is swapped out has grown all the same', () => {
    const swapping = (second: number): Reading => ({
      regions: [{ ...heap(0), figures: { Rss: 8000 - 40 * second, Swap: 80 * second } }],
    });
    expect(rules(after(120, swapping))).toEqual(['heap-grows']);
  });

  it('addresses that are asked for and not touched, but not what a runtime commits of what it has reserved', () => {
    const untouched = after(120, (second) => ({ regions: [{ at: 900_000, size: 1000 + 256 * second, figures: { Rss: 64 } }] }));
    expect(rules(untouched)).toEqual(['anonymous-grows']);
    expect(untouched[0]?.title).toMatch(/^Anonymous memory grows by 25\d(\.\d)? KiB a second in size, not in memory$/);
    expect(untouched[0]?.reasons.join(' ')).toContain('mmap without munmap');
    const committed = after(120, (second) => ({
      regions: [
        { at: 100_000, size: 1000 + 256 * second, figures: { Rss: 64 } },
        {
          at: 101_000 + 256 * second,
          size: 99_000 - 256 * second,
          permissions: '---p',
          segment: 'reserved' as const,
          figures: { Rss: 0 },
        },
      ],
    }));
    expect(committed).toEqual([]);
  });

  it('a large reservation that is filled bit by bit, before and after it is called anonymous', () => {
    const filled = (second: number): Reading => ({
      regions: [
        { at: 900_000, size: 1_000_000, segment: second < 60 ? 'reserved' : 'anonymous', figures: { Rss: 1000 + 500 * second } },
      ],
    });
    const [finding] = after(120, filled);
    expect([finding?.rule, finding?.rows]).toEqual(['anonymous-grows', [0]]);
    expect(rules(after(100, (second) => filled(second % 60 === 0 ? 0 : second / 2)))).toEqual([]);
    expect(rules(after(100, (second) => filled(second / 2)))).toEqual(['anonymous-grows']);
  });

  it('pages of a file that are copied because they are written', () => {
    const copies = (second: number): Reading => ({
      regions: [
        heap(100),
        {
          at: 500_000,
          size: 400_000,
          path: '/d',
          inode: '9',
          segment: 'file',
          figures: { Rss: 100 * second, Anonymous: 100 * second },
        },
      ],
    });
    const [finding, ...more] = after(120, copies);
    expect([finding?.rule, finding?.rows, more]).toEqual(['anonymous-grows', [1], []]);
  });

  it('names the region of many that grows', () => {
    const [finding] = after(120, (second) => ({
      regions: [anonymous(1000, 100_000), anonymous(2000 + 40 * second, 200_000), anonymous(700, 900_000)],
    }));
    expect(finding?.rule).toBe('anonymous-grows');
    expect(finding?.rows).toEqual([1]);
    expect(finding?.reasons.join(' ')).toContain('1 region of 3 grows');
  });

  it('mappings that are never unmapped, with the way to the limit', () => {
    const found = after(120, (second) => ({
      regions: Array.from({ length: 20 + second * 2 }, (_, index) => ({
        at: 100_000 + index * 16,
        size: 8,
        permissions: index % 2 === 0 ? 'rw-p' : 'r--p',
        figures: { Rss: 8 },
      })),
      more: { maxMapCount: 65_530 },
    }));
    const finding = found.find(({ rule }) => rule === 'mappings-grow');
    expect(finding?.title).toMatch(/grows by (1\.9|2\.0|2\.1) a second/);
    expect(finding?.reasons.join(' ')).toMatch(/reached in about \d hours/);
  });

  it('threads that are never joined: their stacks, and not their mappings once more', () => {
    const found = after(120, (second) => ({
      regions: Array.from({ length: 10 + second }, (_, index) => [
        { at: 100_000 + index * 8300, size: 4, permissions: '---p', segment: 'guard' as const, figures: { Rss: 0 } },
        { at: 100_004 + index * 8300, size: 8192, segment: 'thread-stack' as const, figures: { Rss: 8 } },
      ]).flat(),
      more: { threads: 11 + second },
    }));
    expect(rules(found)).toEqual(['thread-stacks-pile-up']);
    expect(found[0]?.title).toMatch(/1\.0 threads more a second/);
  });

  it('stacks of threads that ended and were not joined, though there are no more threads', () => {
    const found = after(120, (second) => ({
      regions: Array.from({ length: 10 + second }, (_, index) => [
        { at: 100_000 + index * 8300, size: 4, permissions: '---p', segment: 'guard' as const, figures: { Rss: 0 } },
        { at: 100_004 + index * 8300, size: 8192, segment: 'thread-stack' as const, figures: { Rss: 8 } },
      ]).flat(),
      more: { threads: 1 },
    }));
    expect(rules(found)).toEqual(['thread-stacks-pile-up']);
    expect(found[0]?.title).toBe('Thread stacks pile up: 1.0 more a second');
    expect(found[0]?.reasons.join(' ')).toMatch(/130 stacks beside the main one.*and 1 thread\..*pthread_join/);
  });

  it('a pool of mapped neighbours that is never unmapped is told as many regions, none of which grows', () => {
    const found = after(120, (second) => ({
      regions: Array.from({ length: 20 + second * 2 }, (_, index) => ({
        at: 100_000 + index * 16,
        size: 8,
        figures: { Rss: 8 },
      })),
    }));
    expect(rules(found)).toEqual(['mappings-grow', 'anonymous-grows']);
    expect(found[1]?.reasons.join(' ')).toContain('none of which grows steadily by itself');
  });

  it('a file that is mapped again and again is not harmless', () => {
    const found = after(120, (second) => ({
      regions: Array.from({ length: 20 + second * 2 }, (_, index) => ({
        at: 100_000 + index * 16,
        size: 8,
        path: '/data',
        inode: '9',
        segment: 'file' as const,
        figures: { Rss: 8 },
      })),
    }));
    expect(rules(found)).toEqual(['mappings-grow']);
  });

  it('shared memory that was there before it was touched takes nothing more', () => {
    const touched =
      (machineKib: (second: number) => number) =>
      (second: number): Reading => ({
        regions: [{ at: 1000, size: 100_000, path: '/SYSV0', segment: 'sysv-shm', figures: { Rss: 400 * second } }],
        more: { sharedMemory: { machine: machineKib(second) * 1024 } },
      });
    const of = (machineKib: (second: number) => number): unknown[] =>
      after(120, touched(machineKib)).map(({ rule, severity }) => [rule, severity]);
    expect(of(() => 1e6)).toEqual([['shared-memory-grows', 'info']]);
    expect(of((second) => 1e6 + 400 * second)).toEqual([['shared-memory-grows', 'warning']]);
  });

  it('what was not told now and then is judged by the rest', () => {
    const open = (second: number): Reading => ({
      regions: [heap(100)],
      more: second % 14 === 6 ? {} : { sharedMemory: { open: { files: 3, bytes: second * 65_536 } } },
    });
    expect(rules(after(120, open))).toEqual(['shared-memory-grows']);
    expect(rules(after(118, open))).toEqual([]);
  });

  it('System V segments that nobody holds any more', () => {
    const [finding] = after(120, (second) => ({
      regions: [heap(100)],
      more: { sharedMemory: { segments: { count: second, bytes: second * 65_536 } } },
    }));
    expect([finding?.rule, finding?.severity]).toEqual(['shared-memory-grows', 'warning']);
    expect(finding?.reasons.join(' ')).toContain('120 segments that this process has made');
  });

  it('shared memory that is mapped, files of tmpfs that are open, and those that are neither', () => {
    const shared = (second: number): Reading => ({
      regions: [{ at: 1000, size: 100_000, path: '/dev/shm/x', inode: '3', segment: 'posix-shm', figures: { Rss: 40 * second } }],
    });
    expect(rules(after(120, shared))).toEqual(['shared-memory-grows']);
    const of =
      (sharedMemory: (second: number) => MapSnapshot['sharedMemory']) =>
      (second: number): Reading => ({ regions: [heap(100)], more: { sharedMemory: sharedMemory(second)! } });
    const open = after(
      120,
      of((second) => ({ open: { files: 3, bytes: second * 65_536 } })),
    );
    expect(open.map(({ rule, severity }) => [rule, severity])).toEqual([['shared-memory-grows', 'warning']]);
    const closed = after(
      120,
      of((second) => ({ machine: 1e9 + second * 65_536, written: second * 70_000 })),
    );
    expect(closed.map(({ rule, severity }) => [rule, severity])).toEqual([['shared-memory-grows', 'info']]);
    // The rest of the machine's shared memory comes and goes.
    const files = after(
      120,
      of((second) => ({
        machine: 1e9 + ((second * 7919) % 97) * 1e6,
        named: { files: second, bytes: second * 65_536 },
        written: second * 70_000,
      })),
    );
    expect(files.map(({ rule, severity, title }) => [rule, severity, title])).toEqual([
      ['shared-memory-grows', 'info', 'Files in tmpfs grow by 64 KiB a second'],
    ]);
    // Another process fills tmpfs.
    expect(
      after(
        120,
        of((second) => ({ machine: 1e9 + second * 65_536, written: 100 })),
      ),
    ).toEqual([]);
  });

  it('a growing mapped file is harmless, unless something else grows, too', () => {
    const file = (second: number): TestRegion => ({
      at: 500_000,
      size: 400_000,
      path: '/data',
      inode: '9',
      segment: 'file',
      figures: { Rss: 1000 * second },
    });
    const [finding] = after(120, (second) => ({ regions: [heap(100), file(second)] }));
    expect([finding?.rule, finding?.severity]).toEqual(['file-cache-only', 'info']);
    expect(rules(after(120, (second) => ({ regions: [heap(100 + 50 * second), file(second)] })))).toEqual(['heap-grows']);
  });
});

describe('what is no growth', () => {
  it('nothing is said before 80 seconds were seen', () => {
    expect(
      after(
        78,
        onlyHeap((second) => 2000 + 64 * second),
      ),
    ).toEqual([]);
  });

  it.each([5, 10, 20, 30, 60])('a warm-up with a time constant of %i s', (tau) => {
    const warm = onlyHeap((second) => 2000 + 40_000 * (1 - Math.exp(-second / tau)));
    for (const seconds of [60, 90, 120, 180]) expect(after(seconds, warm)).toEqual([]);
  });

  it.each([20, 40, 60, 70, 74])('a start that fills memory at an even pace for %i seconds, and stops', (length) => {
    const start = onlyHeap((second) => 2000 + 1000 * Math.min(second, length));
    for (const seconds of [40, 60, 76, 80, 82, 84, 90, 100, 110, 120, 150, 180, 240]) expect(after(seconds, start)).toEqual([]);
  });

  it.each([5, 8, 10])('growth that has stopped for %i seconds is no growth any more', (pause) => {
    const stopped = onlyHeap((second) => 2000 + 100 * Math.min(second, 120 - pause));
    expect(rules(after(120 - pause, stopped))).toEqual(['heap-grows']);
    expect(after(120 + 4, stopped)).toEqual([]);
  });

  it('a step, a saw-tooth, and noise in a hundred forms', () => {
    expect(
      after(
        180,
        onlyHeap((second) => (second < 60 ? 2000 : 50_000)),
      ),
    ).toEqual([]);
    expect(
      after(
        180,
        onlyHeap((second) => 2000 + (second % 30) * 500),
      ),
    ).toEqual([]);
    let said = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      let level = 0;
      const walk = Array.from({ length: 200 }, () => {
        level = 0.9 * level + (next() - 0.5) * 2000;
        return 20_000 + level;
      });
      said += after(
        180,
        onlyHeap((second) => walk[second]!),
      ).length;
    }
    expect(said).toBe(0);
  });

  it('a heap that shrinks, and a process that stands still', () => {
    expect(
      after(
        120,
        onlyHeap((second) => 50_000 - 100 * second),
      ),
    ).toEqual([]);
    expect(
      after(
        120,
        onlyHeap(() => 50_000),
      ),
    ).toEqual([]);
  });
});

describe('a hundred programs of each kind, looked at for two minutes', () => {
  /** Of a hundred programs, of how many anything was said at any of their readings. */
  function saidOf(kibOf: (next: () => number) => (second: number) => number): number {
    let said = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const kibAt = kibOf(next);
      const at: number[] = [];
      const bytes: number[] = [];
      let some = false;
      // As the page reads each 2 seconds.
      for (let second = 0; second <= 122; second += 1.55 + next()) {
        at.push(second * 1000);
        bytes.push(Math.max(100, Math.round(kibAt(second) / 4) * 4) * 1024);
        some ||= steadyGrowth(at, bytes) !== undefined;
      }
      if (some) said++;
    }
    return said;
  }
  const between = (next: () => number, from: number, to: number): number => from * (to / from) ** next();

  it('leaks with noise around them, and beneath a saw-tooth, are told of all', () => {
    const noisy = saidOf((next) => {
      const rate = between(next, 4, 4000);
      return (second) => 10_000 + rate * second + rate * 4 * next();
    });
    const sawing = saidOf((next) => {
      const rate = between(next, 4, 400);
      const period = between(next, 2, 9);
      return (second) => 10_000 + rate * second + rate * 5 * (second % period);
    });
    expect([noisy, sawing]).toEqual([100, 100]);
  });

  it('noise, walks that return, and saw-teeth: of one in a hundred something is said at most', () => {
    const noise = saidOf((next) => {
      const height = between(next, 100, 10_000);
      return () => 20_000 + height * next();
    });
    const walk = saidOf((next) => {
      let level = 0;
      const memory = 0.5 + 0.45 * next();
      return () => {
        level = memory * level + (next() - 0.5) * 2000;
        return 20_000 + level;
      };
    });
    const saw = saidOf((next) => {
      const period = between(next, 0.5, 60);
      const phase = next() * period;
      return (second) => 5000 + 20_000 * (((second + phase) % period) / period);
    });
    const collector = saidOf((next) => {
      let level = 5000;
      // A tooth that takes longer than what is asked for looks like growth until it ends.
      const limit = between(next, 10_000, 25_000);
      return () => {
        level += next() * 1500;
        if (level > limit) level = 5000 + next() * 1000;
        return level;
      };
    });
    const timer = saidOf((next) => {
      const period = between(next, 1.9, 2.5);
      return (second) => 5000 + 20_000 * ((second % period) / period);
    });
    const all = { noise, walk, saw, collector, timer };
    expect(Math.max(...Object.values(all)), JSON.stringify(all)).toBeLessThanOrEqual(1);
  });

  it('warm-ups, even starts and single steps: of none', () => {
    const warm = saidOf((next) => {
      const tau = between(next, 2, 50);
      const height = between(next, 1000, 100_000);
      return (second) => 2000 + height * (1 - Math.exp(-second / tau)) + 20 * next();
    });
    const even = saidOf((next) => {
      const length = between(next, 5, 74);
      const height = between(next, 1000, 100_000);
      return (second) => 2000 + height * Math.min(1, second / length);
    });
    const steps = saidOf((next) => {
      const moments = Array.from({ length: 3 }, () => next() * 120);
      return (second) => 2000 + 4000 * moments.filter((moment) => moment < second).length;
    });
    expect({ warm, even, steps }).toEqual({ warm: 0, even: 0, steps: 0 });
  });
});

describe('what is true of a single reading', () => {
  const once = (figures: Readonly<Record<string, number>>, more: Partial<MapSnapshot> = {}): readonly MapFinding[] =>
    after(0, () => ({ regions: [{ at: 1000, size: 500_000, figures }], more }));

  it('the number of mappings near its limit', () => {
    const found = after(0, () => ({
      regions: Array.from({ length: 90 }, (_, index) => ({ at: index * 100, size: 4 })),
      more: { maxMapCount: 100 },
    }));
    expect(found.map(({ rule, severity }) => [rule, severity])).toEqual([['mappings-near-limit', 'warning']]);
    expect(found[0]?.title).toContain('90 %');
  });

  it('swap and huge pages only when they are most of it and not little', () => {
    expect(rules(once({ Rss: 20_000, Swap: 200_000 }))).toEqual(['swap-dominates']);
    expect(rules(once({ Rss: 300_000, Swap: 200_000 }))).toEqual([]);
    expect(rules(once({ Rss: 100, Swap: 200 }))).toEqual([]);
    expect(rules(once({ Rss: 200_000, AnonHugePages: 180_000 }))).toEqual(['huge-pages-dominate']);
    expect(rules(once({ Rss: 200_000, AnonHugePages: 40_000 }))).toEqual([]);
  });

  it('locked memory', () => {
    expect(rules(once({ Rss: 20_000, Locked: 20_000 }))).toEqual(['memory-locked']);
    expect(rules(once({ Rss: 20_000, Locked: 64 }))).toEqual([]);
  });

  it('a heap that keeps what was freed, and one that is in use', () => {
    const use = (inUse: number, free: number) => ({
      heapUse: { at: 0, chunks: 1000, inUse: inUse * 1024, free: free * 1024, top: 0, largestFree: 1024 },
    });
    const found = once({ Rss: 100_000 }, use(50_000, 50_000));
    expect(rules(found)).toEqual(['arenas-retain']);
    expect(found[0]?.title).toBe('malloc keeps 48.8 MiB that the program has freed');
    expect(rules(once({ Rss: 100_000 }, use(95_000, 5000)))).toEqual([]);
    expect(rules(once({ Rss: 100 }, use(50, 50)))).toEqual([]);
  });

  it('what was freed and is used again at the next look is not kept', () => {
    const looks =
      (freeAt: (second: number) => number) =>
      (second: number): Reading => {
        const at = Math.floor(second / 10) * 10;
        const free = freeAt(at) * 1024;
        return {
          regions: [heap(100_000)],
          more: { heapUse: { at: at * 1000, chunks: 9, inUse: 100_000 * 1024 - free, free, top: 0, largestFree: 64 } },
        };
      };
    expect(
      after(
        38,
        looks(() => 60_000),
      ),
    ).toEqual([]);
    const [kept] = after(
      90,
      looks(() => 60_000),
    );
    expect(kept?.rule).toBe('arenas-retain');
    expect(kept?.reasons.join(' ')).toContain('It was seen 10 times in 90 s');
    expect(
      after(
        90,
        looks((at) => (at === 40 ? 1000 : 60_000)),
      ),
    ).toEqual([]);
  });

  it('what comes and goes is not kept, though some of it was free at each look', () => {
    const free = [60_000, 35_000, 50_000, 41_000, 58_000];
    const found = after(90, (second) => {
      const look = Math.floor(second / 10);
      const bytes = (free[look % free.length] ?? 0) * 1024;
      return {
        regions: [heap(100_000)],
        more: {
          heapUse: { at: look * 10_000, chunks: 9, inUse: 100_000 * 1024 - bytes, free: bytes, top: 0, largestFree: 64 },
        },
      };
    });
    expect(found).toEqual([]);
  });

  it('a map without amounts, an empty one, and one moment twice', () => {
    expect(after(120, () => ({ regions: [{ at: 1000, size: 4 }] }))).toEqual([]);
    expect(after(120, () => ({ regions: [] }))).toEqual([]);
    const history = new MapHistory();
    history.add(aMap([heap(100)], 1000));
    history.add(aMap([heap(100)], 1000));
    history.add(aMap([heap(100)], 500));
    expect(history.watchedMs).toBe(0);
    expect(history.growth()).toBeUndefined();
  });
});

describe('every mapping is followed', () => {
  it('through the growth of the heap, and the line says what it was at each reading', () => {
    const history = new MapHistory();
    for (let second = 0; second < 5; second++) history.add(aMap([heap(100 + 8 * second), anonymous(400)], second * 1000));
    const growth = history.growth();
    expect(growth?.lines.map(({ row }) => row)).toEqual([0]);
    expect([...(growth?.lines[0]?.values ?? [])]).toEqual([100, 108, 116, 124, 132].map((kib) => kib * 1024));
    expect(growth?.lines[0]?.perSecond).toBe(8 * 1024);
  });

  it('a mapping that came later has no value before it was there', () => {
    const history = new MapHistory();
    for (let second = 0; second < 4; second++) {
      history.add(aMap(second < 2 ? [heap(100)] : [heap(100), anonymous(4 * second)], second * 1000));
    }
    expect([...(history.growth()?.lines[0]?.values ?? [])]).toEqual([Number.NaN, Number.NaN, 8192, 12_288]);
  });

  it('over many readings, in bounded memory', () => {
    const history = new MapHistory();
    for (let second = 0; second < 3000; second++) history.add(aMap([heap(100 + second)], second * 1000));
    const growth = history.growth();
    expect(growth?.at.length).toBeLessThanOrEqual(600);
    expect(growth?.lines[0]?.values.length).toBe(growth?.at.length);
    expect(growth?.at.at(-1)).toBe(2_999_000);
  });
});
