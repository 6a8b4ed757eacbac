import { RULES } from '../insight/map/rules.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import { addressText, BARE_FIGURES, permissionsText, textAt } from '../model/map-table.js';
import { MARKS, SEGMENTS } from '../model/segment.js';
import { csvLine, csvNumber, csvText } from './csv-cell.js';

const FIXED = [
  'start',
  'end',
  'size [KiB]',
  'segment',
  'permissions',
  'offset',
  'device',
  'inode',
  'path',
  'owner',
  'marks',
  'rule',
  'VmFlags',
];

/** A line for each mapping, ascending by address; then every amount of smaps, in KiB. What is not told is an empty cell. */
export function* mapCsv({ table, classes }: MapSnapshot): Generator<string> {
  const names = Object.keys(table.figures);
  const isBare = (name: string): boolean => BARE_FIGURES.has(name) || table.bare?.includes(name) === true;
  yield csvLine([...FIXED, ...names.map((name) => csvText(isBare(name) ? name : `${name} [KiB]`))]);
  for (let row = 0; row < table.length; row++) {
    const marks = Object.entries(MARKS).flatMap(([mark, bit]) => ((classes.marks[row] ?? 0) & bit ? [mark] : []));
    yield csvLine([
      hex(table.start[row] ?? Number.NaN),
      hex(table.end[row] ?? Number.NaN),
      csvNumber(((table.end[row] ?? 0) - (table.start[row] ?? 0)) / 1024),
      SEGMENTS[classes.segment[row] ?? 0] ?? '',
      permissionsText(table.permissions[row] ?? 0),
      hex(table.offset[row] ?? Number.NaN),
      textAt(table.device, row),
      textAt(table.inode, row),
      csvText(textAt(table.path, row)),
      csvText(textAt(classes.owner, row)),
      marks.join(' '),
      RULES[classes.rule[row] ?? 0]?.[0] ?? '',
      csvText(textAt(table.flags, row)),
      ...names.map((name) => csvNumber((table.figures[name]?.[row] ?? Number.NaN) / (isBare(name) ? 1 : 1024))),
    ]);
  }
}

const hex = (address: number): string => (Number.isNaN(address) ? '' : `0x${addressText(address)}`);
