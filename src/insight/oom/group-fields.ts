import type { OomField, OomGroupStats } from '../../model/oom.js';

const TOTAL = 'total_';

/** Of version 1 of control groups: the fields that count the groups below it, too, by their names without `total_`; undefined: there are none. */
export function fieldsOfAll({ fields }: OomGroupStats): readonly OomField[] | undefined {
  const all = fields.filter(({ name }) => name.startsWith(TOTAL));
  return all.length === 0 ? undefined : all.map((field) => ({ ...field, name: field.name.slice(TOTAL.length) }));
}
