import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressText, permissionsText, textAt } from '../../../../src/model/map-table.js';
import { FILTER_EXAMPLES, parseRegionFilter } from '../../../../webview-ui/map/region-filter.js';
import { captured, regionsOf, smapsText } from './regions.js';

const odd = regionsOf(captured('odd-maps-64/smaps'));

type Regions = ReturnType<typeof regionsOf>;

function parse(text: string, { data, offered, columns }: Regions = odd) {
  return parseRegionFilter(text, data, offered, (name) => columns.isKnown(name));
}

/** Rows that match. */
function rowsOf(text: string, regions: Regions = odd): readonly number[] {
  const filter = parse(text, regions);
  if (!filter.ok) throw new Error(filter.error.message);
  return Array.from({ length: regions.data.length }, (_, row) => row).filter((row) => filter.value.matches(row) === true);
}

function errorOf(text: string, regions: Regions = odd): string | undefined {
  const filter = parse(text, regions);
  return filter.ok ? undefined : filter.error.message;
}

const { table } = odd.data;
const names = (text: string, regions?: Regions): readonly string[] =>
  rowsOf(text, regions).map((row) => textAt((regions ?? odd).data.table.path, row));

describe('texts', () => {
  test('are looked for in paths, names, owners and segments', () => {
    expect(new Set(names('LIBC'))).toEqual(new Set(['/usr/lib/x86_64-linux-gnu/libc.so.6', '']));
    expect(names('"[heap]"')).toContain('[heap]');
    expect(names('heap').length).toBeGreaterThan(1);
    expect(rowsOf('vdso')).toHaveLength(1);
    expect(rowsOf('libc "library text"')).toHaveLength(1);
    expect(rowsOf('libc !"library text"')).toHaveLength(rowsOf('libc').length - 1);
  });

  test('that begin an address find it', () => {
    const start = addressText(table.start[7]!);
    expect(rowsOf(start)).toEqual([7]);
    expect(rowsOf(`0x${start}`)).toEqual([7]);
  });
});

