import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MAPPINGS } from '../../../src/procfs/map-columns.js';
import { MapTextParser, type ParsedMap } from '../../../src/procfs/map-text.js';
import { textOf } from './fixture.js';

function parse(...chunks: (string | Uint8Array)[]): ParsedMap {
  const parser = new MapTextParser();
  for (const chunk of chunks) parser.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return parser.end();
}

const pathsOf = ({ table }: ParsedMap): (string | undefined)[] => [...table.path.index].map((index) => table.path.texts[index]);
const startsOf = ({ table }: ParsedMap): number[] => [...table.start];
const map = (start: number, end: number, path = '', permissions = 'rw-p'): string =>
  `${start.toString(16).padStart(8, '0')}-${end.toString(16).padStart(8, '0')} ${permissions} 00000000 00:00 0 ${path}\n`;
const KIB = 1024;

describe('names', () => {
  it.each([
    ['/with space/a  b', '/with space/a  b'],
    ['/ends in blanks  ', '/ends in blanks  '],
    ['/new\\012line', '/new\nline'],
    ['/gone (deleted)', '/gone (deleted)'],
    ['/kept (deleted) (deleted)', '/kept (deleted) (deleted)'],
    ['[anon:a pool: no. 1 (x)]', '[anon:a pool: no. 1 (x)]'],
    ['[anon_shmem:[x] y]', '[anon_shmem:[x] y]'],
    ['[stack:4711]', '[stack:4711]'],
    ['[heap]', '[heap]'],
    ['anon_inode:[io_uring]', 'anon_inode:[io_uring]'],
    ['(unreachable)/x', '(unreachable)/x'],
    ['/dev/nvidia0', '/dev/nvidia0'],
    ['/a\u001b[31m\u202e"\'<b>', '/a\u001b[31m\u202e"\'<b>'],
    ['', ''],
  ])('%j', (written, path) => {
    expect(pathsOf(parse(map(0x1000, 0x2000, written)))).toEqual([path]);
    expect(pathsOf(parse(map(0x1000, 0x2000, written).replace('\n', '\r\n')))).toEqual([path]);
  });

  it('a return at the end of a name is of the name, where lines end without one', () => {
    expect(pathsOf(parse(map(0x1000, 0x2000), map(0x2000, 0x3000, '/odd\r')))).toEqual(['', '/odd\r']);
  });

  it('Android tells the name of anonymous memory in a line of its own', () => {
    const text = `${map(0x1000, 0x2000)}Name:           [anon:libc_malloc]\nSize:  4 kB\nRss:  4 kB\n`;
    const parsed = parse(text);
    expect(pathsOf(parsed)).toEqual(['[anon:libc_malloc]']);
    expect(parsed).toMatchObject({ form: 'smaps', notes: [] });
  });
});

it('addresses of 64 bits are exact', () => {
  const parsed = parse(
    '00000000-00001000 rw-p 00000000 00:00 0 \n',
    'ffff800000000000-ffff800000001000 rw-p fffffffffffff000 00:00 18446744073709551615 \n',
    'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n',
  );
  expect([...parsed.table.start].map((start) => BigInt(start))).toEqual([0n, 0xffff800000000000n, 0xffffffffff600000n]);
  expect(BigInt(parsed.table.end[2] as number)).toBe(0xffffffffff601000n);
  expect(BigInt(parsed.table.offset[1] as number)).toBe(0xfffffffffffff000n);
  expect(parsed.table.inode.texts[parsed.table.inode.index[1] as number]).toBe('18446744073709551615');
  expect(parsed.bits).toBe(64);
});

