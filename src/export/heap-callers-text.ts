import { type CallerNode, CallerTree } from '../insight/heap/callers.js';
import { frameText } from '../insight/heap/frame-name.js';
import { wholeOf } from '../insight/heap/sums.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { amountsOf } from './heap-amounts.js';
import { type TextColumnOf, tableLines } from './text-table.js';

/** Callers that made less than this share of the whole are not shown, nor those beyond the depth. */
const LEAST_SHARE = 0.01;
const DEEPEST = 12;

interface CallerOptions {
  readonly measure: number;
  /** So many frames that allocate. */
  readonly most: number;
  readonly width?: number;
}

interface CallerRow {
  readonly node: CallerNode;
  readonly depth: number;
}

/** The frames that allocate, the largest first, and below each of them who called it. */
export function* callerLines(profile: HeapProfile, { measure, most, width }: CallerOptions): Generator<string> {
  const values = profile.self[measure]!;
  const callers = new CallerTree(profile.tree, values);
  // Of a difference the sum of changes in both directions is the whole.
  const least = wholeOf(values.map(Math.abs)) * LEAST_SHARE;
  const rows: CallerRow[] = [];
  const add = (node: CallerNode, depth: number): void => {
    rows.push({ node, depth });
    if (depth >= DEEPEST) return;
    for (const caller of callers.callers(node)) if (Math.abs(caller.value) >= least) add(caller, depth + 1);
  };
  for (const root of callers.roots().slice(0, most)) add(root, 0);
  const amounts = amountsOf(profile, measure);
  const columns: readonly TextColumnOf<CallerRow>[] = [
    { title: 'ALLOCATED', text: ({ node }) => amounts(node.value)[0], right: true },
    { title: '', text: ({ node }) => amounts(node.value)[1], right: true },
    { title: 'BY', text: ({ node, depth }) => `${'  '.repeat(depth)}${frameText(profile, node.frame)}` },
  ];
  yield* tableLines(columns, rows, width);
}
