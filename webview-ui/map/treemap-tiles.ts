import { type HierarchyRectangularNode, hierarchy, treemap } from 'd3-hierarchy';
import type { Group } from './treemap-groups.js';
import { mergeSmall } from './treemap-merge.js';
import { moreLabel, type Place, type Step } from './treemap-place.js';

/** A rectangle of the treemap, in CSS pixels. */
export interface Tile {
  readonly kind: 'group' | 'region' | 'more';
  /** Of the rectangle that it lies in, by its place in the list; -1: in none. */
  readonly parent: number;
  /** The regions that it stands for. */
  readonly rows: readonly number[];
  /** Bytes. */
  readonly value: number;
  /** Of a group, and of many that are drawn as one. */
  readonly label: string;
  readonly title: string;
  /** Where it leads, from the place that is shown; absent for a region. */
  readonly steps?: readonly Step[];
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Of a group: the height of the line with its name above its regions; 0 where there is no room. */
  readonly header: number;
}

type Plan = Pick<Tile, 'kind' | 'rows' | 'value' | 'label' | 'title' | 'steps'> & { readonly inner?: readonly Plan[] };

/** A region, and a group, that would get fewer pixels is drawn together with others. */
const LEAST_REGION = 64;
const LEAST_GROUP = 900;
/** On a very large page they are larger, so that drawing does not take longer. */
const MOST_TILES = 12_000;
const HEADER = 17;
const HEADED = { width: 56, height: 40 };
/** A narrower group has no edge around its regions: they would be hidden by it. */
const EDGED = 6;

/** Lays out a place: areas by amount, a group before its regions. `values`: bytes by row. */
export function tilesOf(place: Place, values: Float64Array, width: number, height: number): Tile[] {
  const room = width * height;
  if (!(room > 0)) return [];
  const least = Math.max(LEAST_REGION, room / MOST_TILES);
  const total = place.kind === 'groups' ? place.groups.reduce((sum, one) => sum + one.total, 0) : sumOf(place.rows, values);
  const plans =
    place.kind === 'groups'
      ? planGroups(place.groups, values, total, room, least)
      : planRows(place.rows, values, room, least, []);
  const whole: Plan = { kind: 'group', rows: [], value: total, label: '', title: '', inner: plans };
  const root = hierarchy(whole, ({ inner }) => inner).sum(({ inner, value }) => (inner === undefined ? value : 0));
  const edge = ({ depth, children, x0, x1, y0, y1 }: HierarchyRectangularNode<Plan>): number =>
    depth === 1 && children !== undefined && Math.min(x1 - x0, y1 - y0) >= EDGED ? 1 : 0;
  const placed = treemap<Plan>()
    .size([width, height])
    .padding(edge)
    .paddingInner(0)
    .paddingTop((node) => (node.depth === 1 ? headerOf(node) || edge(node) : 0))(root);
  const tiles: Tile[] = [];
  const put = (node: HierarchyRectangularNode<Plan>, parent: number): void => {
    const { kind, rows, value, label, title, steps } = node.data;
    const at = tiles.length;
    tiles.push({
      kind,
      parent,
      rows,
      value,
      label,
      title,
      ...(steps === undefined ? {} : { steps }),
      left: node.x0,
      top: node.y0,
      right: node.x1,
      bottom: node.y1,
      header: kind === 'group' ? headerOf(node) : 0,
    });
    for (const child of node.children ?? []) put(child, at);
  };
  for (const child of placed.children ?? []) put(child, -1);
  return tiles;
}

function headerOf({ children, x0, x1, y0, y1 }: { children?: unknown; x0: number; x1: number; y0: number; y1: number }): number {
  return children !== undefined && x1 - x0 >= HEADED.width && y1 - y0 >= HEADED.height ? HEADER : 0;
}

function planGroups(groups: readonly Group[], values: Float64Array, total: number, room: number, least: number): Plan[] {
  const { alone, runs } = mergeSmall(
    groups.map((group) => group.total),
    room,
    LEAST_GROUP,
  );
  const shown = groups.slice(0, alone).map((group): Plan => {
    const steps: Step[] = [{ kind: 'group', key: group.key }];
    return {
      kind: 'group',
      rows: group.rows,
      value: group.total,
      label: group.label,
      title: group.title,
      steps,
      inner: planRows(group.rows, values, (room * group.total) / total, least, steps),
    };
  });
  return [
    ...shown,
    ...runs.map(([from, to]) => {
      const run = groups.slice(from, to);
      return more(
        run.length,
        run.flatMap(({ rows }) => rows),
        values,
        [{ kind: 'range', from, to }],
        'Groups that are too small to be drawn alone',
      );
    }),
  ];
}

/** `steps`: from the place that is shown to the list of these rows. */
function planRows(rows: readonly number[], values: Float64Array, room: number, least: number, steps: readonly Step[]): Plan[] {
  const { alone, runs } = mergeSmall(
    Float64Array.from(rows, (row) => values[row]!),
    room,
    least,
  );
  return [
    ...rows.slice(0, alone).map((row): Plan => ({ kind: 'region', rows: [row], value: values[row]!, label: '', title: '' })),
    ...runs.map(([from, to]) =>
      more(
        to - from,
        rows.slice(from, to),
        values,
        [...steps, { kind: 'range', from, to }],
        'Regions that are too small to be drawn alone',
      ),
    ),
  ];
}

function more(count: number, rows: readonly number[], values: Float64Array, steps: readonly Step[], title: string): Plan {
  return { kind: 'more', rows, value: sumOf(rows, values), label: moreLabel(count), title, steps };
}

const sumOf = (rows: readonly number[], values: Float64Array): number => rows.reduce((sum, row) => sum + values[row]!, 0);

/** The innermost rectangle that lies there; -1: none. */
export function tileAt(tiles: readonly Tile[], x: number, y: number): number {
  for (let at = tiles.length - 1; at >= 0; at--) {
    const { left, top, right, bottom } = tiles[at]!;
    if (x >= left && x < right && y >= top && y < bottom) return at;
  }
  return -1;
}