describe('figures', () => {
  it('of kernels that lack some and add others', () => {
    const first = `${map(0x1000, 0x2000)}Size: 4 kB\nRss: 4 kB\nNew_Amount: 12 kB\nNewFlag: 1\nTHPeligible:\t\t1\nVmFlags: rd zz\n`;
    const second = `${map(0x2000, 0x3000)}Size: 4 kB\nRss: 8 kB\nPtes@2MB:\t      4 kB\nVmFlags:\n`;
    const { table, form, notes } = parse(first, second);
    expect(form).toBe('smaps');
    expect(table.figures).toEqual({
      Rss: Float64Array.of(4 * KIB, 8 * KIB),
      New_Amount: Float64Array.of(12 * KIB, Number.NaN),
      NewFlag: Float64Array.of(1, Number.NaN),
      THPeligible: Float64Array.of(1, Number.NaN),
      'Ptes@2MB': Float64Array.of(Number.NaN, 4 * KIB),
    });
    expect(table.bare).toEqual(['NewFlag']);
    expect(table.flags.texts).toEqual(['', 'rd zz']);
    expect(notes).toEqual([{ code: 'cut' }]);
  });

  it('as the kernel writes them and in other widths are the same, in any order', () => {
    const amount = fc.integer({ min: 0, max: 2 ** 40 });
    const names = ['Rss', 'Shared_Clean', 'Private_Hugetlb', 'A_name_of_over_16_letters', 'Private_Dirty'];
    fc.assert(
      fc.property(fc.array(fc.tuple(...names.map(() => amount)), { minLength: 1, maxLength: 5 }), fc.boolean(), (rows, wide) => {
        const text = rows.map(
          (amounts, i) =>
            map(i * 4096, (i + 1) * 4096) +
            amounts.map((value, k) => `${`${names[k]}:`.padEnd(wide ? 16 : 5)} ${String(value).padStart(7)} kB\n`).join(''),
        );
        const { table } = parse(...text);
        for (const [k, name] of names.entries()) {
          expect([...(table.figures[name] as Float64Array)]).toEqual(rows.map((row) => (row[k] as number) * KIB));
        }
      }),
    );
  });

  it('without a mapping, or none of smaps, are foreign lines', () => {
    expect(parse('Rss: 4 kB\n', map(0x1000, 0x2000)).notes).toEqual([{ code: 'foreign-lines', count: 1, line: 1 }]);
    const { table, notes } = parse(map(0x1000, 0x2000), 'Rss: x kB\nRss: 4 MB\n__proto__: 4 kB\nconstructor: 4 kB\nA b: 4 kB\n');
    expect(table.figures).toEqual({});
    expect(notes).toEqual([{ code: 'foreign-lines', count: 5, line: 2 }]);
  });

  it('are not without bound', () => {
    const names = Array.from({ length: 300 }, (_, i) => `Amount${i}: 4 kB\n`).join('');
    expect(Object.keys(parse(map(0x1000, 0x2000), names).table.figures)).toHaveLength(100);
  });
});

it('a rollup in the same text is no mapping', () => {
  const rollup = textOf('linux/6.18/odd-maps-64/smaps_rollup');
  const smaps = textOf('linux/6.18/odd-maps-64/smaps');
  const alone = parse(smaps);
  expect(parse(rollup, smaps)).toEqual(alone);
  expect(parse(smaps, rollup)).toEqual(alone);
  expect(parse(rollup).table.length).toBe(0);
});

it('the buffer of a chunk may be used again', () => {
  const bytes = Buffer.from(textOf('linux/6.18/odd-maps-64/smaps'));
  const parser = new MapTextParser();
  const chunk = Buffer.alloc(5000);
  for (let at = 0; at < bytes.length; at += chunk.length) {
    const length = bytes.copy(chunk, 0, at);
    parser.push(chunk.subarray(0, length));
  }
  chunk.fill(0);
  expect(parser.end()).toEqual(parse(bytes));
});

