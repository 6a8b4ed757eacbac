import { RULES } from '../insight/map/rules.js';
import { MAP_FILE_FORMAT, MAP_FILE_VERSION, type MapSnapshot } from '../model/map-snapshot.js';
import { addressText, permissionsText, textAt } from '../model/map-table.js';
import { MARKS, SEGMENTS } from '../model/segment.js';

/** A map as one JSON object, a line for each mapping; amounts are bytes, addresses are hexadecimal texts. docs/formats/map.md. */
export function* mapJson(snapshot: MapSnapshot): Generator<string> {
  const { table, classes, ...facts } = snapshot;
  const head = JSON.stringify({
    format: MAP_FILE_FORMAT,
    version: MAP_FILE_VERSION,
    ...facts,
    ...(table.bare === undefined ? {} : { bare: table.bare }),
  });
  const names = Object.keys(table.figures);
  yield `${head.slice(0, -1)},"regions":[`;
  for (let row = 0; row < table.length; row++) {
    const figures = Object.fromEntries(
      names.flatMap((name) => {
        const value = table.figures[name]?.[row];
        return value === undefined || Number.isNaN(value) ? [] : [[name, value]];
      }),
    );
    const owner = textAt(classes.owner, row);
    const flags = textAt(table.flags, row);
    const marks = Object.entries(MARKS).flatMap(([mark, bit]) => ((classes.marks[row] ?? 0) & bit ? [mark] : []));
    const region = {
      start: `0x${addressText(table.start[row] ?? 0)}`,
      end: `0x${addressText(table.end[row] ?? 0)}`,
      permissions: permissionsText(table.permissions[row] ?? 0),
      ...(Number.isNaN(table.offset[row] ?? Number.NaN) ? {} : { offset: table.offset[row] }),
      device: textAt(table.device, row),
      inode: textAt(table.inode, row),
      path: textAt(table.path, row),
      ...(flags === '' ? {} : { flags }),
      segment: SEGMENTS[classes.segment[row] ?? 0],
      rule: RULES[classes.rule[row] ?? 0]?.[0],
      ...(marks.length === 0 ? {} : { marks }),
      ...(owner === '' ? {} : { owner }),
      figures,
    };
    yield `${JSON.stringify(region)}${row < table.length - 1 ? ',' : ''}`;
  }
  yield ']}';
}
