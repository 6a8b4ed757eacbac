import type { Bytes } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import {
  addressText,
  BARE_FIGURES,
  FIGURES,
  type MapTable,
  NOT_SUMMED,
  permissionsText,
  textAt,
} from '../../src/model/map-table.js';
import type { Words } from './map-model.js';
import { permissionWords, sizeText } from './region-shape-words.js';

/** A line of what is told of a region. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** What the label means, in a sentence. */
  readonly meaning?: string;
  /** Nothing of it: shown paler. */
  readonly isZero?: boolean;
}

/** `7f12c0000000-7f12c0021000`, as the kernel writes it. */
export const rangeText = ({ start, end }: Pick<MapTable, 'start' | 'end'>, row: number): string =>
  `${addressText(start[row] ?? Number.NaN)}-${addressText(end[row] ?? Number.NaN)}`;

/** What maps tells of a region; what is not told, or of no meaning without a file, is left out. */
export function regionFacts({ table, classes, pageSize }: MapSnapshot, row: number): readonly Fact[] {
  const size = table.end[row]! - table.start[row]!;
  const permissions = table.permissions[row] ?? 0;
  const path = textAt(table.path, row);
  const inode = textAt(table.inode, row);
  const hasFile = inode !== '' && inode !== '0';
  const owner = textAt(classes.owner, row);
  const offset = table.offset[row] ?? Number.NaN;
  return [
    { label: 'Addresses', value: rangeText(table, row) },
    ...(size > 0 ? [{ label: 'Size', value: sizeInPages(size, pageSize) }] : []),
    { label: 'Permissions', value: `${permissionsText(permissions)}: ${permissionWords(permissions)}` },
    ...(path === '' ? [] : [{ label: hasFile ? 'File' : 'Name', value: visibleText(path) }]),
    ...(owner === '' || owner === path ? [] : [{ label: 'Belongs to', value: visibleText(owner) }]),
    ...(hasFile && !Number.isNaN(offset) ? [{ label: 'Offset in file', value: `0x${offset.toString(16)}` }] : []),
    ...(hasFile
      ? [
          {
            label: 'Device, inode',
            value: visibleText(`${textAt(table.device, row)}, ${inode}`),
            meaning: 'Major and minor number',
          },
        ]
      : []),
  ];
}

/** `132 KiB, 33 pages` */
export function sizeInPages(size: Bytes, pageSize: Bytes): string {
  const pages = Math.ceil(size / pageSize);
  return `${sizeText(size)}, ${pages.toLocaleString('en-US')} ${pages === 1 ? 'page' : 'pages'}`;
}

/** The figures of smaps of these rows, known ones first: of one row all that is told, of several the sums that say something. */
export function figureFacts(
  { figures }: Words,
  { figures: columns, bare = [] }: MapTable,
  rows: readonly number[],
): readonly Fact[] {
  const unitless = new Set([...BARE_FIGURES, ...bare]);
  const facts: Fact[] = [];
  for (const name of new Set([...FIGURES, ...Object.keys(columns)])) {
    const column = columns[name];
    if (column === undefined) continue;
    if (rows.length > 1 && (NOT_SUMMED.has(name) || unitless.has(name))) continue;
    let sum = 0;
    let told = 0;
    for (const row of rows) {
      const value = column[row] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      told++;
    }
    if (told === 0) continue;
    const text = unitless.has(name) ? sum.toLocaleString('en-US') : sizeText(sum);
    const meaning = figures[name];
    facts.push({
      label: visibleText(name),
      value: told < rows.length ? `${text} (told of ${told.toLocaleString('en-US')})` : text,
      ...(meaning === undefined ? {} : { meaning }),
      isZero: sum === 0,
    });
  }
  return facts;
}

/** The two letters of VmFlags and what they mean; of one that this version does not know, only the letters. */
export const flagFacts = ({ flags }: Words, table: MapTable, row: number): readonly Fact[] =>
  textAt(table.flags, row)
    .split(/\s+/)
    .filter((flag) => flag !== '')
    .map((flag) => ({ label: visibleText(flag), value: flags[flag] ?? 'not known to this version of MemLens' }));

/** For the clipboard: one fact a line. */
export const factsText = (title: string, facts: readonly Fact[]): string =>
  `${[title, ...facts.map(({ label, value }) => `${label}: ${value}`)].join('\n')}\n`;
