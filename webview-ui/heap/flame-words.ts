import { visibleText } from '../../src/base/visible-text.js';
import { framePlace } from '../../src/insight/heap/frame-name.js';
import { countWords, measureTitle } from '../../src/insight/heap/measure-words.js';
import { formatShare } from '../shared/format.js';
import { boxName, type FlameGraph } from './flame-graph.js';
import { rowOf } from './flame-layout.js';

/** What is told of a box, in words and figures. */
export interface FlameFacts {
  readonly name: string;
  /** `src/list.c:42`; empty where it is not told. */
  readonly place: string;
  readonly module: string;
  readonly isInlined: boolean;
  readonly total: string;
  readonly self: string | undefined;
  /** `45 % of the whole`, and of the zoomed box where one is; empty where there is nothing to be a share of. */
  readonly shares: readonly string[];
}

export function factsOf(graph: FlameGraph, box: number, focus: number): FlameFacts {
  const { boxes, data, source } = graph;
  const { profile, amount } = data;
  const { frames, texts } = profile;
  const node = boxes.node[box]!;
  const frame = source.tree.frame[node]!;
  const own = source.selfOf(node);
  const other = otherUnit(graph, node);
  const { hasLess } = source.sums;
  const of = hasLess ? 'of all that changed' : 'of the whole';
  const shares = box === 0 ? [] : [`${formatShare(boxes.width[box]!, boxes.width[0])} ${of}`];
  if (focus !== 0 && focus !== box && boxes.start[box]! >= boxes.start[focus]! && rowOf(boxes, box) > rowOf(boxes, focus))
    shares.push(`${formatShare(boxes.width[box]!, boxes.width[focus])} of ${boxName(graph, focus)}`);
  return {
    name: boxName(graph, box),
    place: box === 0 ? '' : visibleText(framePlace(profile, frame)),
    module: box === 0 ? '' : visibleText(texts[frames.module[frame]!] ?? ''),
    isInlined: box !== 0 && frames.inlined[frame] === 1,
    total: [amount(source.sums.total[node]!), ...other.map(({ total }) => total)].join(', '),
    self: own === undefined ? undefined : [amount(Number.isNaN(own) ? 0 : own), ...other.map(({ self }) => self)].join(', '),
    shares,
  };
}

/** Of bytes the blocks (or pages), of blocks the bytes, where the profile tells both of the same; else empty. */
function otherUnit({ data, source }: FlameGraph, node: number): { total: string; self: string }[] {
  const { measures, self } = data.profile;
  const shown = measures[data.measure];
  const at = source.inProfile(node);
  const other = measures.findIndex(
    ({ quantity, unit, name }) => quantity === shown?.quantity && name === shown.name && unit !== shown.unit,
  );
  if (at === undefined || other < 0 || shown?.quantity === 'other') return [];
  const words = (value: number): string => {
    const amount = data.amountOf(other, value);
    const measure = measures[other]!;
    return measure.unit === 'count' ? `${amount} ${countWords(measure)[amount === '1' ? 0 : 1]}` : amount;
  };
  const own = self[other]![at]!;
  return [{ total: words(data.totalsOf(other)[at]!), self: words(Number.isNaN(own) ? 0 : own) }];
}

/** What a screen reader is told of a box. */
export function boxWords(graph: FlameGraph, box: number, focus: number): string {
  const { name, place, module, isInlined, total, self, shares } = factsOf(graph, box, focus);
  const { firstChild } = graph.boxes;
  const count = firstChild[box + 1]! - firstChild[box]!;
  const below = graph.data.direction === 'bottom-up' ? 'callers' : 'callees';
  return [
    name,
    ...(isInlined ? ['inlined'] : []),
    ...(place === '' ? (module === '' ? [] : [module]) : [place]),
    `total ${total}`,
    ...(self === undefined ? [] : [`self ${self}`]),
    ...shares,
    count === 0 ? `no ${below}` : count === 1 ? `1 ${below.slice(0, -1)}` : `${count.toLocaleString('en-US')} ${below}`,
  ].join(', ');
}

/** `live, bytes: 12 MiB, of leaky; grow alone, 45 % of the whole`: the title of a picture. */
export function graphTitle(graph: FlameGraph, focus: number): string {
  const { boxes, data, source } = graph;
  const { profile, measure } = data;
  const title = profile.measures[measure];
  const part = focus === 0 ? '' : `; ${boxName(graph, focus)}, ${formatShare(boxes.width[focus]!, boxes.width[0])} of it`;
  const whose = profile.command === undefined ? '' : `, of ${visibleText(profile.command)}`;
  const from = data.direction === 'bottom-up' ? ', seen from what allocates' : '';
  return `${title === undefined ? '' : `${measureTitle(title)}: `}${data.amount(source.sums.total[0]!)}${whose}${from}${part}`;
}

/** `3 boxes found, 45 % of the whole`; the part that each share of is seen with others is counted once. */
export function foundWords({ boxes, found, source }: FlameGraph): string {
  if (found === undefined) return '';
  const { count, covered } = found;
  if (count === 0) return 'No box is found';
  const of = source.sums.hasLess ? 'of all that changed' : 'of the whole';
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'box' : 'boxes'} found, ${formatShare(covered, boxes.width[0])} ${of}`;
}

/** What stands above the drawing: how much, and what was found. */
export function summaryWords(graph: FlameGraph): string {
  const { boxes, data, source } = graph;
  const { hasLess, total } = source.sums;
  const rows = boxes.rows.length - 2;
  const parts = [
    data.amount(total[0]!),
    // Seen from below, what is too narrow to be seen is not made.
    ...(data.direction === 'bottom-up' ? [] : [`${rows.toLocaleString('en-US')} ${rows === 1 ? 'frame' : 'frames'} deep`]),
    ...(hasLess ? ['a width is what became more and what became less, added'] : []),
    ...(graph.found === undefined ? [] : [foundWords(graph)]),
  ];
  return parts.join(' · ');
}
