import type { Bytes } from '../../base/units.js';
import type { GrowthLine } from '../../model/machine-accounting.js';
import type { LeftBehind, SystemState } from '../../model/system-state.js';
import { slabGrowth, vmallocGrowth } from './diff.js';

/** Less than this comes and goes by itself. */
const LEAST: Bytes = 64 * 1024;
/** Of what came, so much at least has to stay. */
const LEAST_SHARE = 0.5;

/**
 * Slab caches and callers of vmalloc that grew while a program ran and stay larger after it has exited. A program is a process that is in a state between the two, and in neither of them; undefined
 * where there is none, or nobody tells.
 */
export function leftBehind(before: SystemState, between: readonly SystemState[], after: SystemState): LeftBehind | undefined {
  if (before.owners.processes === undefined || after.owners.processes === undefined) return undefined;
  const others = new Set([before, after].flatMap(({ owners }) => (owners.processes?.rows ?? []).map(keyOf)));
  const ended = new Map(
    between.flatMap(({ owners, readBy }) =>
      (owners.processes?.rows ?? []).flatMap((row) =>
        others.has(keyOf(row)) || row.pid === readBy ? [] : [[keyOf(row), { pid: row.pid, name: row.name }] as const],
      ),
    ),
  );
  if (ended.size === 0) return undefined;
  return {
    programs: [...ended.values()],
    lines: [slabGrowth, vmallocGrowth].flatMap((growth) => stayed(growth, before, between, after)),
  };
}

const keyOf = ({ pid, name }: { readonly pid: number; readonly name: string }): string => `${pid} ${name}`;

function stayed(
  growth: typeof slabGrowth,
  before: SystemState,
  between: readonly SystemState[],
  after: SystemState,
): LeftBehind['lines'] {
  const most = new Map<string, Bytes>();
  for (const { facts } of between) {
    for (const { name, change } of growth(before.facts, facts)) most.set(name, Math.max(change, most.get(name) ?? 0));
  }
  return growth(before.facts, after.facts).flatMap((line: GrowthLine) => {
    const came = most.get(line.name) ?? 0;
    const isLeft = came >= LEAST && line.change >= LEAST && line.change >= came * LEAST_SHARE;
    return isLeft ? [{ kind: line.kind, name: line.name, came, stays: line.change }] : [];
  });
}
