import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXECUTE, type MapTable, READ, SHARED, WRITE } from '../../../src/model/map-table.js';
import type { ParsedMap } from '../../../src/procfs/map-text.js';
import { parseSavedMap } from '../../../src/procfs/saved-map.js';
import { bytesOf, textOf } from './fixture.js';

async function* pieces(bytes: Uint8Array, size = bytes.length): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const parse = (text: string | Uint8Array, size?: number): Promise<ParsedMap | undefined> =>
  parseSavedMap(pieces(typeof text === 'string' ? Buffer.from(text) : text, size));

async function parsed(text: string | Uint8Array): Promise<ParsedMap> {
  const map = await parse(text);
  if (map === undefined) throw new Error('no map');
  return map;
}

const pathsOf = ({ path }: MapTable): (string | undefined)[] => [...path.index].map((index) => path.texts[index]);
const flagsOf = ({ flags }: MapTable): (string | undefined)[] => [...flags.index].map((index) => flags.texts[index]);
const sum = (values: Float64Array = new Float64Array()): number => values.reduce((total, value) => total + value, 0);
const codes = ({ notes }: ParsedMap): string[] => notes.map(({ code }) => code);

/** The same with regular expressions: what a reader of the fixture sees. */
function rowsOf(text: string) {
  return [...text.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (....) ([0-9a-f]+) (\S+) (\d+) *(.*)$/gm)].map(
    ([, start, end, permissions, offset, device, inode, path = '']) => ({
      start: Number.parseInt(start as string, 16),
      end: Number.parseInt(end as string, 16),
      permissions,
      offset: Number.parseInt(offset as string, 16),
      device,
      inode,
      path: path.replaceAll('\\012', '\n'),
    }),
  );
}

const shownRows = (table: MapTable) =>
  pathsOf(table).map((path, i) => {
    const bits = table.permissions[i] as number;
    return {
      start: table.start[i],
      end: table.end[i],
      permissions: [
        bits & READ ? 'r' : '-',
        bits & WRITE ? 'w' : '-',
        bits & EXECUTE ? 'x' : '-',
        bits & SHARED ? 's' : 'p',
      ].join(''),
      offset: table.offset[i],
      device: table.device.texts[table.device.index[i] as number],
      inode: table.inode.texts[table.inode.index[i] as number],
      path,
    };
  });

describe.each([
  ['odd-maps-64', 64],
  ['odd-maps-32', 32],
  ['process', 64],
] as const)('Linux 6.18, %s', (folder, bits) => {
  it('maps: every mapping, with its odd name', async () => {
    const map = await parsed(bytesOf(`linux/6.18/${folder}/maps`));
    expect(map).toMatchObject({ form: 'maps', bits, notes: [], table: { figures: {} } });
    const rows = rowsOf(textOf(`linux/6.18/${folder}/maps`));
    expect(rows.length).toBeGreaterThan(15);
    expect(shownRows(map.table)).toEqual(rows);
    expect(flagsOf(map.table).every((flags) => flags === '')).toBe(true);
  });

  it('smaps: the same, its figures and flags; sums are those of smaps_rollup', async () => {
    const map = await parsed(bytesOf(`linux/6.18/${folder}/smaps`));
    const text = textOf(`linux/6.18/${folder}/smaps`);
    expect(map).toMatchObject({ form: 'smaps', bits, notes: [] });
    expect(shownRows(map.table)).toEqual(rowsOf(text));
    expect(flagsOf(map.table)).toEqual([...text.matchAll(/^VmFlags: ?(.*?) ?$/gm)].map(([, flags]) => flags));
    const names = new Set([...text.matchAll(/^(\w+): +\d/gm)].map(([, name]) => name));
    expect(new Set([...Object.keys(map.table.figures), 'Size'])).toEqual(names);
    for (const [name, values] of Object.entries(map.table.figures)) {
      expect([...values], name).toEqual(
        [...text.matchAll(new RegExp(`^${name}: +(\\d+)( kB)?$`, 'gm'))].map(([, value, kib]) =>
          kib === undefined ? Number(value) : Number(value) * 1024,
        ),
      );
    }
    for (const [, name = '', kib] of textOf(`linux/6.18/${folder}/smaps_rollup`).matchAll(/^(\w+): +(\d+) kB$/gm)) {
      // Pss of a mapping is rounded down; the parts of Pss are told in the rollup only.
      if (!name.includes('Pss')) expect(sum(map.table.figures[name]), name).toBe(Number(kib) * 1024);
    }
  });
});

