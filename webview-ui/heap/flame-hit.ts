import { type FlameGraph, type FlameSight, rowAt } from './flame-graph.js';
import { walkRow } from './flame-walk.js';

/** What lies at a point: a box, or boxes that are drawn as one, from `first` to before `behind`. */
export type FlameHit =
  | { readonly kind: 'box'; readonly box: number }
  | { readonly kind: 'run'; readonly first: number; readonly behind: number };

export function flameHit(graph: FlameGraph, sight: FlameSight, x: number, y: number): FlameHit | undefined {
  const row = rowAt(graph, sight, y);
  if (row < 0 || row >= graph.boxes.rows.length - 1) return undefined;
  let hit: FlameHit | undefined;
  walkRow(graph.boxes, row, sight.span, sight.width, {
    box: (box, left, right) => {
      if (left <= x && x < right) hit = { kind: 'box', box };
    },
    run: (first, behind, left, right) => {
      if (hit === undefined && Math.floor(left) <= x && x < Math.ceil(right))
        hit = behind - first === 1 ? { kind: 'box', box: first } : { kind: 'run', first, behind };
    },
  });
  return hit;
}
