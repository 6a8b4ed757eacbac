import type { Unit } from '../../src/model/measure.js';
import type { Source } from '../../src/protocol/trends.js';
import { AVAILABLE } from './memory-frame.js';

export interface ChartPlan {
  readonly id: string;
  readonly title: string;
  readonly measures: readonly string[];
  /** Of all of them. */
  readonly unit: Unit;
  readonly fromZero: boolean;
  /** The axis goes up to it, in the unit of the measures. */
  readonly atLeast: number;
  /** The user has added the lines. */
  readonly removable: boolean;
}

const SMALL: readonly { id: string; title: string; measures: readonly string[]; atLeast: number }[] = [
  { id: 'swap', title: 'Swap', measures: ['swap.used'], atLeast: 2 ** 20 },
  { id: 'pressure', title: 'Pressure', measures: ['psi.some10', 'psi.full10'], atLeast: 1 },
  { id: 'faults', title: 'Page faults', measures: ['vm.faults'], atLeast: 10 },
  { id: 'major', title: 'Major page faults', measures: ['vm.majorFaults'], atLeast: 2 },
  { id: 'swapping', title: 'Swap traffic', measures: ['vm.swapIn', 'vm.swapOut'], atLeast: 16_384 },
];

/** The memory itself, what the user has added, then the small ones of which this kernel tells something. */
export function chartPlans(source: Source, added: readonly string[]): readonly ChartPlan[] {
  const has = new Map(source.measures.map((measure) => [measure.id, measure]));
  const plan = (id: string, title: string, wanted: readonly string[], atLeast: number, own = false): ChartPlan => {
    const measures = wanted.filter((one) => has.has(one));
    return {
      id,
      title,
      measures,
      unit: has.get(measures[0] ?? '')?.unit ?? 'count',
      atLeast,
      // A field that the user has added is looked at for its changes.
      fromZero: !own,
      removable: own,
    };
  };
  const parts = source.measures.filter(({ id }) => id.startsWith('part.')).map(({ id }) => id);
  const addedOf = (unit: string) => added.filter((id) => has.get(id)?.unit === unit);
  return [
    plan('memory', 'Memory', [...parts, AVAILABLE], 0),
    plan('added-bytes', 'Fields of meminfo', addedOf('bytes'), 0, true),
    plan('added-counts', 'Counts of meminfo', addedOf('count'), 0, true),
    ...SMALL.map(({ id, title, measures, atLeast }) => plan(id, title, measures, atLeast)),
  ].filter(({ measures }) => measures.length > 0);
}
