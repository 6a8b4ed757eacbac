import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MapSession } from '../../../../src/app/map/map-session.js';
import { readRecordedMaps } from '../../../../src/app/map/recorded-maps.js';
import { chooseMoments, RecordedMoments } from '../../../../src/app/map/recorded-moments.js';
import { type RecordedTrends, readRecording } from '../../../../src/app/recorded-trends.js';
import { RecordedMapWriter } from '../../../../src/export/recorded-map.js';
import { RecordingWriter } from '../../../../src/export/recording.js';
import { MapHistory } from '../../../../src/insight/map/map-history.js';
import { RULES } from '../../../../src/insight/map/rules.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { textAt } from '../../../../src/model/map-table.js';
import { SEGMENTS } from '../../../../src/model/segment.js';
import { aMap, type TestRegion } from '../../insight/map/a-map.js';
import { FakeClock } from '../fake-clock.js';

const START = 1_753_789_812_000;
const MINUTE = 60_000;
const server = { pid: 42, startTicks: 7, command: 'server' };

/** A recording of one process: these maps, each after a sample. */
function recordingOf(maps: readonly MapSnapshot[], name = server): string[] {
  const writer = new RecordingWriter();
  const lines = [writer.header({ created: START, tool: 't', target: { name: 'local', kind: 'local' } })];
  const { of, line } = writer.process(name);
  lines.push(line);
  const mapWriter = new RecordedMapWriter(of);
  for (const [i, map] of maps.entries()) {
    lines.push(...writer.sample(START + i * 1000, [{ of, values: new Map([['uss', 4096 * (i + 1)]]) }]));
    lines.push(...mapWriter.lines(map));
  }
  lines.push(writer.end(START));
  return lines;
}

async function* chunksOf(text: string): AsyncIterable<string> {
  for (let from = 0; from < text.length; from += 100_003) yield text.slice(from, from + 100_003);
}
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

interface Read {
  readonly trends: RecordedTrends | undefined;
  readonly maps: readonly MapSnapshot[];
  readonly labels: ReadonlyMap<MapSnapshot, string>;
}

async function read(text: string, most?: { readonly count: number; readonly bytes: number }): Promise<Read> {
  const trends = await readRecording(chunksOf(text));
  const process = trends?.processes[0];
  if (process === undefined) return { trends, maps: [], labels: new Map() };
  const { snapshots: maps, labels } = await readRecordedMaps(chunksOf(text), process, most);
  return { trends, maps, labels };
}

