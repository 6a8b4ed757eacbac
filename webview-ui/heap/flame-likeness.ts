import { framePlace } from '../../src/insight/heap/frame-name.js';
import type { FlameGraph } from './flame-graph.js';
import { trailOf } from './flame-layout.js';

type Drawn = Pick<FlameGraph, 'boxes' | 'data' | 'source'>;

/** A stack in names, which are the same in a newer profile, where frames have other numbers. */
export function namesTo(drawn: Drawn, box: number): string[] {
  return trailOf(drawn.boxes, box)
    .slice(1)
    .map((one) => nameAt(drawn, one));
}

/** The box of that stack, or the last of it that is there. */
export function boxNamed(drawn: Drawn, names: readonly string[]): number {
  const { firstChild } = drawn.boxes;
  let box = 0;
  for (const name of names) {
    let next = 0;
    for (let child = firstChild[box]!; child < firstChild[box + 1]! && next === 0; child++)
      if (nameAt(drawn, child) === name) next = child;
    if (next === 0) return box;
    box = next;
  }
  return box;
}

function nameAt({ boxes, data, source }: Drawn, box: number): string {
  const frame = source.tree.frame[boxes.node[box]!]!;
  return `${data.nameOf(frame)}\n${framePlace(data.profile, frame)}`;
}
