import { readFileSync } from 'node:fs';
import { classify } from '../../../../src/insight/map/classify.js';
import { AMOUNT_WORDS, FIGURE_WORDS } from '../../../../src/insight/map/figure-words.js';
import { FLAG_WORDS } from '../../../../src/insight/map/flag-words.js';
import { contextOfFile } from '../../../../src/insight/map/map-context.js';
import { RULES } from '../../../../src/insight/map/rules.js';
import { SEGMENT_WORDS } from '../../../../src/insight/map/segment-words.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { SEGMENTS } from '../../../../src/model/segment.js';
import { MapTextParser } from '../../../../src/procfs/map-text.js';
import type { RegionGrowth } from '../../../../src/protocol/map.js';
import type { Words } from '../../../../webview-ui/map/map-model.js';
import { RegionColumns } from '../../../../webview-ui/map/region-columns.js';
import { RegionData } from '../../../../webview-ui/map/region-data.js';

export const words: Words = {
  kind: 'hello',
  version: 1,
  saved: undefined,
  segments: SEGMENTS.map((id) => ({ id, ...SEGMENT_WORDS[id] })),
  rules: RULES.map(([id, text]) => ({ text, link: `#rule-${id}` })),
  amounts: AMOUNT_WORDS,
  figures: FIGURE_WORDS,
  flags: FLAG_WORDS,
};

/** A captured /proc/PID/smaps or maps. */
export const captured = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/6.18/${path}`, import.meta.url)).toString('latin1');

export function snapshotOf(text: string): MapSnapshot {
  const parser = new MapTextParser();
  parser.push(Buffer.from(text, 'latin1'));
  const { table, form, bits, notes } = parser.end();
  const classes = classify(table, contextOfFile(table, bits));
  return { at: 0, origin: { kind: 'file', name: 'saved' }, form, bits, pageSize: 4096, table, classes, notes };
}

/** What the table has of a map: its data, and the columns that it tells. */
export function regionsOf(text: string, growth?: RegionGrowth) {
  const data = new RegionData(words, snapshotOf(text), growth);
  const columns = new RegionColumns(words);
  return { data, columns, offered: columns.offered(data) };
}

export interface Region {
  readonly start: number;
  readonly kib?: number;
  readonly permissions?: string;
  readonly path?: string;
  /** Lines of smaps: `Rss` in KiB. Absent: a line of maps. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly flags?: string;
}

/** As the kernel writes them. */
export const smapsText = (regions: readonly Region[]): string =>
  regions
    .map(({ start, kib = 4, permissions = 'rw-p', path = '', figures, flags }) => {
      const head = `${hex(start)}-${hex(start + kib * 1024)} ${permissions} 00000000 00:00 0 ${path}\n`;
      const lines = Object.entries(figures ?? {}).map(
        ([name, value]) => `${`${name}:`.padEnd(16)}${`${value}`.padStart(8)} kB\n`,
      );
      return `${head}${lines.join('')}${flags === undefined ? '' : `VmFlags: ${flags} \n`}`;
    })
    .join('');

const hex = (value: number): string => value.toString(16).padStart(8, '0');
