import type { Theme } from '../shared/theme.js';
import type { FlameChoices } from './flame-bar.js';
import { CallersSource } from './flame-callers.js';
import type { FlameGraph } from './flame-graph.js';
import { type FlameBoxes, type FlameOrder, layOutFlame } from './flame-layout.js';
import { flameLooks, foundLook } from './flame-looks.js';
import { rankNames } from './flame-rank.js';
import { type FoundBoxes, findBoxes } from './flame-search.js';
import { type FlameSource, topDownSource } from './flame-source.js';
import type { ShownHeap } from './heap-model.js';

/** What is drawn of a profile. Nothing of `old` that is still right is worked out again: its boxes are the same object then. */
export function flameGraph(data: ShownHeap, choices: FlameChoices, theme: Theme, old: FlameGraph | undefined): FlameGraph {
  const { colour, foldsRecursion, form, order } = choices;
  const kept = old !== undefined && hasSource(old, data, foldsRecursion) ? old : undefined;
  const source = kept?.source ?? (data.direction === 'bottom-up' ? new CallersSource(data) : topDownSource(data, foldsRecursion));
  const isLaidOut = kept !== undefined && kept.order === order && kept.boxes.boxOf.length === source.tree.length;
  const boxes = isLaidOut ? kept.boxes : boxesOf(data, source, order);
  const found = isLaidOut && kept.data.search === data.search ? kept.found : find(data, source, boxes);
  const rowHeight = Math.max(16, Math.round(theme.fontSize * 1.4));
  const shape = {
    data,
    source,
    boxes,
    order,
    form,
    colour,
    foldsRecursion,
    names: new Map(),
    rowHeight,
    ...(found && { found }),
  };
  const isColoured = isLaidOut && kept.theme === theme && kept.colour === colour && kept.data.system === data.system;
  return isColoured ? { ...shape, theme, looks: kept.looks, foundLook: kept.foundLook } : inTheme(shape, theme);
}

/** With the boxes that its source has made since. */
export function grownGraph(graph: FlameGraph): FlameGraph {
  const { data, order, source, theme } = graph;
  const boxes = boxesOf(data, source, order);
  const found = find(data, source, boxes);
  return inTheme({ ...graph, boxes, ...(found && { found }) }, theme);
}

/** In the colours of a theme. */
export function inTheme(graph: Omit<FlameGraph, 'looks' | 'foundLook' | 'theme'>, theme: Theme): FlameGraph {
  const looks = flameLooks(graph.data, graph.source, graph.colour, theme);
  return { ...graph, looks, foundLook: foundLook(theme), theme };
}

const hasSource = ({ data, foldsRecursion }: FlameGraph, next: ShownHeap, folds: boolean): boolean =>
  data.profile.tree === next.profile.tree &&
  data.self === next.self &&
  data.direction === next.direction &&
  (foldsRecursion === folds || next.direction === 'bottom-up');

const boxesOf = ({ nameOf, profile }: ShownHeap, { sums, tree }: FlameSource, order: FlameOrder): FlameBoxes =>
  layOutFlame(tree, sums.wide, order, () => rankNames(profile.frames.length, nameOf));

const find = ({ search }: ShownHeap, { tree }: FlameSource, boxes: FlameBoxes): FoundBoxes | undefined =>
  search === undefined ? undefined : findBoxes(boxes, tree.frame, search.frames);
