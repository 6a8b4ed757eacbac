import { describe, expect, it } from 'vitest';
import { systemFindings } from '../../../../src/insight/system/rules.js';
import type { CgroupMemory, SystemFinding } from '../../../../src/model/machine-accounting.js';
import { factsOf } from './facts.js';

const MIB = 1 << 20;
const group = (name: string, usage: number, limit: number | 'max', more: Partial<CgroupMemory> = {}): CgroupMemory => ({
  group: name,
  usage: usage * MIB,
  limit: limit === 'max' ? 'max' : limit * MIB,
  ...more,
});
const state = (cgroups: readonly CgroupMemory[], at = 0) => factsOf({ MemTotal: 8_000_000, MemFree: 7_900_000 }, { cgroups, at });
const found = (now: readonly CgroupMemory[], before?: readonly CgroupMemory[]): SystemFinding | undefined =>
  systemFindings({ now: state(now, 60_000), ...(before === undefined ? {} : { before: state(before) }) }).find(
    ({ rule }) => rule === 'cgroup-near-limit',
  );

describe('a cgroup near its limit', () => {
  it.each([
    ['its limit', group('/a', 90, 100), group('/a', 89, 100)],
    ['memory.high', group('/a', 90, 'max', { high: 100 * MIB }), group('/a', 89, 'max', { high: 100 * MIB })],
    ['a limit around it', group('/', 90, 'max', { aroundLimit: 100 * MIB }), group('/', 89, 'max', { aroundLimit: 100 * MIB })],
  ])('from 90 %% of %s', (_, at, below) => {
    expect(found([at])?.title).toContain('90 % of the memory it may have');
    expect(found([below])).toBeUndefined();
  });

  it('slows down beyond memory.high, and does not speak of killing', () => {
    const near = found([group('/a', 95, 200, { high: 100 * MIB, reclaimable: 0 })]);
    expect(near).toMatchObject({ severity: 'warning', evidence: { limit: 100 * MIB } });
    expect(near?.title).toBe('/a has 95 % of the memory it may have before it is slowed down');
    expect(near?.reasons.join(' ')).toMatch(
      /95 MiB of 100 MiB, its memory.high; .*slowed down until it does, and none is killed/,
    );
    // Both are near: the one that kills is told.
    const both = found([group('/a', 95, 100, { high: 99 * MIB, reclaimable: 0 })]);
    expect(both?.reasons.join(' ')).toMatch(/95 MiB of 100 MiB; .*one of its processes is killed/);
    expect(both?.reasons.join(' ')).not.toContain('memory.high');
  });

  it('tells a limit that kills before one that slows down, and what is held before what goes', () => {
    const high = group('/high', 99, 'max', { high: 100 * MIB, reclaimable: 0 });
    const files = group('/files', 100, 100, { reclaimable: 90 * MIB });
    const held = group('/held', 91, 100, { reclaimable: 0 });
    expect(found([files, high, held])?.title).toMatch(/^\/held /);
    expect(found([files, high])?.title).toMatch(/^\/high /);
    expect(found([files])).toMatchObject({ severity: 'info' });
  });

  it('names the group with the limit, who in it holds most, and that its own limit does not count', () => {
    const groups = [
      group('/pod', 95, 100, { reclaimable: 0 }),
      group('/pod/app', 90, 1000),
      group('/pod/app/worker', 80, 'max'),
      group('/pod/side', 5, 'max'),
      group('/podium', 94, 'max'),
    ];
    const near = found(groups);
    expect(near?.title).toMatch(/^\/pod has 95 %/);
    expect(near?.reasons).toContain('/pod/app/worker has 80 MiB of that; it has no limit of its own: that of /pod does.');
    expect(found(groups.slice(0, 2))?.reasons).toContain(
      '/pod/app has 90 MiB of that; its own limit of 1000 MiB does not count: that of /pod does.',
    );
  });

  it('says of a container that the limit is that of a group around it', () => {
    expect(found([group('/', 99, 'max', { aroundLimit: 100 * MIB, reclaimable: 0 })])?.reasons[0]).toBe(
      '/: 99 MiB of 100 MiB, the limit of a group around it; 0 bytes of it is page cache and slab that can be given back.',
    );
  });

  it('tells how often the limit was reached: between two looks, or since the group was made', () => {
    const at = (max: number, oom = 0) => [group('/a', 99, 100, { events: { high: 0, max, oom, oomKill: 0 } })];
    expect(found(at(7))?.reasons).toContain('Since it was made its limit was reached 7 times.');
    expect(found(at(9, 1), at(7))?.reasons).toContain(
      'Its limit was reached 2 times, an allocation was about to fail 1 time over 60 s.',
    );
    expect(found(at(7), at(7))?.reasons).toContain('Its limit was not reached over 60 s.');
    // A group with the same name that was made anew.
    expect(found(at(2), at(7))?.reasons).toContain('Since it was made its limit was reached 2 times.');
    expect(found([group('/a', 99, 100)])?.reasons.join(' ')).not.toMatch(/reached/);
  });

  it('processes that were killed between two looks are an error, also where nothing is near any more', () => {
    const at = (kills: number, max: number) => [
      group('/', 200, 'max', { events: { oomKill: kills } }),
      group('/pod', 10, 100, { events: { max, oomKill: kills } }),
      group('/pod/app', 5, 'max', { events: { oomKill: kills } }),
    ];
    const killed = found(at(5, 30), at(3, 10));
    expect(killed).toMatchObject({ severity: 'error', evidence: { killed: 2 } });
    expect(killed?.title).toBe('2 processes of /pod/app were killed for want of memory over 60 s');
    expect(killed?.reasons).toContain('The limit of /pod (100 MiB) was reached meanwhile.');
    expect(found(at(3, 30), at(3, 10))).toBeUndefined();
    // Long ago, nobody knows when.
    expect(found(at(3, 10))).toBeUndefined();
  });

  it('is quick with many groups, and deep ones', () => {
    const many = (kills: number) =>
      Array.from({ length: 20_000 }, (_, i) => group(`/a/${i}/b`, 1, 'max', { events: { oomKill: kills } }));
    const deep = group(`/${'x/'.repeat(2000)}y`, 1, 'max', { events: { oomKill: 9 } });
    const begun = performance.now();
    expect(found([...many(1), deep], [...many(0), deep])?.title).toContain('was killed');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('judges nothing across a start of the machine', () => {
    const at = (oomKill: number, bootId: string) => ({ ...state([group('/a', 1, 100, { events: { oomKill } })]), bootId });
    expect(systemFindings({ now: at(5, 'b'), before: at(1, 'a') })).toEqual([]);
    expect(systemFindings({ now: at(5, 'a'), before: at(1, 'a') })).toHaveLength(1);
  });
});
