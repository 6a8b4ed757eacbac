import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clearSoftDirty, readStrip } from '../../src/app/map/pagemap.js';
import type { Target } from '../../src/app/ports.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import { createTarget } from '../../src/node/targets.js';
import { MapPrograms, mapOf, regionAt, regionsOf, stopProcess } from './map-programs.js';
import { value } from './target-cases.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open = (text: string) => createTarget({ name: text, config: value(parseTargetName(text)) }, { log });
const sum = (cells: Uint32Array): number => cells.reduce((total, pages) => total + pages, 0);
const strip = (target: Target, pid: number, start: number, end: number, cells = 64, cancel = neverCancelled) =>
  readStrip(target, pid, start, end, cells, Date.now, cancel);

let programs: MapPrograms;
let shapes: string;
beforeAll(() => {
  programs = new MapPrograms();
  shapes = programs.program('shapes', []);
});
afterEach(() => programs.endAll());
afterAll(() => programs.dispose());

describe.each(['local', 'command:sh', 'command:busybox sh'])('pages of a region, %s', (name) => {
  const target = open(name);
  afterAll(() => target.dispose());

  test('as many are in memory as smaps says, at the places that were touched', async () => {
    const shaped = await programs.start(shapes, ['anonymous', 'memfd', 'reserve', 'thp']);
    await stopProcess(shaped.pid);
    const map = await mapOf(target, shaped.pid);
    const regions = regionsOf(map);
    for (const shape of ['anonymous', 'memfd', 'text', 'heap', 'stack']) {
      const { start, end, row } = regionAt(regions, shaped, shape);
      const pages = value(await strip(target, shaped.pid, start, end));
      expect(sum(pages.present) * pages.pageSize, shape).toBe(map.table.figures['Rss']![row]);
      expect(sum(pages.swapped), shape).toBe(0);
    }
    const memfd = regionAt(regions, shaped, 'memfd');
    expect(sum(value(await strip(target, shaped.pid, memfd.start, memfd.end)).fileOrShared)).toBe(16);
    // The first half of a MiB of 256 pages was written.
    const at = shaped.addresses.get('anonymous')!;
    const pages = value(await strip(target, shaped.pid, at, at + (1 << 20), 4));
    expect(pages).toMatchObject({ pagesPerCell: 64, start: at });
    expect([...pages.present]).toEqual([64, 64, 0, 0]);
    expect([...pages.fileOrShared]).toEqual([0, 0, 0, 0]);
    // Cells that do not come out even.
    expect([...value(await strip(target, shaped.pid, at, at + (1 << 20), 3)).present]).toEqual([86, 42, 0]);
    expect(value(await strip(target, shaped.pid, at, at + 4096, 1000)).present).toHaveLength(1);
    if (process.getuid?.() === 0) {
      const thp = shaped.addresses.get('thp')!;
      const map = value(await strip(target, shaped.pid, thp, thp + (4 << 20), 2));
      const row = regionAt(regions, shaped, 'thp').row;
      const told = (await mapOf(target, shaped.pid)).table.figures['AnonHugePages']![row]!;
      expect(sum(map.huge!) * 4096).toBe(told);
    }
  });

  test('what can’t be told is a fault', async () => {
    const shaped = await programs.start(shapes, ['reserve']);
    const { pid } = shaped;
    expect(await strip(target, 4_000_000, 0, 4096)).toMatchObject({ error: { code: 'not-found' } });
    expect(await strip(target, pid, 0, 2 ** 46)).toMatchObject({ error: { code: 'unreadable' } });
    expect(await strip(target, pid, 4096, 4096)).toMatchObject({ error: { code: 'unreadable' } });
    expect(await strip(target, pid, 0xffffffffff600000, 0xffffffffff601000)).toMatchObject({ ok: false });
    const reserve = shaped.addresses.get('reserve')!;
    const none = value(await strip(target, pid, reserve, reserve + 2 ** 33, 10));
    expect(sum(none.present)).toBe(0);
    const cancel = new CancelSource();
    cancel.cancel();
    expect(await strip(target, pid, reserve, reserve + 4096, 1, cancel)).toMatchObject({ error: { code: 'cancelled' } });
  });

  test('soft-dirty: pages written since the mark, or a fault on a kernel that does not keep track', async () => {
    const shaped = await programs.start(shapes, ['anonymous']);
    const at = shaped.addresses.get('anonymous')!;
    const before = value(await strip(target, shaped.pid, at, at + (1 << 20), 2));
    const cleared = await clearSoftDirty(target, shaped.pid, neverCancelled);
    expect(cleared.ok).toBe(before.softDirty !== undefined);
    if (before.softDirty === undefined) {
      expect(cleared).toMatchObject({ error: { code: 'unreadable', detail: expect.stringContaining('CONFIG_MEM_SOFT_DIRTY') } });
      return;
    }
    expect(sum(before.softDirty)).toBeGreaterThan(0);
    expect(sum(value(await strip(target, shaped.pid, at, at + (1 << 20), 2)).softDirty!)).toBe(0);
  });
});
