import type { MapDiff } from '../../src/model/map-diff.js';
import type { MapAmounts } from '../../src/model/map-table.js';
import type { ChangeColumn } from './changes-columns.js';
import { cellText, changeText } from './changes-row-view.js';
import type { ChangeRow } from './changes-rows.js';
import { AMOUNT_LABELS } from './changes-words.js';
import { sizeText } from './region-shape-words.js';

/** Rows as a spreadsheet takes them: cells apart by tabs, the names of the columns above; an unknown value is empty. */
export function rowsText(rows: readonly ChangeRow[], columns: readonly ChangeColumn[]): string {
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.replaceAll('\t', ' ')).join('\t');
  const known = (text: string): string => (text === '–' ? '' : text);
  return [
    line(columns.map(({ label }) => label)),
    ...rows.map((row) => line(columns.map(({ id }) => known(cellText(id, row))))),
  ].join('\n');
}

/**
 * `Size 1.0 MiB → 2.0 MiB (+1.0 MiB), RSS 40 KiB → 52 KiB (+12.0 KiB), PSS +12.0 KiB, 120 → 132 mappings (+12)`; without the sums of the later moment, the
 * changes alone.
 */
export function sumsText({ total, mappings }: MapDiff, whole: MapAmounts | undefined): string {
  const amounts = (['size', 'rss', 'pss', 'uss', 'swap'] as const).flatMap((amount) => {
    const by = total[amount];
    if (by === undefined || (by === 0 && amount === 'swap')) return [];
    const now = amount === 'size' || amount === 'rss' ? whole?.[amount] : undefined;
    const change = changeText(by);
    if (now === undefined || by === 0) return [`${AMOUNT_LABELS[amount]} ${by === 0 ? 'unchanged' : change}`];
    return [`${AMOUNT_LABELS[amount]} ${sizeText(now - by)} → ${sizeText(now)} (${change})`];
  });
  return [...amounts, mappingsText(mappings)].join(', ');
}

/** `120 → 132 mappings (+12)`, `120 mappings` */
function mappingsText({ before, after }: MapDiff['mappings']): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  if (before === after) return `${count(after)} ${after === 1 ? 'mapping' : 'mappings'}`;
  const by = after - before;
  return `${count(before)} → ${count(after)} mappings (${by > 0 ? '+' : '−'}${count(Math.abs(by))})`;
}