describe.each(['3.3.10', '3.3.17', '4.0.2'])('pmap of procps %s', (version) => {
  const maps = rowsOf(textOf('linux/6.18/odd-maps-64/maps'));
  const lastPart = (path: string): string => path.replace(/^\/.*\//s, '').replace(/^\//, '');
  const kernelPaths = maps.map(({ path }) => path);
  const inBrackets = (path: string): boolean => !path.startsWith('/');

  it.each([
    ['pmap-XX', false, 'pmap-XX'],
    ['pmap-p-XX', true, 'pmap-XX'],
    ['pmap-X', false, 'pmap-X'],
    ['pmap-p-X', true, 'pmap-X'],
  ])('%s tells what smaps does', async (name, withPaths, form) => {
    const map = await parsed(bytesOf(`procps/${version}/${name}.txt`));
    const smaps = (await parsed(bytesOf('linux/6.18/odd-maps-64/smaps'))).table;
    expect(map).toMatchObject({ form, bits: 64 });
    expect(codes(map)).toEqual(withPaths && form === 'pmap-XX' ? [] : ['form-lacks']);
    expect(shownRows(map.table)).toEqual(
      maps.map((row) => ({ ...row, path: withPaths ? row.path : inBrackets(row.path) ? row.path : lastPart(row.path) })),
    );
    expect(flagsOf(map.table)).toEqual(form === 'pmap-XX' ? flagsOf(smaps) : maps.map(() => ''));
    for (const [figure, values] of Object.entries(map.table.figures)) {
      // Pss of what is shared with other processes may change between two readings.
      if (!figure.includes('Pss')) expect([...values], figure).toEqual([...(smaps.figures[figure] as Float64Array)]);
    }
    expect(Object.keys(map.table.figures).length).toBe(form === 'pmap-XX' ? Object.keys(smaps.figures).length : 15);
  });

  it.each([
    ['pmap', false, 'pmap'],
    ['pmap-p', true, 'pmap'],
    ['pmap-d', false, 'pmap'],
    ['pmap-p-d', true, 'pmap'],
    ['pmap-x', false, 'pmap-x'],
    ['pmap-p-x', true, 'pmap-x'],
  ])('%s tells less', async (name, withPaths, form) => {
    const text = textOf(`procps/${version}/${name}.txt`);
    const map = await parsed(bytesOf(`procps/${version}/${name}.txt`));
    expect(map).toMatchObject({ form, bits: 64 });
    expect(codes(map)).toEqual(['form-lacks']);
    const hasOffset = name.endsWith('d');
    const rows = shownRows(map.table);
    expect(rows.map(({ start, end, permissions }) => ({ start, end, permissions }))).toEqual(
      maps.map(({ start, end, permissions }) => ({ start, end, permissions })),
    );
    expect(rows.map(({ offset }) => offset)).toEqual(maps.map(({ offset }) => (hasOffset ? offset : Number.NaN)));
    if (hasOffset) expect(rows.map(({ device }) => device)).toEqual(maps.map(({ device }) => device));
    const escaped = (path: string): string =>
      inBrackets(path) ? (path === '[stack]' ? path : '') : withPaths ? path : lastPart(path);
    // Older versions write a question mark for what they take for no letter.
    const plain = (path: string | undefined): string => (path ?? '').replace(/[^ -~\n]/g, '?').replace(/\?+/g, '?');
    expect(rows.map(({ path }) => plain(path))).toEqual(
      kernelPaths.map((path) =>
        path.startsWith('/SYSV') ? expect.stringMatching(/^\[shmid=0x[0-9a-f]+\]$/) : plain(escaped(path)),
      ),
    );
    const total = /total kB +(\d+) +(\d+) +(\d+)/.exec(text);
    if (form === 'pmap-x') {
      expect([sum(map.table.figures.Rss) / 1024, sum(map.table.figures.Dirty) / 1024]).toEqual([
        Number(total?.[2]),
        Number(total?.[3]),
      ]);
      const inodes = maps.flatMap(({ path, inode }) => (path.startsWith('/SYSV') ? [inode] : []));
      expect(rows.flatMap(({ path, inode }) => (path?.startsWith('[shmid') ? [inode] : []))).toEqual(inodes);
    } else expect(map.table.figures).toEqual({});
  });

  it.each(['', '-x', '-X', '-XX'])('-p%s of a process of 32 bits', async (options) => {
    const map = await parsed(bytesOf(`procps/${version}/pmap-32-p${options}.txt`));
    const rows = rowsOf(textOf('linux/6.18/odd-maps-32/maps'));
    expect(map.bits).toBe(32);
    expect(shownRows(map.table).map(({ start, end }) => [start, end])).toEqual(rows.map(({ start, end }) => [start, end]));
  });

  it('without headings (-q), several processes, and a list that was sorted', async () => {
    for (const name of ['pmap-p', 'pmap-p-d', 'pmap-p-x', 'pmap-p-X', 'pmap-p-XX']) {
      const text = textOf(`procps/${version}/${name}.txt`);
      const whole = await parsed(text);
      const lines = text.split('\n');
      const rows = lines.filter((line) => /^ *[0-9a-f]{8,16} .*[r-][w-][x-]/.test(line));
      const bare = await parsed(`${rows.join('\n')}\n`);
      expect(shownRows(bare.table), name).toEqual(shownRows(whole.table));
      expect(codes(bare), name).not.toContain('cut');

      const twice = await parsed(text + text);
      expect(shownRows(twice.table), name).toEqual(shownRows(whole.table));
      expect(twice.notes).toContainEqual({ code: 'several-maps', count: whole.table.length, line: lines.length });

      const sorted = await parsed(`${[...rows].sort((a, b) => (a.slice(17) < b.slice(17) ? -1 : 1)).join('\n')}\n`);
      expect(sorted.table.start, name).toEqual(whole.table.start);
      expect(sorted.notes.map(({ code }) => code)).toContain('out-of-order');

      const cut = await parsed(text.slice(0, text.length / 2));
      expect(codes(cut), name).toContain('cut');
      expect(shownRows(cut.table), name).toEqual(shownRows(whole.table).slice(0, cut.table.length));
    }
  });
});

describe('pmap of other makers', () => {
  const rows = [
    ['0000000000400000', 944, [100, 0, 0], 'r-xp', '/bin/busy box'],
    ['00000000006eb000', 20, [20, 20, 4], 'rw-p', '[heap]'],
    ['00007ffff7ffb000', 8, [8, 4, 0], 'rw-s', ''],
    ['00007ffffffde000', 132, [8, 8, 0], 'rw-p', '[stack]'],
  ] as const;
  const lines = (line: (row: (typeof rows)[number]) => string, ...around: string[]): string =>
    [around[0], ...rows.map(line), ...around.slice(1), ''].join('\n');
  const padded = (numbers: readonly number[]): string => numbers.map((one) => String(one).padStart(7)).join(' ');
  const dashed = (mode: string): string => `${mode.replace('p', '-')}-`;

  const anon = { start: 0x7ffff7ffb000, permissions: 'rw-s', path: '' };
  const expected = (program: string) => [
    { start: 0x400000, permissions: 'r-xp', path: program },
    { start: 0x6eb000, permissions: 'rw-p', path: '[heap]' },
    anon,
    { start: 0x7ffffffde000, permissions: 'rw-p', path: '[stack]' },
  ];

  it.each([
    ['BusyBox', '  ', '  [ anon ]', (mode: string) => mode],
    ['BusyBox, with fewer blanks', '  ', '[ anon ]', (mode: string) => mode],
    ['toybox', ' ', '  [anon]', dashed],
    ['toybox of old', '  ', '  [anon]', dashed],
  ] as const)('%s: names in brackets, paths, and its own columns of -x', async (maker, blanks, nameless, mode) => {
    const name = (path: string): string =>
      path === '' ? nameless : path.startsWith('[') && maker.startsWith('toybox') ? `  ${path}` : path;
    const end = (row: (typeof rows)[number]): string => `${mode(row[3])}${blanks}${name(row[4])}`;
    const plain = lines((row) => `${row[0]} ${String(row[1]).padStart(7)}K ${end(row)}`, '42: busy box', 'mapped: 1104K');
    const map = await parsed(plain);
    expect(shownRows(map.table)).toMatchObject(expected('/bin/busy box'));
    expect(map.notes).toEqual([{ code: 'form-lacks', detail: 'offset, device, inode, VmFlags, amounts' }]);

    const x = (heading: string[], ...footer: string[]): string =>
      lines((row) => `${row[0]} ${padded([row[1], ...row[2]])}  ${end(row)}`, ['42: busy box', ...heading].join('\n'), ...footer);
    for (const text of [
      x(
        ['Address\t\t  Kbytes     PSS   Dirty    Swap  Mode  Mapping'],
        '----------------  ------  ------  ------  ------',
        'total\t\t    1104     136      32       4',
      ),
      x([]),
    ]) {
      const extended = await parsed(text);
      expect(shownRows(extended.table)).toMatchObject(expected('/bin/busy box'));
      expect(extended.form).toBe('pmap-x');
      expect(Object.fromEntries(Object.entries(extended.table.figures).map(([figure, values]) => [figure, [...values]]))).toEqual(
        {
          Pss: [100, 20, 8, 8].map((kib) => kib * 1024),
          Private_Dirty: [0, 20, 4, 8].map((kib) => kib * 1024),
          Swap: [0, 4, 0, 0].map((kib) => kib * 1024),
        },
      );
      expect(codes(extended)).toEqual(['form-lacks']);
    }
  });
});

describe('line ends of another machine', () => {
  it.each(['pmap-p', 'pmap-p-d', 'pmap-p-x', 'pmap-p-X', 'pmap-p-XX'])(
    '%s: are no part of a name, but where a name ends so',
    async (name) => {
      const lines = textOf(`procps/4.0.2/${name}.txt`).split('\n');
      const row = lines.findIndex((line) => line.endsWith('.so.6'));
      expect(row).toBeGreaterThan(0);
      const odd = lines.map((line, i) => (i === row ? `${line}\r` : line));
      const path = pathsOf((await parsed(lines.join('\n'))).table)[
        row - lines.findIndex((line) => /^ *[0-9a-f]{8,} /.test(line))
      ];
      expect(path).toMatch(/\.so\.6$/);
      expect(pathsOf((await parsed(odd.join('\n'))).table)).toContain(`${path}\r`);
      expect(shownRows((await parsed(odd.join('\r\n'))).table)).toEqual(shownRows((await parsed(odd.join('\n'))).table));
    },
  );
});

describe('what pmap -q leaves out', () => {
  it.each(['pmap-p-d', 'pmap-p-x', 'pmap-p-X', 'pmap-p-XX'])(
    '%s: headings and sums, but for the line of the process',
    async (name) => {
      const rows = textOf(`procps/4.0.2/${name}.txt`)
        .split('\n')
        .filter((line) => /^\d+: |^ *[0-9a-f]{8,16} .*[r-][w-][x-]/.test(line));
      const quiet = await parsed(`${rows.join('\n')}\n`);
      expect(quiet.table.length).toBe(rows.length - 1);
      // -d without its heading may be cut as well.
      expect(codes(quiet).includes('cut')).toBe(name === 'pmap-p-d');
    },
  );

  it('without options nothing tells it from a text that is cut after a line', async () => {
    const text = textOf('procps/4.0.2/pmap.txt');
    const quiet = await parsed(text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
    expect(quiet.notes).toContainEqual({ code: 'cut', detail: expect.stringContaining('pmap -q') });
    expect(codes(await parsed(text))).not.toContain('cut');
  });
});

describe('what a saved map is', () => {
  it.each(['linux/6.18/odd-maps-64/smaps', 'linux/6.18/odd-maps-64/maps', 'procps/4.0.2/pmap-XX.txt', 'procps/4.0.2/pmap-x.txt'])(
    '%s: read in any pieces it is the same',
    async (path) => {
      const bytes = bytesOf(path);
      const whole = await parse(bytes);
      for (const size of [1, 7, 64, 4096]) expect(await parse(bytes, size), String(size)).toEqual(whole);
    },
  );

  it.each([
    'linux/6.18/odd-maps-64/smaps',
    'linux/6.18/odd-maps-64/maps',
    'procps/4.0.2/pmap-XX.txt',
    'procps/4.0.2/pmap-p-x.txt',
  ])('%s: cut anywhere, what came whole is kept', async (path) => {
    const bytes = bytesOf(path);
    const whole = shownRows((await parsed(bytes)).table);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        const map = await parse(bytes.subarray(0, length));
        const rows = map === undefined ? [] : shownRows(map.table);
        const complete = bytes.subarray(0, length).toString('latin1').split('\n').slice(0, -1);
        expect(rows.length).toBeGreaterThanOrEqual(
          complete.filter((line) => /^ *[0-9a-f]{8,16}[- ].* .* /.test(line) && !line.endsWith('KB ')).length,
        );
        // The name of the last one may be cut.
        expect(rows.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, rows.length - 1)));
        if (rows.length > 0) expect(rows.at(-1)).toMatchObject({ start: whole[rows.length - 1]?.start });
      }),
      { numRuns: 60 },
    );
  });

  it('takes any bytes without an error', async () => {
    const lines = [
      '55e3bdfa8000-55e3bdfa9000 r--p 00000000 fe:00 2148029   /x y\n',
      '7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n',
      'Rss:                   4 kB\n',
      'VmFlags: rd mr\n',
      '4711:   sleep\n',
      'Address           Kbytes     RSS   Dirty Mode  Mapping\n',
      '0000000000001000       4       4       0 rw--- a\n',
      '         Address Perm   Offset Device   Inode       Size KernelPageSize VmFlags Mapping\n',
      '        00000000 rw-p 00000000  00:00       0          4  4  rd wr \n',
    ];
    const line = fc.oneof(
      fc.constantFrom(...lines).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 50 }), async (parts, size) => {
        const bytes = Buffer.concat(parts);
        const map = await parse(bytes, size);
        expect(map).toEqual(await parse(bytes));
        if (map === undefined) return;
        const { start, end, length } = map.table;
        for (let i = 0; i < length; i++) {
          expect(end[i]).toBeGreaterThan(start[i] as number);
          if (i > 0) expect(start[i]).toBeGreaterThan(start[i - 1] as number);
        }
      }),
    );
  });

  it.each(['', '\n', 'hello\n', '{"a": 1}', 'Rss: 4 kB\n', '\u0000'.repeat(1000), 'x'.repeat(600_000)])(
    'no map: %#',
    async (text) => {
      expect(await parse(text)).toBeUndefined();
    },
  );
});
