import fc from 'fast-check';
import { RULES } from '../../../src/insight/map/rules.js';
import type { MapSnapshot } from '../../../src/model/map-snapshot.js';
import { permissionsText, type TextColumn, textAt } from '../../../src/model/map-table.js';
import { SEGMENTS } from '../../../src/model/segment.js';

const FIGURES = ['Rss', 'Pss', 'Swap', 'THPeligible', 'Of_a_new_kernel'] as const;

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '[heap]',
    '/a b',
    '/x (deleted)',
    '/a\nb',
    '"q"',
    '/a,b;c',
    '=1+1',
    "'",
    '\u202e',
    '\\012',
    '/ä/漢字/\u{1f600}',
  ),
);

const anyRegion = fc.record({
  gap: fc.nat(5),
  pages: fc.integer({ min: 1, max: 1 << 20 }),
  permissions: fc.nat(15),
  offset: fc.oneof(
    fc.nat(1 << 20).map((page) => page * 4096),
    fc.constantFrom(Number.NaN, 2 ** 63),
  ),
  device: fc.constantFrom('', '00:00', 'fd:01'),
  inode: fc.constantFrom('', '0', '18446744073709551615'),
  path: anyText,
  flags: fc.constantFrom('', 'rd wr mr mw me ac'),
  segment: fc.nat(SEGMENTS.length - 1),
  rule: fc.nat(RULES.length - 1),
  marks: fc.nat(63),
  owner: anyText,
  figures: fc.array(
    fc.oneof(
      fc.nat(1 << 30).map((kib) => kib * 1024),
      fc.constant(Number.NaN),
    ),
    {
      minLength: FIGURES.length,
      maxLength: FIGURES.length,
    },
  ),
});

/** A map of anything that a table can hold. */
export const anyMap = fc
  .record({
    regions: fc.array(anyRegion, { maxLength: 12 }),
    from: fc.constantFrom(0, 0x400000, 0x7f0000000000, 2 ** 63),
    at: fc.nat(2 ** 31),
    command: anyText,
    bits: fc.constantFrom(32, 64),
    isFile: fc.boolean(),
  })
  .map(({ regions, from, at, command, bits, isFile }): MapSnapshot => {
    let end = from;
    const bounds = regions.map(({ gap, pages }) => {
      const start = end + gap * 4096;
      end = start + pages * 4096;
      return { start, end };
    });
    return {
      at,
      origin: isFile
        ? { kind: 'file', name: command }
        : { kind: 'process', target: 'local', process: { pid: 7, startTicks: 8 }, command, commandLine: command },
      form: 'smaps',
      bits,
      pageSize: 4096,
      table: {
        length: regions.length,
        start: Float64Array.from(bounds, (bound) => bound.start),
        end: Float64Array.from(bounds, (bound) => bound.end),
        permissions: Uint8Array.from(regions, ({ permissions }) => permissions),
        offset: Float64Array.from(regions, ({ offset }) => offset),
        device: column(regions.map(({ device }) => device)),
        inode: column(regions.map(({ inode }) => inode)),
        path: column(regions.map(({ path }) => path)),
        flags: column(regions.map(({ flags }) => flags)),
        figures: Object.fromEntries(FIGURES.map((name, i) => [name, Float64Array.from(regions, ({ figures }) => figures[i]!)])),
        bare: ['Of_a_new_kernel'],
      },
      classes: {
        segment: Uint8Array.from(regions, ({ segment }) => segment),
        rule: Uint8Array.from(regions, ({ rule }) => rule),
        marks: Uint8Array.from(regions, ({ marks }) => marks),
        owner: column(regions.map(({ owner }) => owner)),
      },
      notes: [],
    };
  });

function column(values: readonly string[]): TextColumn {
  const texts = [...new Set(['', ...values])];
  return { index: Uint32Array.from(values, (text) => texts.indexOf(text)), texts };
}

/** What a map tells of each mapping, however its columns are numbered. */
export function rowsOf({ table, classes }: Pick<MapSnapshot, 'table' | 'classes'>): readonly Record<string, unknown>[] {
  return Array.from({ length: table.length }, (_, row) => ({
    start: table.start[row],
    end: table.end[row],
    permissions: permissionsText(table.permissions[row]!),
    offset: table.offset[row],
    device: textAt(table.device, row),
    inode: textAt(table.inode, row),
    path: textAt(table.path, row),
    flags: textAt(table.flags, row),
    segment: SEGMENTS[classes.segment[row]!],
    rule: RULES[classes.rule[row]!]![0],
    marks: classes.marks[row],
    owner: textAt(classes.owner, row),
    figures: Object.fromEntries(
      Object.entries(table.figures).flatMap(([name, values]) => (Number.isNaN(values[row]) ? [] : [[name, values[row]]])),
    ),
  }));
}
