import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordingWriter } from '../../../src/export/recording.js';
import { type RecordingEnd, RecordingReader } from '../../../src/formats/recording.js';

const start = 1_753_789_812_345.25;
const header = { created: start, tool: 'memlens 1.2.0', target: { name: 'board', kind: 'ssh' } } as const;
const machine = {
  bootId: 'b0071d',
  hostname: 'board\n"x"',
  kernelRelease: '6.1.0',
  pageSize: 4096,
  ticksPerSecond: 100,
  uid: 0,
};
const server = { pid: 42, startTicks: 7, command: 'we) ird\n\u001b[31m\ud800', commandLine: 'server --port 80 <b>' };

interface Said extends RecordingEnd {
  /** Everything that the sink was told, in its order; values as entries. */
  readonly told: readonly unknown[];
}

function read(chunks: Iterable<string>): Said {
  const told: unknown[] = [];
  const newest = new Map<number, number>();
  const tell =
    (kind: string) =>
    (...args: readonly unknown[]): void => {
      told.push([kind, ...args]);
    };
  const reader = new RecordingReader({
    header: tell('header'),
    machine: tell('machine'),
    process: tell('process'),
    gap: tell('gap'),
    exit: tell('exit'),
    event: tell('event'),
    map: () => undefined,
    sample: (of, at, values) => {
      if (at <= (newest.get(of) ?? -1)) return false;
      newest.set(of, at);
      told.push(['sample', of, at, Object.fromEntries(values)]);
      return true;
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return { ...reader.end(), told };
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const note = ({ notes }: RecordingEnd, code: string): number => notes.find((each) => each.code === code)?.count ?? 0;

/** A small recording: what is in it, and its lines. */
function small(samples = 5): string[] {
  const writer = new RecordingWriter();
  const lines = [writer.header({ ...header, machine })];
  const { of, line } = writer.process(server);
  lines.push(line);
  for (let i = 0; i < samples; i++) {
    if (i === 2) lines.push(writer.event({ at: start + 1500, kind: 'mark', process: '42:7', detail: 'here' }));
    if (i === 3) lines.push(writer.gap(0, start + 2500), writer.gap(of, start + 2500));
    const values = new Map([
      ['meminfo.MemFree', 1_000_000 * 1024 - i * 4096],
      ['psi.some10', i / 3],
      ['meminfo.MemTotal', 4_000_000 * 1024],
    ]);
    const rows = [
      { of: 0, values },
      { of, values: i % 2 === 0 ? new Map([['uss', 77 * 4096 + i]]) : new Map<string, number>() },
    ];
    lines.push(...writer.sample(start + i * 1000, rows));
  }
  lines.push(writer.exit(of, start + 4200), writer.end(start + 4200));
  return lines;
}

describe('export and import', () => {
  test('a small recording says what was written', () => {
    const said = read([text(small(3))]);
    expect(said.notes).toEqual([]);
    expect(said).toMatchObject({ recognised: true, cutOff: false });
    const total = 4_000_000 * 1024;
    expect(said.told).toEqual([
      ['header', { version: 1, ...header, machine }],
      ['process', 1, server],
      ['sample', 0, start, { 'meminfo.MemFree': 1_024_000_000, 'psi.some10': 0, 'meminfo.MemTotal': total }],
      ['sample', 1, start, { uss: 77 * 4096 }],
      ['sample', 0, start + 1000, { 'meminfo.MemFree': 1_023_995_904, 'psi.some10': 1 / 3, 'meminfo.MemTotal': total }],
      ['sample', 1, start + 1000, {}],
      ['event', { at: start + 1500, kind: 'mark', process: '42:7', detail: 'here' }],
      ['sample', 0, start + 2000, { 'meminfo.MemFree': 1_023_991_808, 'psi.some10': 2 / 3, 'meminfo.MemTotal': total }],
      ['sample', 1, start + 2000, { uss: 77 * 4096 + 2 }],
      ['exit', 1, start + 4200],
    ]);
  });

  test('values are the same numbers, whatever changes and is unknown when', () => {
    const value = fc.oneof(
      fc.integer().map((n) => n * 1024),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-200 }),
      fc.constant(0),
      fc.constant(Number.NaN),
    );
    const id = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'x"y');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(fc.tuple(id, value)), fc.option(fc.array(fc.tuple(id, value)))), {
          minLength: 1,
          maxLength: 250,
        }),
        (ticks) => {
          const writer = new RecordingWriter();
          const lines = [writer.header(header)];
          const { of, line } = writer.process(server);
          lines.push(line);
          const expected: unknown[] = [];
          const known = (entries: ReadonlyMap<string, number>) =>
            Object.fromEntries([...entries].filter(([, each]) => !Number.isNaN(each)));
          for (const [i, [ofMachine, ofProcess]] of ticks.entries()) {
            const at = start + i * 100;
            const rows = [{ of: 0, values: new Map(ofMachine) }];
            if (ofProcess !== null) rows.push({ of, values: new Map(ofProcess) });
            lines.push(...writer.sample(at, rows));
            for (const row of rows) expected.push(['sample', row.of, at, known(row.values)]);
          }
          const said = read([text(lines)]);
          expect(said.notes).toEqual([]);
          expect(said.cutOff).toBe(true);
          expect(said.told.filter((each) => (each as string[])[0] === 'sample')).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a machine with 60 series and a watch takes 300 to 500 bytes a second', () => {
    const writer = new RecordingWriter();
    const { of } = writer.process(server);
    let bytes = 0;
    for (let i = 0; i < 1000; i++) {
      const values = new Map<string, number>();
      // Of meminfo and its parts about half move within a second; four rates are new each time.
      for (let m = 0; m < 56; m++) values.set(`meminfo.field${m}`, (3_000_000 + m * 1000 + (m % 2) * ((i * 37) % 500)) * 1024);
      for (let m = 0; m < 4; m++) values.set(`rate${m}`, ((i * 7 + m) % 100) / 1.003);
      const process = new Map([
        ['rss', (50_000 + (i % 9)) * 1024],
        ['vsz', 900_000 * 1024],
        ['minorFaults', (i % 13) / 1.001],
      ]);
      for (const line of writer.sample(start + i * 1000, [
        { of: 0, values },
        { of, values: process },
      ])) {
        bytes += line.length + 1;
      }
    }
    expect(bytes / 1000).toBeGreaterThan(300);
    expect(bytes / 1000).toBeLessThan(520);
  });
});

