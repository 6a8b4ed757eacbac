import { RULES } from '../insight/map/rules.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import { addressText, BARE_FIGURES, permissionsText, textAt } from '../model/map-table.js';
import { SEGMENTS } from '../model/segment.js';
import { csvLine, csvNumber, csvText } from './csv-cell.js';
import { markNames } from './map-marks.js';

const BEFORE_FIGURES = ['start', 'end', 'sizeBytes', 'segment', 'permissions', 'offset', 'device', 'inode', 'path'];
const BEHIND_FIGURES = ['VmFlags', 'owner', 'marks', 'rule'];

/**
 * A line for each mapping, ascending by address, with every amount of smaps in bytes under the kernel's name (`RssBytes`; `THPeligible` is
 * none). Addresses and offsets are hexadecimal. What is not told is an empty cell. docs/cli-map.md.
 */
export function* mapCsv({ table, classes }: MapSnapshot): Generator<string> {
  const names = Object.keys(table.figures);
  const isBare = (name: string): boolean => BARE_FIGURES.has(name) || table.bare?.includes(name) === true;
  yield csvLine([...BEFORE_FIGURES, ...names.map((name) => csvText(isBare(name) ? name : `${name}Bytes`)), ...BEHIND_FIGURES]);
  for (let row = 0; row < table.length; row++) {
    yield csvLine([
      hex(table.start[row]!),
      hex(table.end[row]!),
      csvNumber(table.end[row]! - table.start[row]!),
      SEGMENTS[classes.segment[row]!] ?? '',
      permissionsText(table.permissions[row]!),
      hex(table.offset[row]!),
      csvText(textAt(table.device, row)),
      csvText(textAt(table.inode, row)),
      csvText(textAt(table.path, row)),
      ...names.map((name) => csvNumber(table.figures[name]![row])),
      csvText(textAt(table.flags, row)),
      csvText(textAt(classes.owner, row)),
      markNames(classes.marks[row]!).join(' '),
      RULES[classes.rule[row]!]?.[0] ?? '',
    ]);
  }
}

const hex = (address: number): string => (Number.isNaN(address) ? '' : `0x${addressText(address)}`);
