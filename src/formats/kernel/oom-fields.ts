import type { OomField } from '../../model/oom.js';

const PAIR = /([A-Za-z_][A-Za-z0-9_-]*(?:\([a-z]+\))?): ?(\d{1,18})([kK]B)?(?![\w.])/g;
/** PAGE_COUNTER_MAX and its forerunners in KiB: on 32 bits, and on 64 bits whatever the size of a page. */
const NO_LIMIT_32 = 8589934588;
const NO_LIMIT_64 = 9007199254000000;

export interface Pair {
  readonly name: string;
  readonly value: number;
  readonly isKib: boolean;
}

/** `name:12kB name:3` of a line, from `at` on. */
export function pairsOf(text: string, at = 0): readonly Pair[] {
  const pairs: Pair[] = [];
  PAIR.lastIndex = at;
  for (let told = PAIR.exec(text); told !== null; told = PAIR.exec(text)) {
    const [, name = '', value = '', unit] = told;
    pairs.push({ name, value: Number(value), isKib: unit !== undefined });
  }
  return pairs;
}

export const kibField = ({ name, value, isKib }: Pair): OomField =>
  isKib ? { name, value: value * 1024, unit: 'bytes' } : { name, value, unit: 'count' };

/** KiB as bytes; undefined for what the kernel prints when there is no limit. */
export const limitOf = (kib: number): number | undefined => (kib >= NO_LIMIT_64 || kib === NO_LIMIT_32 ? undefined : kib * 1024);

/** What the same amount is in bytes and in pages tells the size of a page; undefined: it is none that there is. */
export function pageSizeOf(bytes: number, pages: number): number | undefined {
  const size = pages > 0 ? bytes / pages : 0;
  return PAGE_SIZES.includes(size) ? size : undefined;
}

/** 4 KiB to 256 KiB. */
const PAGE_SIZES = Array.from({ length: 7 }, (_, at) => 4096 * 2 ** at);
