import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heapCsv } from '../../../src/export/heap-csv.js';
import { heapFolded } from '../../../src/export/heap-folded.js';
import { heapJson } from '../../../src/export/heap-json.js';
import { heapPprof } from '../../../src/export/heap-pprof.js';
import { heapSpeedscope } from '../../../src/export/heap-speedscope.js';
import { heapText } from '../../../src/export/heap-text.js';
import { diffProfiles } from '../../../src/insight/heap/diff.js';
import { wholeOf } from '../../../src/insight/heap/sums.js';
import type { HeapMeasure, HeapProfile } from '../../../src/model/heap-profile.js';
import { aProfile } from '../insight/heap/a-profile.js';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/heap-schema.json'), 'utf8')) as object;

const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'total', unit: 'bytes' },
];
const profile = aProfile(
  [
    'main@src/main.c:7!/bin/app;grow@src/list.c:42!/bin/app;malloc!/lib/libc.so.6 3000 3 9000',
    'main@src/main.c:8!/bin/app;read@src/io.c:5!/bin/app 500 1 500',
    'main@src/main.c:8!/bin/app;done@src/io.c:9!/bin/app 0 0 100',
    ' 24 1 24',
  ],
  MEASURES,
  { command: './app --x', pid: 4711, tool: 'heaptrack 1.4.0', at: Date.UTC(2026, 10, 21, 15, 50, 12) },
);
const text = (parts: Iterable<string>): string => [...parts].join('');

describe('folded stacks', () => {
  test('have the outermost frame first and the value behind', () => {
    expect(text(heapFolded(profile, 0))).toBe('[unknown] 24\nmain;grow;malloc 3000\nmain;read 500\n');
    expect(text(heapFolded(profile, 1))).toBe('[unknown] 1\nmain;grow;malloc 3\nmain;read 1\n');
  });

  test('what would cut a line or a stack is replaced; what has no name goes by its place', () => {
    const odd = aProfile([]);
    const frames = {
      length: 4,
      function: Uint32Array.of(1, 0, 0, 0),
      file: new Uint32Array(4),
      line: new Uint32Array(4),
      module: Uint32Array.of(0, 2, 2, 0),
      address: Uint32Array.of(0, 3, 0, 3),
      inlined: new Uint8Array(4),
    };
    const tree = { length: 5, parent: Uint32Array.of(0, 0, 1, 2, 3), frame: Uint32Array.of(0, 0, 1, 2, 3) };
    const one: HeapProfile = {
      ...odd,
      addresses: 'module',
      texts: ['', 'a;b\nc', '/lib/x.so', '0x10'],
      frames,
      tree,
      self: [Float64Array.of(0, 0, 0, 0, 7)],
    };
    expect(text(heapFolded(one, 0))).toBe('a:b c;x.so+0x10;x.so;0x10 7\n');
  });
});

