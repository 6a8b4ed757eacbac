import { visibleText } from '../../src/base/visible-text.js';
import type { InsideItem, ItemGroup, ShownSystem, SystemItem } from '../../src/protocol/system.js';
import { formatShare, formatValue } from '../shared/format.js';

/** A bar of the waterfall. Places and lengths are shares of the whole width, 0 to 1. */
export interface WaterfallRow {
  /** Of the item; of what is inside, `applications/anonHugePages`. */
  readonly id: string;
  readonly kind: 'total' | 'part' | 'inside' | 'unexplained';
  readonly group: ItemGroup | 'total';
  readonly label: string;
  readonly from: number;
  readonly length: number;
  /** Of what is inside: the part that it is drawn in. */
  readonly frame?: { readonly from: number; readonly length: number };
  readonly amount: string;
  readonly share: string;
  /** What a screen reader says. */
  readonly name: string;
  readonly item?: SystemItem;
  readonly inside?: InsideItem;
}

/** Which bars there are. */
export interface WaterfallChoice {
  /** What is inside of the parts, too. */
  readonly inside: boolean;
  /** What is told and nothing, too. */
  readonly zeros: boolean;
}

/** All bars from MemTotal down. Each part begins where the one before it ends; what is inside of a part is drawn in it, and moves nothing. */
export function waterfallRows({ total, items }: ShownSystem, { inside, zeros }: WaterfallChoice): readonly WaterfallRow[] {
  if (total === undefined) return [];
  const parts = items.filter(({ id }) => id !== 'unexplained');
  const sum = parts.reduce((all, { bytes }) => all + bytes, 0);
  // When something is counted twice the parts are longer than the whole.
  const width = Math.max(total, sum);
  const labels = new Map<string, string>(items.map(({ id, label }) => [id, label]));
  const rows: WaterfallRow[] = [
    {
      id: 'total',
      kind: 'total',
      group: 'total',
      label: 'MemTotal',
      from: 0,
      length: total / width,
      amount: formatValue(total, 'bytes'),
      share: '',
      name: `MemTotal: ${formatValue(total, 'bytes')}`,
    },
  ];
  let at = 0;
  for (const item of parts) {
    if (zeros || item.bytes > 0) rows.push(partRow(item, at / width, item.bytes / width, total));
    if (inside) {
      const reaches = (of: readonly string[]): number =>
        parts.filter(({ id }) => of.includes(id)).reduce((all, { bytes }) => all + bytes, 0);
      for (const one of item.inside) {
        if (zeros || one.bytes > 0) rows.push(insideRow(item, one, at, Math.max(one.bytes, reaches(one.of)), width, labels));
      }
    }
    at += item.bytes;
  }
  const rest = items.find(({ id }) => id === 'unexplained');
  // A negative rest is drawn over the end of the parts, which go beyond the whole.
  if (rest !== undefined) rows.push(restRow(rest, Math.min(sum, total) / width, Math.abs(rest.bytes) / width, total));
  return rows;
}

function partRow(item: SystemItem, from: number, length: number, total: number): WaterfallRow {
  const amount = formatValue(item.bytes, 'bytes');
  const share = formatShare(item.bytes, total);
  return {
    id: item.id,
    kind: 'part',
    group: item.group,
    label: item.label,
    from,
    length,
    amount,
    share,
    name: `${item.label}: ${amount}, ${share} of MemTotal`,
    item,
  };
}

function insideRow(
  part: SystemItem,
  inside: InsideItem,
  at: number,
  reach: number,
  width: number,
  labels: ReadonlyMap<string, string>,
): WaterfallRow {
  const amount = formatValue(inside.bytes, 'bytes');
  const of = inside.of.map((id) => labels.get(id) ?? id);
  const together = of.length > 1 ? `${of.slice(0, -1).join(', ')} and ${of.at(-1)} together` : of[0];
  const share = formatShare(inside.bytes, of.length > 1 ? undefined : part.bytes);
  return {
    id: `${part.id}/${inside.id}`,
    kind: 'inside',
    group: part.group,
    label: inside.label,
    from: at / width,
    length: inside.bytes / width,
    frame: { from: at / width, length: (of.length > 1 ? reach : Math.max(part.bytes, inside.bytes)) / width },
    amount,
    share: share === '' ? '' : `${share} of it`,
    name: `${inside.label}: ${amount}, inside ${together}, counted there already`,
    item: part,
    inside,
  };
}

function restRow(item: SystemItem, from: number, length: number, total: number): WaterfallRow {
  const amount = formatValue(item.bytes, 'bytes');
  const share = formatShare(Math.abs(item.bytes), total);
  const sign = item.bytes < 0 ? '\u2212' : '';
  return {
    id: item.id,
    kind: 'unexplained',
    group: 'unexplained',
    label: item.label,
    from,
    length,
    amount,
    share: item.bytes === 0 ? share : sign + share,
    name: `${visibleText(item.label)}: ${amount}, ${sign}${share} of MemTotal`,
    item,
  };
}

/** The parts that are told and are nothing, as they are called. */
export const zeroParts = ({ items }: ShownSystem): readonly string[] =>
  items.flatMap(({ id, bytes, label }) => (bytes === 0 && id !== 'unexplained' ? [label] : []));
