import { formatBytes } from '../base/units.js';
import { AMOUNTS, type Amount, type MapAmounts } from '../model/map-table.js';

/** Headings, by amount. */
export const AMOUNT_TITLES: Readonly<Record<Amount, string>> = {
  size: 'VSS',
  rss: 'RSS',
  pss: 'PSS',
  uss: 'USS',
  dirty: 'DIRTY',
  swap: 'SWAP',
  locked: 'LOCKED',
  thp: 'THP',
};

/** These are nothing in most processes. */
const SELDOM: ReadonlySet<Amount> = new Set(['swap', 'locked', 'thp']);

/** The amounts that a table of this map has columns for: what is told at all, and of what is seldom there, what is not 0. */
export const amountsToShow = (whole: Partial<MapAmounts>): readonly Amount[] =>
  AMOUNTS.filter((amount) => whole[amount] !== undefined && (!SELDOM.has(amount) || whole[amount] !== 0));

/** `-`: not told. */
export function amountText(bytes: number | undefined): string {
  if (bytes === undefined || Number.isNaN(bytes)) return '-';
  return bytes === 0 ? '0' : formatBytes(bytes);
}

/** `+12 KiB` */
export function changeText(bytes: number | undefined): string {
  if (bytes === undefined || bytes === 0 || Number.isNaN(bytes)) return amountText(bytes);
  return `${bytes < 0 ? '-' : '+'}${formatBytes(Math.abs(bytes))}`;
}