describe('predicates', () => {
  test.each(['rss>4K', 'RSS>=4096', 'size>1M', 'uss=0', 'dirty>0', 'private_dirty>0', 'KernelPageSize=4K'])('%s', (text) => {
    const [, name, operator, value] = /^(\w+?)([<>=]+)(.*)$/.exec(text)!;
    const column = odd.offered.find(({ id }) => id.replace('figure:', '').toLowerCase() === name!.toLowerCase())!;
    const wanted = Number.parseInt(value!, 10) * (value!.endsWith('K') ? 1024 : value!.endsWith('M') ? 2 ** 20 : 1);
    const expected = Array.from({ length: table.length }, (_, row) => row).filter((row) => {
      const bytes = column.number(odd.data, row);
      return operator === '>' ? bytes > wanted : operator === '>=' ? bytes >= wanted : bytes === wanted;
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThanOrEqual(table.length);
    expect(rowsOf(text)).toEqual(expected);
  });

  test.each([
    ['perm:w', /.w../],
    ['perm:wx', /.wx./],
    ['perm:s', /...s/],
    ['mode:p', /...p/],
    ['perm=r--p', /^r--p$/],
    ['!perm:r', /^-/],
    ['perm!=rw-p', /^(?!rw-p)/],
  ])('%s', (text, pattern) => {
    const expected = Array.from({ length: table.length }, (_, row) => row).filter((row) =>
      pattern.test(permissionsText(table.permissions[row]!)),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(rowsOf(text)).toEqual(expected);
  });

  test('a segment is meant by its name, or by a part where no name is that', () => {
    expect(names('segment:heap')).toEqual(['[heap]']);
    expect(rowsOf('segment=Heap')).toEqual(rowsOf('segment:heap'));
    const texts = rowsOf('segment:text');
    expect(texts).toHaveLength(1);
    expect(rowsOf('segment~text').length).toBeGreaterThan(texts.length);
    expect(rowsOf('segment:library').length).toBeGreaterThan(3);
    expect(rowsOf('segment!=heap')).toHaveLength(table.length - 1);
    expect(rowsOf('segment:"library text"')).toHaveLength(rowsOf('segment:library-text').length);
  });

  test('an address is within one region', () => {
    for (const row of [0, 7, table.length - 1]) {
      const inside = BigInt(table.end[row]!) - 1n;
      expect(rowsOf(`at:${inside.toString(16)}`)).toEqual([row]);
      expect(rowsOf(`at:0x${addressText(table.start[row]!)}`)).toEqual([row]);
    }
    expect(rowsOf('start>=7f0000000000 start<ffffffff00000000').length).toBeGreaterThan(10);
  });

  test('flags, marks, paths', () => {
    expect(rowsOf('flag:ht')).toEqual([]);
    expect(rowsOf('flag:wr,ex').length).toBe(rowsOf('perm:wx').length);
    expect(names('mark:deleted').every((path) => path.endsWith(' (deleted)'))).toBe(true);
    expect(rowsOf('mark:w+x')).toEqual(rowsOf('mark:writableExecutable'));
    const path = '/usr/lib/x86_64-linux-gnu/libc.so.6';
    expect(new Set(names(`path="${path}"`))).toEqual(new Set([path]));
    expect(names('path:libc.so').length).toBeGreaterThan(0);
    expect(rowsOf('inode=0').length).toBeGreaterThan(0);
    expect(rowsOf('device:00:00').length).toBeGreaterThan(0);
  });

  test('growth of the regions that were followed; the others can not be judged', () => {
    const growth = {
      at: [0, 1000],
      lines: [
        { row: 2, values: Float64Array.of(1, 2), perSecond: 2048, guess: false },
        { row: 3, values: Float64Array.of(2, 1), perSecond: -2048, guess: false },
      ],
    };
    const grown = regionsOf(captured('odd-maps-64/smaps'), growth);
    expect(rowsOf('growing', grown)).toEqual([2]);
    expect(rowsOf('growth>1K', grown)).toEqual([2]);
    expect(rowsOf('growth<-1K', grown)).toEqual([3]);
    const filter = parse('growth>1K', grown);
    expect(filter.ok && filter.value.matches(0)).toBe(undefined);
  });
});

describe('errors in words', () => {
  test.each([
    ['segment:hep', 'There is no segment "hep". Segments are Text, '],
    ['perm:q', 'Permissions are written with the letters r, w, x, s and p'],
    ['perm>w', 'It has no order: write : or = in "perm>w".'],
    ['mark:what', 'There is no mark "what". Marks are w+x, '],
    ['flag:zz', 'There is no flag "zz" in VmFlags'],
    ['at:here', 'An address in hexadecimal like 7f12c0001234 is missing'],
    ['rss>many', 'A number like 100M or 1.5G is missing in "rss>many".'],
    ['rss:5', 'Write = , < or > in "rss:5".'],
    ['start>zz', 'A number like 7f12c0000000 is missing'],
    ['colour:red', 'There is no column "colour". Quote the word to look for the text: "colour:red"'],
    ['path>a', 'A text has no order'],
    ['!', 'A word is missing after "!".'],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toContain(message);
  });

  test('what this map does not tell is told as that', () => {
    const bare = regionsOf(captured('odd-maps-64/maps'));
    expect(errorOf('rss>1M', bare)).toContain('This map does not tell "rss".');
    expect(errorOf('private_dirty>1', bare)).toContain('This map does not tell "private_dirty".');
    expect(errorOf('flag:lo', bare)).toContain('This map does not tell VmFlags.');
    expect(errorOf('size>1M', bare)).toBe(undefined);
  });

  test('a figure that is not told of one region leaves that one unjudged', () => {
    const mixed = regionsOf(
      smapsText([
        { start: 0x1000, figures: { Rss: 4 } },
        { start: 0x2000, figures: { Pss: 4 } },
      ]),
    );
    const filter = parse('rss>0', mixed);
    expect(filter.ok && [filter.value.matches(0), filter.value.matches(1)]).toEqual([true, undefined]);
    const turned = parse('!rss>0', mixed);
    expect(turned.ok && [turned.value.matches(0), turned.value.matches(1)]).toEqual([false, undefined]);
  });
});

test('the examples of the help can be read', () => {
  const grown = regionsOf(captured('odd-maps-64/smaps'), {
    at: [0],
    lines: [{ row: 0, values: Float64Array.of(1), perSecond: 1, guess: false }],
  });
  for (const [example] of FILTER_EXAMPLES) expect([example, errorOf(example, grown)]).toEqual([example, undefined]);
});

describe('whatever is written', () => {
  const word = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .tuple(
        fc.constantFrom(
          'rss',
          'perm',
          'segment',
          'mark',
          'flag',
          'at',
          'path',
          'start',
          'growth',
          '__proto__',
          'constructor',
          'toString',
        ),
        fc.constantFrom(':', '=', '!=', '~', '>', '>=', '<', '<='),
        fc.oneof(fc.string(), fc.constantFrom('1M', 'w', 'heap', 'lo', 'deleted', '7f00', 'ffffffffffffffff', 'constructor')),
      )
      .map((parts) => parts.join('')),
  );

  test('it is a filter or an error in words, and each row gets an answer', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (list) => {
        const filter = parse(list.join(' '));
        if (!filter.ok) {
          expect(filter.error.message).toMatch(/\S/);
          return;
        }
        for (let row = 0; row < table.length; row++) expect([true, false, undefined]).toContain(filter.value.matches(row));
      }),
      { numRuns: 500 },
    );
  });

  test('a word turned round matches just the others', () => {
    fc.assert(
      fc.property(word, (one) => {
        if (/[\s"]/.test(one) || one.startsWith('!') || one === '') return;
        const filter = parse(one);
        const turned = parse(`!${one}`);
        expect(turned.ok).toBe(filter.ok);
        if (!filter.ok || !turned.ok) return;
        for (let row = 0; row < table.length; row++) {
          const answer = filter.value.matches(row);
          expect(turned.value.matches(row)).toBe(answer === undefined ? undefined : !answer);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('two words match what both match', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        if (/[\s"]/.test(one + other) || one === '' || other === '') return;
        const [a, b, both] = [parse(one), parse(other), parse(`${one} ${other}`)];
        expect(both.ok).toBe(a.ok && b.ok);
        if (!a.ok || !b.ok || !both.ok) return;
        for (let row = 0; row < table.length; row++) {
          const answers = [a.value.matches(row), b.value.matches(row)];
          expect(both.value.matches(row)).toBe(answers.includes(false) ? false : answers.includes(undefined) ? undefined : true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a quoted text is only a text', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('"') && text !== ''),
        (text) => {
          expect(parse(`"${text}"`).ok).toBe(true);
        },
      ),
    );
  });
});