/** All that a map says, so that two of them can be compared whatever order their texts have. */
function said({ table, classes, ...facts }: MapSnapshot): unknown {
  const rows = Array.from({ length: table.length }, (_, row) => ({
    start: table.start[row],
    end: table.end[row],
    permissions: table.permissions[row],
    offset: table.offset[row],
    texts: [table.device, table.inode, table.path, table.flags, classes.owner].map((column) => textAt(column, row)),
    classes: [classes.segment[row], classes.rule[row], classes.marks[row]],
    figures: Object.entries(table.figures).map(([name, values]) => [name, values[row]]),
  }));
  return { rows, bare: table.bare, facts };
}

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', '/lib/libc.so.6', 'a\nb', '\u202e"\\', '__proto__', '\ud800', '/memfd:x (deleted)', '[heap]'),
);
const kib = fc.oneof(fc.nat(1 << 20), fc.constantFrom(0, 4, Number.NaN));
/** Start of a mapping that may be there or not, in pages: the highest one is that of vsyscall. */
const SLOTS = [0, 1, 16, 1 << 20, 2 ** 34, 2 ** 34 + 3, 2 ** 35 - 1, 0xffffffffff600];
const region = fc.record({
  size: fc.integer({ min: 1, max: 3 }),
  permissions: fc.nat(15),
  offset: fc.oneof(fc.nat(2 ** 30), fc.constant(Number.NaN)),
  texts: fc.tuple(text, text, text, text, text),
  segment: fc.nat(SEGMENTS.length - 1),
  rule: fc.nat(RULES.length - 1),
  marks: fc.nat(63),
  figures: fc.tuple(kib, kib, fc.constantFrom(0, 1, 15)),
});
const facts = fc.record(
  {
    threads: fc.nat(9),
    maxMapCount: fc.nat(),
    costMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    bits: fc.constantFrom(32 as const, 64 as const),
    form: fc.constantFrom('smaps' as const, 'maps' as const),
    sharedMemory: fc.record({ machine: fc.nat(), written: fc.nat(), open: fc.record({ files: fc.nat(), bytes: fc.nat() }) }),
    notes: fc.array(fc.record({ code: fc.constantFrom('no-threads' as const, 'no-headers' as const), count: fc.nat() }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: [] },
);
const otherOrigin = {
  kind: 'process',
  target: 'x',
  process: { pid: 42, startTicks: 7 },
  command: 'exec’d',
  commandLine: 'a b',
} as const;

const anyMap = fc
  .tuple(fc.array(fc.option(region), { minLength: SLOTS.length, maxLength: SLOTS.length }), facts, fc.boolean(), fc.nat(2))
  .filter(([slots]) => slots.some((slot) => slot !== null))
  .map(([slots, more, executed, kernel]) => {
    const there = slots.flatMap((slot, i) => {
      // The first two and the pair above touch: a mapping never reaches into the next one.
      const room = (SLOTS[i + 1] ?? Infinity) - SLOTS[i]!;
      return slot === null ? [] : [{ ...slot, start: SLOTS[i]!, size: Math.min(slot.size, room) }];
    });
    const columns = there.map(({ texts }) => texts);
    const column = (i: number): { index: Uint32Array; texts: string[] } => {
      const texts = ['', ...new Set(columns.map((each) => each[i]!).filter((each) => each !== ''))];
      return { index: Uint32Array.from(columns, (each) => texts.indexOf(each[i]!)), texts };
    };
    const numbers = (of: (one: (typeof there)[number]) => number): Float64Array => Float64Array.from(there, of);
    const figures: Record<string, Float64Array> = {
      Rss: numbers((one) => one.figures[0] * 1024),
      Pss: numbers((one) => one.figures[1] * 1024),
    };
    // A kernel that tells more, and one that tells a number without a unit.
    if (kernel > 0) figures['THPeligible'] = numbers((one) => one.figures[2]);
    if (kernel > 1) figures['Fresh'] = numbers((one) => one.figures[2]);
    const base = aMap([], 0, { ...more, ...(executed ? { origin: otherOrigin } : {}) });
    return {
      ...base,
      table: {
        length: there.length,
        start: numbers(({ start }) => start * 4096),
        end: numbers(({ start, size }) => (start + size) * 4096),
        permissions: Uint8Array.from(there, ({ permissions }) => permissions),
        offset: numbers(({ offset }) => offset * 4096),
        device: column(0),
        inode: column(1),
        path: column(2),
        flags: column(3),
        figures,
        ...(kernel > 1 ? { bare: ['Fresh'] } : {}),
      },
      classes: {
        segment: Uint8Array.from(there, ({ segment }) => segment),
        rule: Uint8Array.from(there, ({ rule }) => rule),
        marks: Uint8Array.from(there, ({ marks }) => marks),
        owner: column(4),
      },
    } satisfies MapSnapshot;
  });
/** More than between two whole ones. */
const sequence = fc
  .array(anyMap, { minLength: 1, maxLength: 45 })
  .map((maps) => maps.map((map, i): MapSnapshot => ({ ...map, at: START + i * MINUTE })));

describe('maps of a recording', () => {
  test('are read as they were written, and change nothing of its series', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (maps) => {
        const lines = recordingOf(maps);
        const { trends, maps: back } = await read(textOf(lines));
        expect(trends!.notes).toEqual([]);
        expect(trends!.processes[0]!.maps.map(({ at }) => at)).toEqual(maps.map(({ at }) => at));
        expect(back.map(said)).toEqual(maps.map(said));
        // What a version that knows no maps reads.
        const without = await readRecording(chunksOf(textOf(lines.filter((line) => !line.startsWith('{"k":"map"')))));
        const uss = (one: RecordedTrends | undefined): unknown => one!.processes[0]!.series.points('uss');
        expect(uss(trends)).toEqual(uss(without));
      }),
      { numRuns: 40 },
    );
  });

  test('cut anywhere: all maps before the cut are there', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, fc.double({ min: 0, max: 1, noNaN: true }), async (maps, share) => {
        const lines = recordingOf(maps);
        const whole = textOf(lines);
        const cut = whole.slice(0, Math.floor(whole.length * share));
        const complete = cut
          .split('\n')
          .slice(0, -1)
          .filter((line) => line.startsWith('{"k":"map"') && line.includes('"last":true')).length;
        const { maps: back } = await read(cut);
        expect(back.map(said)).toEqual(maps.slice(0, back.length).map(said));
        // A line is whole without its line end, too.
        expect(back.length - complete).toBeGreaterThanOrEqual(0);
        expect(back.length - complete).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  test('with lost lines: no map says what was not, and the next whole one is there again', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (maps, lost) => {
        const lines = recordingOf(maps);
        const of = new Map(maps.map((map) => [map.at, said(map)]));
        const left = lines.filter((_line, i) => i < 2 || !lost.some((each) => each % lines.length === i));
        const { maps: back } = await read(textOf(left));
        for (const map of back) expect(said(map)).toEqual(of.get(map.at));
        const last = lines.findLastIndex((line) => line.includes('"whole":true'));
        if (left.slice(-(lines.length - last)).join() === lines.slice(last).join()) {
          expect(back.length).toBeGreaterThanOrEqual(lines.slice(last).filter((line) => line.includes('"last":true')).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('no line can make reading throw', async () => {
    const good = recordingOf([aMap(many(3), START), aMap(many(4), START + 1)]);
    const value = fc.oneof(
      fc.constantFrom(0, 1, -1, 1e308, 1.5, 2 ** 53, null, true, 'x', '__proto__'),
      fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 3, null, 1e308, 'Rss', 'length'), fc.array(fc.nat(5), { maxLength: 16 })), {
        maxLength: 14,
      }),
      fc.constant({ origin: { kind: 'process', process: { pid: 2 ** 60, startTicks: -1 } }, notes: [null, { code: 'x' }] }),
    );
    const key = fc.constantFrom(
      'n',
      'part',
      'last',
      'at',
      'whole',
      'names',
      'usual',
      'bare',
      'regions',
      'facts',
      'texts',
      'gone',
      'rows',
    );
    const odd = fc
      .dictionary(key, value)
      .map((fields) => JSON.stringify({ k: 'map', of: 1, n: 0, part: 0, at: 1, regions: 1, ...fields }));
    const changed = fc
      .tuple(fc.constantFrom(...good.filter((line) => line.startsWith('{"k":"map"'))), key, value)
      .map(([line, name, to]) => {
        const fields = JSON.parse(line) as Record<string, unknown>;
        return JSON.stringify({ ...fields, [name]: to });
      });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(odd, changed, fc.constantFrom(...good)), { maxLength: 12 }), async (lines) => {
        const { maps } = await read(textOf([...good.slice(0, 2), ...lines]));
        for (const { table } of maps) {
          for (let row = 0; row < table.length; row++) {
            expect(table.end[row]!).toBeGreaterThan(table.start[row]!);
            if (row > 0) expect(table.start[row]!).toBeGreaterThanOrEqual(table.end[row - 1]!);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of a version that knows more: its segments, rules and marks are made again from the mappings', async () => {
    const lines = recordingOf([aMap([{ at: 4096, size: 64, path: '[heap]', segment: 'heap' }], START)]);
    const newer = lines.map((line) => line.replace('"heap"', '"warm-heap"').replace(`"${RULES[0]![0]}"`, '"by-magic"'));
    expect(newer).not.toEqual(lines);
    const { maps } = await read(textOf(newer));
    expect(maps[0]!.classes.segment[0]).toBe(SEGMENTS.indexOf('heap'));
    expect(RULES[maps[0]!.classes.rule[0]!]![0]).toBe('heap-name');
  });

  test('that were marked have the user’s words', async () => {
    const lines = recordingOf([]);
    const writer = new RecordedMapWriter(1);
    const maps = Array.from({ length: 9 }, (_, i) => aMap(many(4, i), START + i * MINUTE));
    for (const [i, map] of maps.entries()) lines.push(...writer.lines(map, i % 4 === 1 ? `load "${i}"\n` : undefined));
    for (const most of [undefined, { count: 4, bytes: 1e9 }]) {
      const { trends, maps: back, labels } = await read(textOf(lines), most);
      expect(trends!.notes).toEqual([]);
      for (const map of back) {
        const i = (map.at - START) / MINUTE;
        expect(labels.get(map)).toBe(i % 4 === 1 ? `load "${i}"\n` : undefined);
      }
      const session = new MapSession({ clock: new FakeClock(), budget: () => 1, learner: new MapHistory() });
      session.load('recorded', 'a.memlens', back, labels);
      expect(session.all.map(({ at, kind, label }) => [at, kind, label])).toEqual(
        back.map((map) => [map.at, 'recorded', labels.get(map)]),
      );
    }
  });

  test('of two recordings in one file are all there', async () => {
    const one = recordingOf([aMap(many(3), START)]);
    const other = recordingOf([aMap(many(5), START + MINUTE), aMap(many(6), START + 2 * MINUTE)]);
    const { trends, maps } = await read(textOf([...one, ...other]));
    expect(trends!.processes[0]!.maps).toHaveLength(3);
    expect(maps.map(({ table }) => table.length)).toEqual([3, 5, 6]);
  });

  test('are told from those of another process', async () => {
    const writer = new RecordingWriter();
    const header = writer.header({ created: START, tool: 't', target: { name: 'local', kind: 'local' } });
    const names = [server, { pid: 43, startTicks: 8, command: 'client' }].map((name) => writer.process(name));
    const writers = names.map(({ of }) => new RecordedMapWriter(of));
    const lines = [header, ...names.map(({ line }) => line)];
    for (let i = 0; i < 25; i++)
      for (const [j, each] of writers.entries()) lines.push(...each.lines(aMap(many(2 + i + 100 * j), START + i)));
    const trends = await readRecording(chunksOf(textOf(lines)));
    for (const [j, process] of trends!.processes.entries()) {
      const { snapshots: maps } = await readRecordedMaps(chunksOf(textOf(lines)), process);
      expect(maps.map(({ table }) => table.length)).toEqual(Array.from({ length: 25 }, (_, i) => 2 + i + 100 * j));
    }
  });
});

/** Mappings as those of a large program: libraries, arenas and stacks. */
function many(count: number, touched = 0): readonly TestRegion[] {
  const zero = { Shared_Clean: 0, Shared_Dirty: 0, Private_Clean: 0, Swap: 0, Locked: 0, KernelPageSize: 4, MMUPageSize: 4 };
  return Array.from({ length: count }, (_, i) => {
    const at = 0x7f00_0000_0000 / 1024 + i * 4096;
    const rss = i === 7 ? 4 * touched : (i * 37) % 512;
    const figures = { Rss: rss, Pss: rss, Private_Dirty: rss, Anonymous: rss, Referenced: rss, ...zero };
    if (i % 2 === 0) return { at, size: 1024, figures, segment: 'anonymous' };
    const path = `/usr/lib/x86_64-linux-gnu/libexample-${Math.floor(i / 8)}.so.1.2.3`;
    return {
      at,
      size: 512,
      path,
      inode: String(100_000 + i),
      offset: (i % 8) * 512,
      permissions: 'r--p',
      figures,
      segment: 'library-data',
    };
  });
}

describe('the size of recorded maps', () => {
  test('a map of 500 mappings takes 60 KB, and 1 KB where little has changed since', () => {
    const writer = new RecordedMapWriter(1);
    const sizes = Array.from({ length: 41 }, (_, i) =>
      writer.lines(aMap(many(500, i), START + i * MINUTE)).reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
    );
    expect(sizes[0]).toBeLessThan(60_000);
    expect(sizes[20]).toBeGreaterThan(20_000);
    for (const i of [1, 19, 21, 39]) expect(sizes[i]).toBeLessThan(1000);
  });

  test('no line is longer than 256 KiB, whatever is in it', () => {
    const path = (i: number): string => `/${'\u4e2d'.repeat(1300)}${i}`;
    const regions = Array.from({ length: 900 }, (_, i): TestRegion => ({ at: i * 8, size: 4, path: path(i) }));
    const origin = {
      kind: 'process',
      target: 'x',
      process: { pid: 1, startTicks: 1 },
      command: 'x',
      commandLine: '\u0001'.repeat(131_072),
    } as const;
    const lines = new RecordedMapWriter(1).lines(aMap(regions, START, { origin }));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(256 << 10);
  });
});

describe('more maps than can be held', () => {
  test('are thinned: the first, the newest, and some between; a note says so', async () => {
    const maps = Array.from({ length: 300 }, (_, i) => aMap(many(4, i), START + i * MINUTE));
    const { maps: back } = await read(textOf(recordingOf(maps)), { count: 40, bytes: 1e9 });
    expect(back).toHaveLength(40);
    const minutes = back.map(({ at }) => (at - START) / MINUTE);
    expect(minutes[0]).toBe(0);
    expect(minutes.slice(-16)).toEqual(Array.from({ length: 16 }, (_, i) => 284 + i));
    for (const map of back) {
      expect(map.notes).toEqual([{ code: 'moments-left-out', count: 260 }]);
      expect(said({ ...map, notes: [] })).toEqual(said(maps[(map.at - START) / MINUTE]!));
    }
  });

  test('are not even looked for beyond a limit', () => {
    const found: unknown[] = [];
    const moments = new RecordedMoments((...told) => found.push(told), 2);
    const line = (at: number) => ({ k: 'map', of: 1, n: 0, part: 0, last: true, at, regions: 5 });
    expect([1, 2, 3].map((at) => moments.take(1, line(at)))).toEqual([undefined, undefined, 'too-many']);
    expect(found).toEqual([
      [1, { at: 1, regions: 5 }],
      [1, { at: 2, regions: 5 }],
    ]);
  });

  test('all are held that fit, and at least the first and the last', () => {
    const moments = (count: number, regions: number) => Array.from({ length: count }, (_, i) => ({ at: i, regions }));
    const most = { count: 100, bytes: 96 << 20 };
    expect(chooseMoments([], most)).toEqual([]);
    expect(chooseMoments(moments(100, 10), most)).toHaveLength(100);
    expect(chooseMoments(moments(9, 5_000_000), most)).toEqual([0, 8]);
    const chosen = chooseMoments(moments(43_200, 5000), most);
    expect(chosen.length).toBeGreaterThan(60);
    expect(chosen.length * 5000 * 236).toBeLessThanOrEqual(most.bytes);
    expect([...new Set(chosen)].toSorted((a, b) => a - b)).toEqual(chosen);
    expect([chosen[0], chosen.at(-1)]).toEqual([0, 43_199]);
  });
});
