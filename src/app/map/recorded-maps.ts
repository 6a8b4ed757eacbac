import { LineSplitter } from '../../base/lines.js';
import type { Bytes } from '../../base/units.js';
import { RecordedMapReader } from '../../formats/recorded-map.js';
import { LONGEST_LINE, RecordingReader } from '../../formats/recording.js';
import type { MapNote, MapSnapshot } from '../../model/map-snapshot.js';
import { processId } from '../../model/process.js';
import type { RecordedProcess } from '../recorded-trends.js';
import { chooseMoments, RecordedMoments } from './recorded-moments.js';
import { knownClasses } from './told-classes.js';

/** A list of moments that can be read, and what live mode may hold in memory, too. */
const MOST: { readonly count: number; readonly bytes: Bytes } = { count: 240, bytes: 96 << 20 };

export interface RecordedMaps {
  /** Oldest first. */
  readonly snapshots: readonly MapSnapshot[];
  /** The user's words for those that were marked. */
  readonly labels: ReadonlyMap<MapSnapshot, string>;
}

/** Kinds that are of use here; of a long recording these are few lines among many. */
const OF_USE = /"(?:map|process|format)"/;

/**
 * The maps that a recording holds of a process; `chunks` is its text once more. Of more than can be held at once some are left
 * out, and a note says so.
 */
export async function readRecordedMaps(
  chunks: AsyncIterable<string>,
  process: Pick<RecordedProcess, 'id' | 'key' | 'command' | 'maps'>,
  most = MOST,
): Promise<RecordedMaps> {
  const chosen = new Set(chooseMoments(process.maps, most));
  const leftOut = process.maps.length - chosen.size;
  const notes: readonly MapNote[] = leftOut === 0 ? [] : [{ code: 'moments-left-out', count: leftOut }];
  const snapshots: MapSnapshot[] = [];
  const labels = new Map<MapSnapshot, string>();
  const readers = new Map<number, RecordedMapReader>();
  let found = 0;
  const moments = new RecordedMoments(() => found++);
  const nothing = (): void => undefined;
  const reader = new RecordingReader({
    header: () => {
      readers.clear();
      moments.clear();
    },
    process: (of, name) => {
      const { key, command } = process;
      if (processId(name) !== process.id) readers.delete(of);
      else if (!readers.has(of)) readers.set(of, new RecordedMapReader({ kind: 'process', target: '', process: key, command }));
    },
    map: (of, line) => {
      const maps = readers.get(of);
      if (maps === undefined) return undefined;
      const before = found;
      moments.take(of, line);
      if (maps.take(line) === 'map' && found > before && chosen.has(before)) {
        const { facts, table, told } = maps.map();
        const snapshot = { ...facts, notes: [...facts.notes, ...notes], table, classes: knownClasses(table, told, facts.bits) };
        snapshots.push(snapshot);
        const label = process.maps[before]?.label;
        if (label !== undefined) labels.set(snapshot, label);
      }
      return undefined;
    },
    machine: nothing,
    sample: () => true,
    gap: nothing,
    exit: nothing,
    event: nothing,
  });
  const lines = new LineSplitter((line) => {
    if (OF_USE.test(line)) reader.push(`${line}\n`);
  }, LONGEST_LINE);
  for await (const chunk of chunks) lines.push(chunk);
  lines.end();
  reader.end();
  return { snapshots: snapshots.sort((one, other) => one.at - other.at), labels };
}
