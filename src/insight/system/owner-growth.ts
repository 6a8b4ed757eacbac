import type { Bytes } from '../../base/units.js';
import type { OwnerGrowth, SystemState } from '../../model/system-state.js';

type Amounts = ReadonlyMap<string, Bytes>;

/**
 * What each owner holds more (or less) in the second state, the largest change first: processes by PSS (RSS where that is all), tmpfs mounts, files in memory, System V segments and dma-bufs. What only one
 * of the states tells as a whole is not compared.
 */
export function ownerGrowth(before: SystemState, after: SystemState): readonly OwnerGrowth[] {
  const lines = [
    ...compared('process', processes(before, after), processes(after, before)),
    ...compared('mount', mounts(before), mounts(after)),
    ...compared('file', files(before), files(after)),
    ...compared('segment', segments(before), segments(after)),
    ...compared('dma-buf', buffers(before), buffers(after)),
  ];
  return lines.sort((one, other) => Math.abs(other.change) - Math.abs(one.change) || other.change - one.change);
}

/** By pid and name, for a number may be given again. In one measure: PSS where both states tell it of the process, or it has come or gone. */
function processes({ owners }: SystemState, other: SystemState): Amounts | undefined {
  if (owners.processes === undefined) return undefined;
  const there = new Map((other.owners.processes?.rows ?? []).map((row) => [key(row), row]));
  return new Map(
    owners.processes.rows.flatMap((row) => {
      const twin = there.get(key(row));
      const bytes = twin !== undefined && twin.pss === undefined ? row.rss : (row.pss ?? row.rss);
      return bytes === undefined ? [] : [[key(row), bytes]];
    }),
  );
}

const key = ({ pid, name }: { readonly pid: number; readonly name: string }): string => `${name} (${pid})`;

function mounts({ owners }: SystemState): Amounts | undefined {
  const known = owners.mounts?.flatMap(({ mountPoint, used }) => (used === undefined ? [] : [[mountPoint, used] as const]));
  return known === undefined ? undefined : new Map(known);
}

function files({ owners }: SystemState): Amounts | undefined {
  // Of a list that was cut, what is missing may be there.
  if (owners.files === undefined || owners.filesLeftOut !== undefined) return undefined;
  return added(owners.files.map(({ kind, path, bytes }) => [kind === 'deleted' ? `${path} (deleted)` : path, bytes]));
}

function segments({ facts }: SystemState): Amounts | undefined {
  if (facts.shm === undefined) return undefined;
  return added(facts.shm.map(({ id, resident, size }) => [String(id), resident ?? size]));
}

function buffers({ owners }: SystemState): Amounts | undefined {
  if (owners.dmaBufs === undefined) return undefined;
  return added(
    owners.dmaBufs.map(({ exporter = '?', name, bytes }) => [name === undefined ? exporter : `${exporter}: ${name}`, bytes]),
  );
}

function added(rows: readonly (readonly [name: string, bytes: Bytes])[]): Amounts {
  const sums = new Map<string, Bytes>();
  for (const [name, bytes] of rows) sums.set(name, (sums.get(name) ?? 0) + bytes);
  return sums;
}

function compared(kind: OwnerGrowth['kind'], before: Amounts | undefined, after: Amounts | undefined): readonly OwnerGrowth[] {
  if (before === undefined || after === undefined) return [];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): readonly OwnerGrowth[] => {
    const [one = 0, other = 0] = [before.get(name), after.get(name)];
    if (one === other) return [];
    const news = !before.has(name) ? 'new' : !after.has(name) ? 'gone' : undefined;
    return [{ kind, name, before: one, after: other, change: other - one, ...(news === undefined ? {} : { news }) }];
  });
}