describe('a recording that is cut off', () => {
  const whole = text(small());
  const all = read([whole]).told;

  test('at any character says what stood before it', () => {
    for (let cut = 0; cut < whole.length - 1; cut++) {
      const said = read([whole.slice(0, cut)]);
      expect(said.cutOff).toBe(!whole.slice(0, cut).includes('"k":"end"') || note(said, 'bad-line') > 0);
      expect(said.told).toEqual(all.slice(0, said.told.length));
      expect(said.notes.every(({ code }) => code === 'bad-line')).toBe(true);
      expect(note(said, 'bad-line')).toBeLessThanOrEqual(1);
      const complete = whole.slice(0, cut).split('\n').length - 1;
      expect(said.told.length).toBeGreaterThanOrEqual(read([whole.split('\n').slice(0, complete).join('\n')]).told.length);
    }
  });

  test('into chunks at any place says the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (lengths) => {
        const chunks: string[] = [];
        for (let from = 0, i = 0; from < whole.length; i++) {
          const length = lengths[i % lengths.length]!;
          chunks.push(whole.slice(from, from + length));
          from += length;
        }
        expect(read(chunks)).toEqual(read([whole]));
      }),
    );
  });
});

describe('damage', () => {
  const lines = small();

  test.each<[string, (lines: string[]) => string, Readonly<Record<string, number>>]>([
    ['CRLF', (all) => all.join('\r\n'), {}],
    ['a byte order mark', (all) => `\uFEFF${text(all)}`, {}],
    ['empty lines', (all) => all.join('\n\n \n'), {}],
    ['a block of NUL between', (all) => text(all.toSpliced(3, 0, '\0'.repeat(4096))), { 'nul-bytes': 1 }],
    ['NUL before a line', (all) => text(all.with(4, `${'\0'.repeat(500)}${all[4]}`)), { 'nul-bytes': 1 }],
    ['garbage', (all) => text(all.toSpliced(4, 0, '\u0007\u{1F300}{{"k":', '[1]', 'null', '"s"', '12e999')), { 'bad-line': 5 }],
    ['an unknown kind', (all) => text(all.toSpliced(4, 0, '{"k":"smaps","x":1}', '{}', '{"k":7}')), { 'unknown-kind': 3 }],
    ['unknown fields', (all) => text(all.map((line) => line.replace(/}$/, ',"zz":[1]}'))), { 'unknown-field': lines.length }],
    ['a newer version', (all) => text(all.with(0, all[0]!.replace('"version":1', '"version":2'))), { 'newer-version': 1 }],
    ['a line that never ends', (all) => text(all.toSpliced(4, 0, 'x'.repeat(3 << 20))), { 'long-line': 1 }],
    [
      'each line twice',
      (all) => text(all.flatMap((line) => (line.includes('"k":"s"') ? [line, line] : [line]))),
      { 'moment-refused': 5 },
    ],
    ['rows of what was never named', (all) => text(all.toSpliced(4, 0, '{"k":"gap","of":9,"at":1}')), { 'unknown-series': 1 }],
    ['no header', (all) => text(all.slice(1)), { 'no-header': 1 }],
  ])('%s: the rest is read', (_name, damage, notes) => {
    const said = read([damage(lines)]);
    expect(Object.fromEntries(said.notes.map(({ code, count }) => [code, count]))).toEqual(notes);
    const expected = read([text(lines)]).told.filter((each) => (each as unknown[])[0] !== 'header');
    expect(said.told.filter((each) => (each as unknown[])[0] !== 'header')).toEqual(expected);
    expect(said).toMatchObject({ recognised: true, cutOff: false });
  });

  test('after a lost sample what it told is unknown until it is told again, and a gap is there', () => {
    const sampleLines = lines.flatMap((line, i) => (line.includes('"k":"s"') ? [i] : []));
    const said = read([text(lines.toSpliced(sampleLines[1]!, 1))]);
    expect(note(said, 'lines-lost')).toBe(1);
    expect(said.told).toContainEqual(['gap', 0, start]);
    const third = said.told.find((each) => (each as unknown[])[2] === start + 2000) as unknown[];
    // MemTotal does not change, so it is told with the next whole sample only.
    expect(third[3]).toEqual({ 'meminfo.MemFree': 1_023_991_808, 'psi.some10': 2 / 3 });
  });

  test('everything is told again after a hundred samples', () => {
    const many = small(250);
    const lost = many.findIndex((line) => line.includes('"k":"s"'));
    const said = read([text(many.toSpliced(lost, 1))]);
    const at = (i: number): unknown => (said.told.find((each) => (each as unknown[])[2] === start + i * 1000) as unknown[])[3];
    expect(at(99)).not.toHaveProperty(['meminfo.MemTotal']);
    expect(at(100)).toHaveProperty(['meminfo.MemTotal'], 4_000_000 * 1024);
    // Even the names of columns and processes.
    const second = many.findLastIndex((line) => line.includes('"k":"columns","of":0'));
    const tail = read([text(many.slice(second))]);
    expect(tail.told[0]).toEqual(['process', 1, server]);
    expect(tail.told.length).toBeGreaterThan(100);
    expect(note(tail, 'unknown-column')).toBe(0);
  });

  test('a moment a thousand years from now does not make all that follows too old', () => {
    const mad = '{"k":"s","n":2,"at":3.3e13,"v":[[0]]}';
    const said = read([text(lines.toSpliced(6, 0, mad))]);
    expect(note(said, 'moment-refused')).toBe(1);
    expect(said.told).toEqual(read([text(lines)]).told);
  });

  test('two recordings in one file: both are read', () => {
    const said = read([text(lines), text(small().map((line) => line.replaceAll('17537898', '17537899')))]);
    expect(said.notes.map(({ code }) => code)).toEqual(['header-again']);
    expect(said.told.length).toBe(2 * read([text(lines)]).told.length);
  });

  test('other files are not recognised', () => {
    for (const other of [
      '',
      '\n',
      '{"version":"2.1.0","runs":[]}',
      '<xml/>',
      '{"format":"other","version":1}',
      '\0'.repeat(99),
    ]) {
      expect(read([other]).recognised).toBe(false);
    }
  });

  test.each(['__proto__', 'constructor', 'toString'])('a kind of line that all objects of JavaScript have: %s', (k) => {
    expect(read([text([JSON.stringify({ format: 'memlens-recording', version: 1, k })])]).told).toEqual(
      read([text([JSON.stringify({ format: 'memlens-recording', version: 1, k: 'new' })])]).told,
    );
  });

  test('no line can make it throw, and numbers stay finite', () => {
    const key = fc.constantFrom(
      'k',
      'n',
      'at',
      'v',
      'of',
      'first',
      'ids',
      'scales',
      'format',
      'version',
      'pid',
      'kind',
      'command',
    );
    const odd = fc.oneof(
      fc.constantFrom('s', 'columns', 'process', 'machine', 'gap', 'exit', 'event', 'end', 'memlens-recording', '__proto__'),
      fc.constantFrom(0, 1, -1, 1e308, 1.5, 2 ** 53, null, true),
      fc.array(fc.oneof(fc.integer({ min: -1, max: 3 }), fc.string(), fc.constant(null), fc.constant(1e308)), { maxLength: 6 }),
      fc.array(fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(1e308)), { maxLength: 6 }), { maxLength: 3 }),
    );
    const line = fc.oneof(
      fc.dictionary(key, odd).map((each) => JSON.stringify(each)),
      fc.string(),
      fc.constantFrom(...lines),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (each) => {
        for (const told of read([text(each)]).told as unknown[][]) {
          if (told[0] === 'sample')
            for (const value of Object.values(told[3] as object)) expect(value).toSatisfy(Number.isFinite);
        }
      }),
      { numRuns: 500 },
    );
  });
});
