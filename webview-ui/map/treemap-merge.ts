/** How a list is drawn: its largest alone, the others together, in runs of neighbours in the list. */
export interface Merged {
  /** So many, from the first on, alone. */
  readonly alone: number;
  /** [from, to) of the list. */
  readonly runs: readonly (readonly [from: number, to: number])[];
}

/** A run holds about so many: then each of them is seen once the run is looked into. */
const RUN = 1000;
/** Pixels that a run needs at least where there are several. */
const RUN_AREA = 900;

/**
 * `values`: larger than 0, largest first. `room`: pixels that they share. What would get less than `least` pixels is drawn together. At least
 * one is alone, so that looking into a run always shows more than before.
 */
export function mergeSmall(values: ArrayLike<number>, room: number, least: number): Merged {
  const { length } = values;
  let total = 0;
  for (let at = 0; at < length; at++) total += values[at]!;
  const enough = (total * least) / Math.max(1, room);
  let alone = 0;
  let rest = total;
  while (alone < length && (alone === 0 || values[alone]! >= enough)) rest -= values[alone++]!;
  // One alone is as good as a tile that stands for one.
  if (length - alone <= 1) return { alone: length, runs: [] };
  const left = length - alone;
  const count = Math.max(1, Math.min(Math.ceil(left / RUN), Math.floor(((rest / total) * room) / RUN_AREA)));
  const per = Math.ceil(left / count);
  const runs: (readonly [number, number])[] = [];
  for (let from = alone; from < length; from += per) runs.push([from, Math.min(length, from + per)]);
  return { alone, runs };
}
