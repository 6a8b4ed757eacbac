import type { MapDiff } from '../../src/model/map-diff.js';
import { AMOUNTS, type Amount } from '../../src/model/map-table.js';
import type { GridColumn } from '../shared/grid-shape.js';
import { AMOUNT_LABELS } from './changes-words.js';

export type ChangeColumnId = 'what' | 'address' | 'permissions' | Amount | 'growth' | 'match';

export interface ChangeColumn extends GridColumn {
  readonly id: ChangeColumnId;
  readonly width: number;
}

const column = (id: ChangeColumnId, label: string, width: number, unit: string, definition: string): ChangeColumn => ({
  id,
  label,
  width,
  unit,
  definition,
});

const WHAT = column('what', 'Region', 230, 'text', 'what has become of it, its segment, and its name');
const ADDRESS = column('address', 'Address', 200, 'text', 'where it lies now; of one that is gone, where it lay');
const PERMISSIONS = column('permissions', 'Permissions', 112, 'text', 'before and now, where they are others');
const GROWTH = column('growth', 'Growth', 150, 'growth', 'over all readings, and on average a second');
const MATCH = column('match', 'Known Again by', 300, 'text', 'why it is taken for the same region, and whether that is a guess');
const CHANGES = Object.fromEntries(
  AMOUNTS.map((amount) => [
    amount,
    column(amount, AMOUNT_LABELS[amount], 92, 'bytes', 'how much it has changed; sorted by how much, up or down'),
  ]),
) as Readonly<Record<Amount, ChangeColumn>>;

/** Of the first column where there is little room: some amounts must be seen beside it. */
export const NARROW_FIRST = 150;

/** Always shown where it is told at all; the others only where something has changed in them. */
const USUAL: ReadonlySet<Amount> = new Set(['size', 'rss', 'pss', 'uss', 'swap']);

/** Those that have something to tell here. */
export function changeColumns({ changes, total }: MapDiff, hasGrowth: boolean): readonly ChangeColumn[] {
  const amounts = AMOUNTS.filter((amount) =>
    USUAL.has(amount)
      ? total[amount] !== undefined || changes.some(({ delta }) => delta[amount] !== undefined)
      : changes.some(({ delta }) => (delta[amount] ?? 0) !== 0),
  );
  return [WHAT, ...amounts.map((amount) => CHANGES[amount]), ...(hasGrowth ? [GROWTH] : []), PERMISSIONS, ADDRESS, MATCH];
}
