import { measureOf } from '../insight/measures.js';
import type { Unit } from '../model/measure.js';

const SUFFIX: Readonly<Record<Unit, string>> = {
  bytes: 'Bytes',
  count: '',
  percent: 'Percent',
  'per-second': 'PerSecond',
  'bytes-per-second': 'BytesPerSecond',
  address: 'Address',
};

export type JsonValues = { [name: string]: number | null | JsonValues };

/** Values by the ids of their measures, with the unit in the name: `ussBytes`; `part.free` is `part: { freeBytes }`. What is not known is null. */
export function jsonValues(values: Iterable<readonly [string, number | undefined]>): JsonValues {
  const json: JsonValues = {};
  const groups = new Map<string, JsonValues>();
  for (const [id, value] of values) {
    const name = `${id}${SUFFIX[measureOf(id).unit]}`;
    const dot = name.indexOf('.');
    const known = value === undefined || !Number.isFinite(value) ? null : value;
    if (dot < 0) json[name] = known;
    else {
      const prefix = name.slice(0, dot);
      const group = groups.get(prefix) ?? {};
      groups.set(prefix, group);
      json[prefix] = group;
      group[name.slice(dot + 1)] = known;
    }
  }
  return json;
}
