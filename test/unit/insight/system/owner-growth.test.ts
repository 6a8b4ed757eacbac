import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerGrowth } from '../../../../src/insight/system/owner-growth.js';
import type { ProcessShare, SystemOwners, SystemState } from '../../../../src/model/system-state.js';
import { factsOf } from './facts.js';

const state = (owners: SystemOwners, facts = factsOf({ MemTotal: 1000 })): SystemState => ({
  source: 'x',
  facts,
  owners,
  missing: [],
});
const processes = (...rows: readonly ProcessShare[]): SystemOwners => ({ processes: { rows, withoutPss: 0 } });

describe('what owners hold more', () => {
  it('processes by number and name, the largest change first', () => {
    const before = state(
      processes({ pid: 1, name: 'a', pss: 10 }, { pid: 2, name: 'b', pss: 50 }, { pid: 3, name: 'c', pss: 7 }),
    );
    const after = state(
      processes({ pid: 1, name: 'a', pss: 30 }, { pid: 2, name: 'other', pss: 5 }, { pid: 3, name: 'c', pss: 7 }),
    );
    expect(ownerGrowth(before, after)).toEqual([
      { kind: 'process', name: 'b (2)', before: 50, after: 0, change: -50, news: 'gone' },
      { kind: 'process', name: 'a (1)', before: 10, after: 30, change: 20 },
      { kind: 'process', name: 'other (2)', before: 0, after: 5, change: 5, news: 'new' },
    ]);
  });

  it('compares RSS where one of the states has no PSS of the process, and never PSS with RSS', () => {
    const asRoot = state(processes({ pid: 1, name: 'a', pss: 10, rss: 40 }));
    const asUser = state(processes({ pid: 1, name: 'a', rss: 44 }));
    expect(ownerGrowth(asRoot, asUser)).toMatchObject([{ before: 40, after: 44 }]);
    expect(ownerGrowth(asUser, asRoot)).toMatchObject([{ before: 44, after: 40 }]);
  });

  it('files of one name together; none where a list was cut; segments and dma-bufs', () => {
    const file = (path: string, bytes: number) => ({ kind: 'memfd' as const, path, bytes });
    const [one, two] = [{ files: [file('/memfd:a', 1)] }, { files: [file('/memfd:a', 1), file('/memfd:a', 4)] }];
    expect(ownerGrowth(state(one), state(two))).toMatchObject([{ kind: 'file', name: '/memfd:a', before: 1, after: 5 }]);
    expect(ownerGrowth(state(one), state({ ...two, filesLeftOut: 1 }))).toEqual([]);
    expect(ownerGrowth(state({}), state(two))).toEqual([]);
    const segment = { key: 0, id: 7, size: 100, creator: 1, last: 1, attached: 0, uid: 0, resident: 60, removed: false };
    const withShm = (...shm: readonly (typeof segment)[]): SystemState =>
      state({ dmaBufs: [] }, factsOf({ MemTotal: 1000 }, { shm }));
    expect(ownerGrowth(withShm(), withShm(segment))).toMatchObject([{ kind: 'segment', name: '7', change: 60, news: 'new' }]);
    expect(ownerGrowth(withShm(), state({ dmaBufs: [{ exporter: 'heap', bytes: 9 }] }))).toMatchObject([
      { kind: 'dma-buf', name: 'heap', change: 9 },
    ]);
  });

  it('is nothing for a state and itself, and the other way round for two states that are exchanged', () => {
    const row = fc.record({ pid: fc.integer({ min: 1, max: 9 }), name: fc.constantFrom('a', 'b'), pss: fc.nat(), rss: fc.nat() });
    const states = fc
      .uniqueArray(row, { selector: ({ pid, name }) => `${name} ${pid}` })
      .map((rows) => state(processes(...rows)));
    fc.assert(
      fc.property(states, states, (one, other) => {
        expect(ownerGrowth(one, one)).toEqual([]);
        const sum = (lines: ReturnType<typeof ownerGrowth>): number => lines.reduce((bytes, { change }) => bytes + change, 0);
        expect(sum(ownerGrowth(one, other)) + sum(ownerGrowth(other, one))).toBe(0);
      }),
    );
  });
});
