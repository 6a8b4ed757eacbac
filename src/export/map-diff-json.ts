import type { ChangedRegion, MapDiff } from '../model/map-diff.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import { addressText, permissionsText } from '../model/map-table.js';

const FORMAT = 'memlens-map-diff';
const VERSION = 1;

/** What became of each mapping, as one JSON object with a line for each change; amounts are bytes. docs/formats/map.md. */
export function* mapDiffJson(before: MapSnapshot, after: MapSnapshot, diff: MapDiff, tool: string): Generator<string> {
  const moment = ({ at, origin, form }: MapSnapshot) => ({ at, origin, form });
  const head = JSON.stringify({
    format: FORMAT,
    version: VERSION,
    tool,
    before: moment(before),
    after: moment(after),
    total: diff.total,
    mappings: diff.mappings,
  });
  yield `${head.slice(0, -1)},"changes":[\n`;
  for (const [i, { kind, match, guess, delta, was, now, before: from, after: to }] of diff.changes.entries()) {
    const change = {
      kind,
      match,
      guess,
      delta,
      ...(was === undefined ? {} : { was: region(was, from.length) }),
      ...(now === undefined ? {} : { now: region(now, to.length) }),
    };
    yield `${JSON.stringify(change)}${i < diff.changes.length - 1 ? ',' : ''}\n`;
  }
  yield ']}\n';
}

/** `mappings`: of how many the borders are; the rest is of the largest of them, but the size, which is their sum. */
const region = ({ start, end, size, segment, permissions, path, owner }: ChangedRegion, mappings: number) => ({
  start: `0x${addressText(start)}`,
  end: `0x${addressText(end)}`,
  size,
  mappings,
  segment,
  permissions: permissionsText(permissions),
  path,
  ...(owner === '' ? {} : { owner }),
});