describe('what is as it was in the mapping before', () => {
  const record = (at: number, path: string, rss: number, flags: string, name = ''): string =>
    `${map(at, at + 0x1000, path)}${name === '' ? '' : `Name:           [anon:${name}]\n`}Rss:            ${String(rss).padStart(8)} kB\nKSM:            ${'0'.padStart(8)} kB\nVmFlags: ${flags} \n`;
  const flagsOf = ({ table }: ParsedMap): (string | undefined)[] =>
    [...table.flags.index].map((index) => table.flags.texts[index]);

  it('is what it says, whatever comes between', () => {
    const word = fc.constantFrom('rd wr', 'rd wr mr', 'rd', 'rd wr mr mw me ac');
    const row = fc.record({
      path: fc.constantFrom('', '/a', '/ab', '/a (deleted)', '[heap]'),
      rss: fc.constantFrom(0, 0, 4, 12345678),
      flags: word,
      name: fc.constantFrom('', '', 'pool'),
      cut: fc.nat(400),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const text = rows.map(({ path, rss, flags, name }, i) => record(0x10000 * (i + 1), path, rss, flags, name)).join('');
        const cut = Math.min(text.length, rows[0]!.cut);
        const parsed = parse(text.slice(0, cut), text.slice(cut));
        expect(pathsOf(parsed)).toEqual(rows.map(({ path, name }) => (path === '' && name !== '' ? `[anon:${name}]` : path)));
        expect(flagsOf(parsed)).toEqual(rows.map(({ flags }) => flags));
        expect([...parsed.table.figures['Rss']!]).toEqual(rows.map(({ rss }) => rss * KIB));
        expect([...parsed.table.figures['KSM']!]).toEqual(rows.map(() => 0));
      }),
    );
  });

  it('flags of a rollup are of no mapping', () => {
    const rollup = `${map(0x1000, 0x2000, '[rollup]', '---p')}Rss:                   4 kB\nVmFlags: rd wr \n`;
    const none = record(0x1000, '', 0, 'mr').replace('rw-p', '---p');
    expect(flagsOf(parse(none + rollup + none.replaceAll('1000', '3000').replaceAll('2000', '4000')))).toEqual(['mr', 'mr']);
  });

  it('amounts that are 0 in each row are one column, and one that is told late is not', () => {
    const { table } = parse(
      `${record(0x1000, '', 4, 'rd')}${record(0x3000, '', 0, 'rd').replace('VmFlags', 'Swap:           0 kB\nVmFlags')}`,
    );
    expect([...table.figures['KSM']!]).toEqual([0, 0]);
    expect([...table.figures['Swap']!]).toEqual([Number.NaN, 0]);
    const both = parse(`${map(0x1000, 0x2000)}KSM:                   0 kB\nLocked:                0 kB\n`).table.figures;
    expect(both['KSM']).toBe(both['Locked']);
  });

  it('an amount that is told in some rows only is not told in the others', () => {
    const { table } = parse(`${map(0x1000, 0x2000)}Swap:                  0 kB\n${map(0x3000, 0x4000)}`);
    expect([...table.figures['Swap']!]).toEqual([0, Number.NaN]);
  });
});

describe('order', () => {
  it('a mapping that grew backwards while it was read takes the place of those that it holds', () => {
    const parsed = parse(map(0x1000, 0x2000), map(0x3000, 0x4000), map(0x5000, 0x6000), map(0x3000, 0x8000), map(0x9000, 0xa000));
    expect(startsOf(parsed)).toEqual([0x1000, 0x3000, 0x9000]);
    expect(parsed.notes).toEqual([{ code: 'out-of-order', count: 1, line: 4 }]);
  });

  it('lines that somebody sorted are put in order', () => {
    const parsed = parse(map(0x5000, 0x6000, '/c'), map(0x1000, 0x2000, '/a'), map(0x3000, 0x4000, '[stack]'));
    expect(startsOf(parsed)).toEqual([0x1000, 0x3000, 0x5000]);
    expect(pathsOf(parsed)).toEqual(['/a', '[stack]', '/c']);
    expect(parsed.notes).toEqual([{ code: 'out-of-order', count: 1, line: 2 }]);
  });

  it('of several maps the first one is kept, also where no address is in both', () => {
    const one = map(0x1000, 0x2000, '/a') + map(0x7000, 0x8000, '[stack]');
    const overlapping = parse(one, map(0x1000, 0x2000, '/b'), map(0x7000, 0x8000));
    expect(pathsOf(overlapping)).toEqual(['/a', '[stack]']);
    expect(overlapping.notes).toEqual([{ code: 'several-maps', count: 2, line: 3 }]);
    const apart = parse(one, map(0x3000, 0x4000, '/b'), map(0x5000, 0x6000, '[stack]'));
    expect(pathsOf(apart)).toEqual(['/a', '[stack]']);
    expect(apart.notes).toEqual([{ code: 'several-maps', count: 2, line: 3 }]);
  });
});

