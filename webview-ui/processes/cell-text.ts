import { formatBytes, formatCount, type Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { VERDICT_NAMES } from '../../src/model/verdict.js';
import type { ProcessEntry, RowGrowth } from '../../src/protocol/trends.js';
import { formatDuration, formatSize } from '../shared/format.js';
import { type ColumnId, type ColumnSpec, columnOf } from './columns.js';
import { whyUnknown } from './why-unknown.js';

/** Stands where a value is not known. */
export const DASH = '–';

// A formatter that is made anew for each number costs more than the rest of a row.
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** A number or text in a cell. Process ids are names: they get no thousands separator. */
export function formatCell(column: ColumnSpec, value: number | string): string {
  if (typeof value === 'string') return visibleText(value);
  if (column.id === 'pid') return `${value}`;
  switch (column.unit) {
    case 'bytes':
      return value === 0 ? '0' : formatSize(value);
    case 'percent':
      return `${value.toFixed(1)} %`;
    case 'per-second':
      return value < 100 ? tenths.format(value) : whole.format(value);
    default:
      return whole.format(value);
  }
}

export function cellText(column: ColumnSpec, entry: ProcessEntry): string {
  if (column.id === 'command') return commandName(entry);
  if (column.id === 'growth') return growthText(entry.growth);
  const value = column.value(entry);
  return value === undefined ? DASH : formatCell(column, value);
}

/** Kernel threads in brackets, as ps(1) writes them. */
export const commandName = ({ command, kernelThread }: ProcessEntry): string =>
  kernelThread ? `[${visibleText(command)}]` : visibleText(command);

/** With a decimal only below `whole`: a sum has no room for more, and a rate deserves no more. `3.6 MiB`, `410 KiB`. */
export function roundedBytes(bytes: number, whole = 100): string {
  const power = Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const unit = 1024 ** power;
  return formatBytes(bytes / unit < whole - 0.05 ? Math.round(bytes) : Math.round(bytes / unit) * unit);
}

/** `+14 MiB/h`. */
export function growthRate({ ratePerHour }: RowGrowth): string {
  if (ratePerHour === undefined) return '';
  const size = roundedBytes(Math.abs(ratePerHour), 10);
  return `${ratePerHour < 0 ? '\u2212' : ratePerHour > 0 ? '+' : ''}${size}/h`;
}

const growthText = (growth: RowGrowth | undefined): string =>
  growth ? [growthRate(growth), VERDICT_NAMES[growth.state]].filter((part) => part !== '').join(' ') : DASH;

const ROLLUP_COLUMNS: readonly ColumnId[] = ['uss', 'pss', 'swap'];

/** What the pointer over a cell, or a screen reader on it, is told beside the value. `now`: epoch milliseconds. */
export function cellNote(column: ColumnId, entry: ProcessEntry, now: Milliseconds): string {
  const { value, label, unit } = columnOf(column);
  if (column === 'command') return commandNote(entry);
  if (column === 'growth') return entry.growth ? visibleText(entry.growth.text) : whyUnknown(entry, column);
  const known = value(entry);
  if (known === undefined) return `${label}: ${whyUnknown(entry, column)}`;
  if (unit === 'text') return visibleText(`${known}`);
  const exact = unit === 'bytes' ? `${label}: ${formatCount(Number(known), 'byte')}` : `${label}: ${known}`;
  if (!ROLLUP_COLUMNS.includes(column) || entry.rollupAt === undefined) return exact;
  return `${exact}, read ${formatDuration(Math.max(0, now - entry.rollupAt))} ago`;
}

function commandNote(entry: ProcessEntry): string {
  const { pid, commandLine, kernelThread } = entry;
  const name = `${commandName(entry)} (${pid})`;
  if (kernelThread) return `${name}\nKernel thread`;
  return commandLine === undefined || commandLine === '' ? name : `${name}\n${visibleText(commandLine)}`;
}
