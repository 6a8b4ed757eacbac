import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSavedMap } from '../../../../src/app/map/open-map.js';
import { mapJson } from '../../../../src/export/map-json.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { anyMap, rowsOf } from '../../export/any-map.js';
import { aMap } from '../../insight/map/a-map.js';

const encoder = new TextEncoder();

/** In pieces of these sizes, over and over. */
async function* chunksOf(bytes: Uint8Array, sizes: readonly number[] = [65_536]): AsyncGenerator<Uint8Array> {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const to = from + sizes[i % sizes.length]!;
    const chunk = Uint8Array.from(bytes.subarray(from, to));
    yield chunk;
    // It is its reader's only until the next one is asked for.
    chunk.fill(0);
    from = to;
  }
}

const open = (text: string | Uint8Array, sizes?: readonly number[]) =>
  openSavedMap(chunksOf(typeof text === 'string' ? encoder.encode(text) : text, sizes), '/tmp/saved', 5);

async function opened(text: string | Uint8Array, sizes?: readonly number[]): Promise<MapSnapshot> {
  const result = await open(text, sizes);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const jsonOf = (map: MapSnapshot): string => [...mapJson(map, { tool: 'memlens 1.2.3', findings: [] })].join('');

describe('the JSON of a map', () => {
  test('gives the same map, cut into pieces anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(anyMap, fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 5 }), async (map, sizes) => {
        const again = await opened(jsonOf(map), sizes);
        const { table, classes, ...facts } = map;
        expect(rowsOf(again)).toEqual(rowsOf({ table, classes }));
        expect(again).toMatchObject(facts);
        expect(again.notes).toEqual([]);
        // Nothing is lost by writing it again.
        expect(rowsOf(await opened(jsonOf(again)))).toEqual(rowsOf(map));
      }),
      { numRuns: 200 },
    );
  });

  test('keeps all that is known of a process', async () => {
    const map = aMap([{ at: 4, size: 4, figures: { Rss: 4 } }], 1234, {
      bits: 32,
      pageSize: 16_384,
      threads: 3,
      maxMapCount: 65_530,
      costMs: 1.25,
      status: { uid: 0, threads: 3, vmRss: 4096 },
      sharedMemory: { machine: 1, written: 2, open: { files: 3, bytes: 4 } },
      heapUse: { at: 1, chunks: 2, inUse: 3, free: 4, top: 5, largestFree: 6 },
      notes: [
        { code: 'no-headers', count: 2 },
        { code: 'form-lacks', detail: 'x' },
        { code: 'cut', line: 7 },
      ],
    });
    const { table: _, classes: __, ...facts } = map;
    const { table: ___, classes: ____, ...again } = await opened(jsonOf(map));
    expect(again).toEqual(facts);
  });

  test('cut anywhere: what came whole is kept, and a note says that it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyMap, fc.double({ min: 0, max: 1, noNaN: true }), async (map, share) => {
        const bytes = encoder.encode(jsonOf(map));
        const length = Math.floor((bytes.length - 2) * share);
        const result = await open(bytes.subarray(0, length));
        if (!result.ok) {
          // Not even the name of the format has come.
          expect(length).toBeLessThan(64);
          expect(result.error).toEqual({ code: 'unrecognised-map', path: '/tmp/saved' });
          return;
        }
        const rows = rowsOf(result.value);
        expect(rows).toEqual(rowsOf(map).slice(0, rows.length));
        expect(result.value.notes).toEqual([{ code: 'cut' }]);
      }),
      { numRuns: 300 },
    );
  });

  test('written by a newer version, or by hand: what is known is kept, and notes tell the rest', async () => {
    const map = await opened(
      JSON.stringify(
        {
          regions: [
            { start: '0x3000', end: '0x4000', permissions: 'rw-p', segment: 'heap', rule: 'heap-name', figures: { Rss: '4096' } },
            { start: '0x1000', end: '0x2000', path: '/bin/p', inode: 7, colour: 'red' },
            { start: '0x1800', end: '0x2800' },
            { start: '0x5000', end: '0x6000', figures: { Rss: -1 } },
            { start: '0x9000' },
            null,
          ],
          invented: { a: [1] },
          version: 2,
          format: 'memlens-map',
        },
        null,
        2,
      ),
    );
    expect(rowsOf(map)).toMatchObject([
      { start: 0x1000, path: '/bin/p', inode: '7', offset: Number.NaN },
      { start: 0x3000, permissions: 'rw-p', segment: 'heap', figures: { Rss: 4096 } },
      { start: 0x5000, figures: {} },
    ]);
    expect(map).toMatchObject({ at: 5, origin: { kind: 'file', name: 'saved' }, form: 'memlens', bits: 32, pageSize: 4096 });
    expect(map.notes).toEqual([
      { code: 'newer-version' },
      { code: 'unknown-entries', count: 3 },
      { code: 'foreign-lines', count: 2 },
      { code: 'out-of-order', count: 1 },
    ]);
  });

  test('of something else is none', async () => {
    for (const text of ['{', '{}', '{"regions":[{"start":"0x1","end":"0x2"}]}', '{{{{]]', '[1]']) {
      expect(await open(text)).toEqual({ ok: false, error: { code: 'unrecognised-map', path: '/tmp/saved' } });
    }
  });

  test('of another kind that is known says what it is', async () => {
    for (const [text, holds] of [
      ['{"format":"memlens-recording","version":1}\n{"k":"map"}', 'recording'],
      ['\n{ "format" : "memlens-map-diff","version":1,"changes":[]}', 'difference'],
      [Uint8Array.of(0xff, 0xfe, 0x30, 0, 0x31, 0), 'utf-16'],
      [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), 'gzip'],
    ] as const) {
      expect(await open(text)).toEqual({ ok: false, error: { code: 'unrecognised-map', path: '/tmp/saved', holds } });
    }
  });

  test('whatever it is, nothing is thrown', async () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ maxLength: 200 }).map((text) => encoder.encode(text)),
      fc
        .json()
        .map((text) =>
          encoder.encode(`{"format":"memlens-map","version":1,"regions":[${text}],"notes":${text},"origin":${text}}`),
        ),
    );
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        const result = await open(bytes);
        expect(result.ok || result.error.code === 'unrecognised-map').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a file', () => {
  const SMAPS = '00400000-00401000 r-xp 00000000 fe:01 7   /bin/p\nSize: 4 kB\nRss: 4 kB\nVmFlags: rd ex \n';

  test('that is a smaps, behind a mark of its encoding and blank lines', async () => {
    for (const before of ['\ufeff\n', '\ufeff', '\n\n']) {
      for (const sizes of [[1], [65_536]]) {
        const map = await opened(before + SMAPS, sizes);
        expect(map).toMatchObject({
          form: 'smaps',
          table: { length: 1, figures: { Rss: Float64Array.of(4096) } },
          notes: [],
          at: 5,
        });
      }
    }
  });

  test('that fails in the midst gives what came, and a note', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield encoder.encode(SMAPS);
      await Promise.resolve();
      throw Object.assign(new Error('gone'), { code: 'ESRCH' });
    }
    const result = await openSavedMap(failing(), '/proc/1/smaps', 5);
    expect(result).toMatchObject({ value: { table: { length: 1 }, notes: [{ code: 'cut' }] } });
  });

  test('that can’t be read says why', async () => {
    const why = async (code: string): Promise<unknown> => {
      // biome-ignore lint/correctness/useYield: it fails before
      async function* failing(): AsyncGenerator<Uint8Array> {
        await Promise.resolve();
        throw Object.assign(new Error('why'), { code });
      }
      const result = await openSavedMap(failing(), '/x', 5);
      return result.ok ? result.value : result.error;
    };
    expect(await why('ENOENT')).toEqual({ code: 'not-found', path: '/x', what: 'file' });
    expect(await why('EACCES')).toEqual({ code: 'permission', path: '/x', operation: 'read' });
    expect(await why('EIO')).toEqual({ code: 'unreadable', path: '/x', detail: 'why' });
  });

  test('that never ends, and holds nothing of a map, is given up', async () => {
    for (const block of [
      new Uint8Array(1 << 20),
      encoder.encode('a line of a log\n'.repeat(1 << 16)),
      encoder.encode(`{${'"a":[1],'.repeat(1 << 17)}`),
    ]) {
      let given = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (; given < 200; given++) {
          await Promise.resolve();
          yield block.slice();
        }
      }
      expect(await openSavedMap(endless(), '/x', 5)).toMatchObject({ error: { code: 'unrecognised-map' } });
      expect(given).toBeLessThan(40);
    }
  });
});
