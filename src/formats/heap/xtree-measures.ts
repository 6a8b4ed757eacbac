import { ownValue } from '../../base/own-value.js';
import type { HeapMeasure } from '../../model/heap-profile.js';

/** An event of Valgrind's execution trees, of each node by itself. */
export interface XtreeEvent {
  /** `curB`. */
  readonly name: string;
  /** `currently allocated Bytes`; '' when it was not told. */
  readonly title: string;
  readonly self: Float64Array;
}

export interface XtreeMeasures {
  readonly measures: readonly HeapMeasure[];
  readonly self: readonly Float64Array[];
  readonly chief: number;
}

const KNOWN: Readonly<Record<string, HeapMeasure>> = {
  curB: { quantity: 'live', unit: 'bytes' },
  curBk: { quantity: 'live', unit: 'count' },
  totB: { quantity: 'total', unit: 'bytes' },
  totBk: { quantity: 'total', unit: 'count' },
};
/** Every block is of one kind of leak; DB holds what is lost together with a block, too, and DIB says how much of it that is. */
const LEAKED_BYTES = [
  ['RB', 1],
  ['PB', 1],
  ['IB', 1],
  ['DB', 1],
  ['DIB', -1],
] as const;
const LEAKED_BLOCKS = [
  ['RBk', 1],
  ['PBk', 1],
  ['IBk', 1],
  ['DBk', 1],
] as const;

/**
 * The measures of the events that `--xtree-memory` and `--xtree-leak` write (valgrind(1), "Execution Trees"). Of a leak report: what is live
 * in sum, the kinds of leaks by their titles, and what has changed since the report before (events `iRB`…, `dRB`…) as growth.
 */
export function xtreeMeasures(events: readonly XtreeEvent[]): XtreeMeasures {
  const byName = new Map(events.map((event) => [event.name, event]));
  const measures: HeapMeasure[] = [];
  const self: Float64Array[] = [];
  const add = (measure: HeapMeasure, column: Float64Array): void => {
    measures.push(measure);
    self.push(column);
  };
  /** The sum of events, each with its sign; absent when one is missing. */
  const sum = (parts: readonly (readonly [string, number])[]): Float64Array | undefined => {
    const columns = parts.map(([name, sign]) => ({ column: byName.get(name)?.self, sign }));
    const total = new Float64Array(columns[0]?.column?.length ?? 0);
    for (const { column, sign } of columns) {
      if (column === undefined) return undefined;
      for (const [node, value] of column.entries()) total[node]! += sign * value;
    }
    return total;
  };
  const changed = (parts: readonly (readonly [string, number])[]): Float64Array | undefined =>
    sum([
      ...parts.map(([name, sign]) => [`i${name}`, sign] as const),
      ...parts.map(([name, sign]) => [`d${name}`, -sign] as const),
    ]);

  const bytes = sum(LEAKED_BYTES);
  const blocks = sum(LEAKED_BLOCKS);
  if (bytes !== undefined) add({ quantity: 'live', unit: 'bytes' }, bytes);
  if (blocks !== undefined) add({ quantity: 'live', unit: 'count' }, blocks);
  const growth = bytes === undefined ? undefined : changed(LEAKED_BYTES);
  const more = blocks === undefined ? undefined : changed(LEAKED_BLOCKS);
  // The first report has nothing before it: all is new.
  const isFirst =
    growth?.every((value, node) => value === bytes?.[node]) === true &&
    more?.every((value, node) => value === blocks?.[node]) === true;
  if (growth !== undefined && !isFirst) add({ quantity: 'growth', unit: 'bytes' }, growth);
  if (more !== undefined && !isFirst) add({ quantity: 'growth', unit: 'count' }, more);
  for (const { name, title, self: column } of events) {
    if (growth !== undefined && /^[id][A-Z]/.test(name)) continue;
    const known = ownValue(KNOWN, name);
    add(known ?? { quantity: 'other', unit: unitOf(name), name: title === '' ? name : title }, column);
  }
  const lost = events.find(({ name }) => name === 'DB');
  const chief =
    growth !== undefined && !isFirst ? growth : lost?.self.some((value) => value > 0) === true ? lost.self : undefined;
  return { measures, self, chief: Math.max(0, chief === undefined ? 0 : self.indexOf(chief)) };
}

const unitOf = (name: string): HeapMeasure['unit'] => (/Bk$/.test(name) ? 'count' : 'bytes');
