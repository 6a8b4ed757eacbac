import { formatBytes } from '../base/units.js';
import { measureOf } from '../insight/measures.js';
import type { Unit } from '../model/measure.js';
import { isGrowth, VERDICT_NAMES, type Verdict } from '../model/verdict.js';
import { displayWidth } from './display-width.js';

/** A value of a live line: `age` is how old it is, in milliseconds. */
interface LineValue {
  readonly id: string;
  readonly value: number;
  readonly ageMs: number;
}

/** Values that are older say so; some are read every few seconds only. */
const FRESH_TICKS = 2;
const FRESH_MS = 5500;

/** `RSS 14.2 MiB`; a value of an earlier tick says how old it is. */
export function valueText({ id, value, ageMs }: LineValue, tickMs: number): string {
  const { label, unit } = measureOf(id);
  const age = ageMs > Math.max(FRESH_MS, FRESH_TICKS * tickMs) ? ` (${Math.round(ageMs / 1000)} s ago)` : '';
  // The labels of rates end with the unit.
  return `${label.replace(/\/s$/, '')} ${amountText(value, unit)}${age}`;
}

function amountText(value: number, unit: Unit): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(Math.round(value));
    case 'bytes-per-second':
      return `${formatBytes(Math.round(value))}/s`;
    case 'percent':
      return `${value.toFixed(1)} %`;
    case 'per-second':
      return `${value < 10 && value > 0 ? value.toFixed(1) : Math.round(value)}/s`;
    case 'address':
      return `0x${value.toString(16)}`;
    case 'count':
      return Number.isInteger(value) ? String(value) : value.toFixed(2);
  }
}

/** `growing: USS +14 MiB/h`. */
export function verdictShort({ state, ratePerHour, measure, unit }: Verdict): string {
  if (!isGrowth(state) || ratePerHour === undefined) return VERDICT_NAMES[state];
  const rate = unit === 'bytes' ? formatBytes(Math.round(ratePerHour)) : String(Math.round(ratePerHour));
  return `${VERDICT_NAMES[state]}: ${measureOf(measure).label} +${rate}/h`;
}

/** The parts that fit into `width` cells, the first ones first: a line that wraps can't be written over. */
export function fitParts(parts: readonly string[], width: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (displayWidth(longer) > width) break;
    line = longer;
  }
  return line;
}
