import { RULES } from '../insight/map/rules.js';
import { mapTotals } from '../insight/map/totals.js';
import type { MapFinding } from '../model/map-diff.js';
import { MAP_FILE_FORMAT, MAP_FILE_VERSION, type MapSnapshot } from '../model/map-snapshot.js';
import { addressText, permissionsText, textAt } from '../model/map-table.js';
import { SEGMENTS } from '../model/segment.js';
import { markNames } from './map-marks.js';

export interface MapJsonOptions {
  /** `memlens 1.2.0` */
  readonly tool?: string;
  /** What the map means; absent: nobody has judged it. */
  readonly findings?: readonly MapFinding[];
}

/**
 * A map as one JSON object, a line for each mapping; amounts are bytes, addresses and offsets are hexadecimal texts. docs/formats/map.md.
 * `totals`, `findings` and the sizes of mappings are for other programs: they follow from the rest.
 */
export function* mapJson(snapshot: MapSnapshot, { tool, findings }: MapJsonOptions = {}): Generator<string> {
  const { table, classes, ...facts } = snapshot;
  const { whole, bySegment } = mapTotals(snapshot);
  const head = JSON.stringify({
    format: MAP_FILE_FORMAT,
    version: MAP_FILE_VERSION,
    ...(tool === undefined ? {} : { tool }),
    ...facts,
    ...(table.bare === undefined ? {} : { bare: table.bare }),
    totals: { whole, bySegment },
    ...(findings === undefined ? {} : { findings }),
  });
  const names = Object.keys(table.figures);
  yield `${head.slice(0, -1)},"regions":[\n`;
  for (let row = 0; row < table.length; row++) {
    const start = table.start[row]!;
    const end = table.end[row]!;
    const offset = table.offset[row]!;
    const figures: Record<string, number> = {};
    for (const name of names) {
      const value = table.figures[name]![row]!;
      if (!Number.isNaN(value)) figures[name] = value;
    }
    const owner = textAt(classes.owner, row);
    const flags = textAt(table.flags, row);
    const marks = markNames(classes.marks[row]!);
    const region = {
      start: hex(start),
      end: hex(end),
      size: end - start,
      permissions: permissionsText(table.permissions[row]!),
      ...(Number.isNaN(offset) ? {} : { offset: hex(offset) }),
      device: textAt(table.device, row),
      inode: textAt(table.inode, row),
      path: textAt(table.path, row),
      ...(flags === '' ? {} : { flags }),
      segment: SEGMENTS[classes.segment[row]!],
      rule: RULES[classes.rule[row]!]?.[0],
      ...(marks.length === 0 ? {} : { marks }),
      ...(owner === '' ? {} : { owner }),
      figures,
    };
    yield `${JSON.stringify(region)}${row < table.length - 1 ? ',' : ''}\n`;
  }
  yield ']}\n';
}

const hex = (address: number): string => `0x${addressText(address)}`;