describe('speedscope', () => {
  const file = (of: HeapProfile): SpeedscopeFile =>
    JSON.parse(text(heapSpeedscope(of, { tool: 'memlens 0', name: 'x.zst', measure: 2 }))) as SpeedscopeFile;

  interface SpeedscopeFile {
    readonly activeProfileIndex: number;
    readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string; readonly line?: number }[] };
    readonly profiles: readonly {
      readonly name: string;
      readonly endValue: number;
      readonly samples: readonly (readonly number[])[];
      readonly weights: readonly number[];
    }[];
  }

  /** What the format asks for: https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources. */
  const FORMAT = {
    type: 'object',
    required: ['$schema', 'shared', 'profiles'],
    properties: {
      $schema: { const: 'https://www.speedscope.app/file-format-schema.json' },
      name: { type: 'string' },
      exporter: { type: 'string' },
      activeProfileIndex: { type: 'integer', minimum: 0 },
      shared: {
        type: 'object',
        required: ['frames'],
        properties: {
          frames: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string' }, file: { type: 'string' }, line: { type: 'integer', minimum: 1 } },
              additionalProperties: false,
            },
          },
        },
      },
      profiles: {
        type: 'array',
        items: {
          type: 'object',
          required: ['type', 'name', 'unit', 'startValue', 'endValue', 'samples', 'weights'],
          properties: {
            type: { const: 'sampled' },
            name: { type: 'string' },
            unit: { enum: ['none', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes'] },
            startValue: { type: 'number' },
            endValue: { type: 'number' },
            samples: { type: 'array', items: { type: 'array', items: { type: 'integer', minimum: 0 } } },
            weights: { type: 'array', items: { type: 'number', exclusiveMinimum: 0 } },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };

  test('a profile for each measure, with all its stacks', () => {
    const made = file(profile);
    const validate = new Ajv2020().compile(FORMAT);
    expect(validate(made), JSON.stringify(validate.errors)).toBe(true);
    expect(made.activeProfileIndex).toBe(2);
    for (const [index, { endValue, samples, weights }] of made.profiles.entries()) {
      expect(endValue).toBe(wholeOf(profile.self[index]!));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(endValue);
      expect(samples).toHaveLength(weights.length);
    }
    const names = made.profiles[0]!.samples.map((sample) => sample.map((frame) => made.shared.frames[frame]!.name).join(' '));
    expect(names).toEqual(['', 'main grow malloc', 'main read']);
    expect(made.shared.frames).toContainEqual({ name: 'grow', file: 'src/list.c', line: 42 });
  });

  test('an empty profile is a file, too', () => {
    expect(new Ajv2020().validate(FORMAT, file(aProfile([])))).toBe(true);
  });
});

describe('JSON', () => {
  const valid = new Ajv2020({ strict: false }).compile(schema);
  const parse = (of: HeapProfile): Record<string, unknown> => {
    const made = JSON.parse(text(heapJson(of, 'memlens 0.4.0'))) as Record<string, unknown>;
    expect(valid(made), JSON.stringify(valid.errors)).toBe(true);
    return made;
  };

  test('holds frames and stacks', () => {
    const made = parse(profile);
    expect(made).toMatchObject({ source: { format: 'folded', tool: 'heaptrack 1.4.0' }, command: './app --x', pid: 4711 });
    expect((made['measures'] as object[])[0]).toEqual({ id: 'live', quantity: 'live', unit: 'bytes', whole: 3524 });
    expect((made['stacks'] as unknown[])[0]).toEqual([null, null, 24, 1, 24]);
    expect(made['frames']).toContainEqual({ function: 'grow', file: 'src/list.c', line: 42, module: '/bin/app' });
  });

  test('holds the moments, and an empty profile', () => {
    const self = Float64Array.from({ length: profile.tree.length }, (_, node) => (node === 3 ? 9 : 0));
    const made = parse({
      ...profile,
      timeline: {
        unit: 'ms',
        moments: [
          { at: 5, bytes: 9, self, isPeak: true },
          { at: 6, bytes: 1 },
        ],
      },
    });
    expect(made['timeline']).toEqual({
      unit: 'ms',
      moments: [
        { at: 5, bytes: 9, isPeak: true, stacks: [[3, 9]] },
        { at: 6, bytes: 1 },
      ],
    });
    parse(aProfile([]));
  });
});

describe('CSV', () => {
  test('has a line for each stack that holds something', () => {
    expect(text(heapCsv(profile)).split('\r\n')).toEqual([
      'live-bytes,live-count,total-bytes,function,file,line,module,address,stack',
      '24,1,24,,,,,,[unknown]',
      '3000,3,9000,malloc,,,/lib/libc.so.6,,"main;grow;malloc"',
      '500,1,500,read,src/io.c,5,/bin/app,,"main;read"',
      '0,0,100,done,src/io.c,9,/bin/app,,"main;done"',
      '',
    ]);
  });
});

describe('text', () => {
  const options = { name: 'app.zst', measure: 0, by: 'stack', most: 10, verbose: false } as const;
  const textOf = (more: Partial<Parameters<typeof heapText>[1]> = {}, of = profile): string =>
    text(heapText(of, { ...options, ...more }));

  test('says what it is of, the sums, and the largest stacks with their lines', () => {
    expect(textOf()).toBe(`Heap profile of ./app --x (4711), 2026-11-21 15:50:12 UTC
app.zst: heaptrack 1.4.0, 6 calls in stacks, 6 frames

MEASURE
live        3.4 KiB  3,524  live, bytes  (below)
live-count               5  live, blocks
total       9.4 KiB  9,624  allocated in all, bytes

live, bytes: 3 stacks

2.9 KiB  85.1%  in 3 blocks
  malloc  /lib/libc.so.6
  grow  src/list.c:42
  main  src/main.c:7

500 bytes  14.2%  in 1 block
  read  src/io.c:5
  main  src/main.c:8

24 bytes  0.7%  in 1 block
  (no stack)
`);
  });

  test('tables, and callers', () => {
    const table = textOf({ by: 'function' });
    expect(table).toMatch(/^ +SELF +TOTAL +FUNCTION$/m);
    expect(table).toMatch(/^ +2.9 KiB {2}85.1% +2.9 KiB {2}85.1% {2}malloc {2}\/lib\/libc.so.6$/m);
    expect(textOf({ by: 'line', most: 1 })).toContain('the 1 largest of 5 lines (more: --top)');
    expect(textOf({ by: 'module' })).toContain('3.4 KiB  99.3%  /bin/app');
    expect(textOf({ by: 'callers' })).toContain('2.9 KiB  85.1%    grow  src/list.c:42\n');
  });

  test('fits a terminal, and lets nothing drive it', () => {
    const odd = aProfile([`${'very_long_name'.repeat(9)};x\u001b[31m 7`]);
    const lines = textOf({ width: 40 }, odd).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBe(40);
    expect(textOf({}, odd)).toContain('x\\x1b[31m');
  });

  test('a deep stack is cut, unless it is asked for', () => {
    const deep = aProfile([`${Array.from({ length: 30 }, (_, at) => `f${at}`).join(';')} 7`]);
    expect(textOf({}, deep)).toContain('  f18\n  and 18 callers (all: --verbose)\n');
    expect(textOf({ verbose: true }, deep)).toContain('  f1\n  f0\n');
  });

  test('differences have a sign', () => {
    const diff = diffProfiles(aProfile(['a 5000', 'b 1']), aProfile(['a 2', 'b 3001']))!;
    const made = textOf({}, diff);
    expect(made).toContain('\n+2.9 KiB\n  b\n');
    expect(made).toContain('\n-4.9 KiB\n  a\n');
  });

  test('nothing at all', () => {
    expect(textOf({}, aProfile([]))).toMatch(/^live +0 +0 {2}live, bytes {2}\(below\)\n$/m);
  });
});

/** Fields of a message by their numbers. */
function fieldsOf(bytes: Uint8Array): { readonly field: number; readonly value: bigint | Uint8Array }[] {
  const fields: { field: number; value: bigint | Uint8Array }[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++]!);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    if (key % 8 === 0) fields.push({ field: key >> 3, value: varint() });
    else {
      const length = Number(varint());
      fields.push({ field: key >> 3, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

function packedOf(bytes: Uint8Array): bigint[] {
  const padded = Uint8Array.from(
    [...bytes].reduce<number[]>((all, byte, at) => {
      if (at === 0 || bytes[at - 1]! < 0x80) all.push(8);
      all.push(byte);
      return all;
    }, []),
  );
  return fieldsOf(padded).map(({ value }) => value as bigint);
}

describe('pprof', () => {
  const fileOf = (of: HeapProfile): Uint8Array => gunzipSync(gzipSync(Buffer.concat([...heapPprof(of, 0)])));

  test('has samples with a value for each measure, and names in its string table', () => {
    const fields = fieldsOf(fileOf(profile));
    const strings = fields.filter(({ field }) => field === 6).map(({ value }) => Buffer.from(value as Uint8Array).toString());
    expect(strings[0]).toBe('');
    expect(strings).toEqual(
      expect.arrayContaining(['inuse_space', 'inuse_objects', 'alloc_space', 'grow', 'src/list.c', '/bin/app']),
    );
    const samples = fields.filter(({ field }) => field === 2).map(({ value }) => fieldsOf(value as Uint8Array));
    const values = samples.map((sample) => packedOf(sample.find(({ field }) => field === 2)!.value as Uint8Array).map(Number));
    expect(values).toEqual([
      [24, 1, 24],
      [3000, 3, 9000],
      [500, 1, 500],
      [0, 0, 100],
    ]);
    expect(samples.map((sample) => sample.filter(({ field }) => field === 1).length)).toEqual([0, 1, 1, 1]);
  });

  test('numbers up to 2^53, also negative ones, come back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        fc.pre(value !== 0);
        const sample = fieldsOf(fileOf(aProfile([`a ${value}`]))).find(({ field }) => field === 2)!;
        const packed = fieldsOf(sample.value as Uint8Array).find(({ field }) => field === 2)!;
        expect(packedOf(packed.value as Uint8Array)).toEqual([BigInt(value)]);
      }),
    );
  });

  test('names of any text are UTF-8', () => {
    const name = 'größe_漢_😀';
    expect(
      fieldsOf(fileOf(aProfile([`${name} 1`]))).some(
        ({ value }) => value instanceof Uint8Array && Buffer.from(value).toString() === name,
      ),
    ).toBe(true);
  });
});