describe('what does not belong there', () => {
  it.each([
    'hello',
    '1000-2000',
    '1000-2000 rw-p',
    '1000-2000 rw-p 0 00:00',
    '1000-2000 rwzp 0 00:00 0',
    '2000-1000 rw-p 0 00:00 0',
    '1000-1000 rw-p 0 00:00 0',
    '1000-12345678901234567 rw-p 0 00:00 0',
    '1000-2000 rw-p 0 00:00 x /a',
    '1000-2000 rw-p 0 0000 0 /a',
    '-2000 rw-p 0 00:00 0 /a',
  ])('%j is counted', (line) => {
    const { table, notes } = parse(`${map(0, 0x1000)}\n${line}\n${map(0x2000, 0x3000)}`);
    expect(table.length).toBe(2);
    expect(notes).toEqual([{ code: 'foreign-lines', count: 1, line: 3 }]);
  });

  it('indented lines are read', () => {
    expect(parse('    1000-2000 rw-p 00000000 00:00 0   /a\n\tRss:   4 kB\n')).toMatchObject({
      table: { length: 1, figures: { Rss: Float64Array.of(4 * KIB) } },
      notes: [],
    });
  });

  it('lines that never end take no memory', () => {
    const parser = new MapTextParser();
    parser.push(Buffer.from(map(0x1000, 0x2000)));
    for (let i = 0; i < 300; i++) parser.push(Buffer.alloc(10_000, 'x'));
    parser.push(Buffer.from(`\n${map(0x2000, 0x3000)}`));
    expect(parser.end()).toMatchObject({ table: { length: 2 }, notes: [{ code: 'foreign-lines', line: 2 }] });
  });

  it('more mappings than the limit are counted only', () => {
    const parser = new MapTextParser();
    const block = 10_000;
    for (let at = 0; at < MAX_MAPPINGS + 3; at += block) {
      const count = Math.min(block, MAX_MAPPINGS + 3 - at);
      parser.push(Buffer.from(Array.from({ length: count }, (_, i) => map((at + i) * 4096, (at + i + 1) * 4096)).join('')));
    }
    const { table, notes } = parser.end();
    expect(table.length).toBe(MAX_MAPPINGS);
    expect(notes).toEqual([{ code: 'too-many', count: 3 }]);
  });
});

describe('a text without an end', () => {
  const cutOf = (text: string): { rows: number; isCut: boolean } => {
    const { table, notes } = parse(text);
    return { rows: table.length, isCut: notes.some(({ code }) => code === 'cut') };
  };

  it('is whole when only its last newline is missing', () => {
    for (const path of ['', '[stack]', '[anon:x y]', '/a (deleted)']) {
      expect(cutOf(map(0x1000, 0x2000) + map(0x2000, 0x3000, path).trimEnd())).toEqual({ rows: 2, isCut: false });
    }
    expect(cutOf(textOf('linux/6.18/odd-maps-64/smaps').trimEnd())).toEqual({ rows: 44, isCut: false });
  });

  it('is cut in a number, in a name, or between the lines of a mapping', () => {
    const smaps = textOf('linux/6.18/odd-maps-64/smaps');
    expect(cutOf(`${map(0x1000, 0x2000)}00002000-000030`)).toEqual({ rows: 1, isCut: true });
    expect(cutOf(`${map(0x1000, 0x2000)}00002000-00003000 rw-p 00000000 fe:01 21`)).toEqual({ rows: 1, isCut: true });
    expect(cutOf(`${map(0x1000, 0x2000)}00002000-00003000 rw-p 00000000 fe:01 21   /usr/li`)).toEqual({ rows: 2, isCut: true });
    const lines = smaps.split('\n');
    expect(cutOf(`${lines.slice(0, 30).join('\n')}\n`)).toEqual({ rows: 2, isCut: true });
    const half = parse(`${lines.slice(0, 30).join('\n')}\nPss:    12`);
    expect(half.table.figures.Pss?.[1]).toBeNaN();
    expect(half.table.figures.Rss?.[1]).toBeGreaterThanOrEqual(0);
    expect(half.notes).toEqual([{ code: 'cut' }]);
  });
});
