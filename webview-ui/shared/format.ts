import { DAY, formatBytes, HOUR, MINUTE, type Milliseconds, SECOND } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';

/** The sign that is as wide as a plus. */
const MINUS = '\u2212';

/** `1.5 MiB`, `1,204`, `12.5 %`, `0.3/s`, `4 KiB/s`, `0x55d0c2a1f000`. */
export function formatValue(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const text = magnitude(size, unit);
  return value < 0 && text !== magnitude(0, unit) ? MINUS + text : text;
}

/** Like `formatBytes`, but always with a decimal, so that the units of a column are lined up: `2.0 GiB`, `378.1 MiB`, `27 bytes`. */
export const formatSize = (bytes: number): string => formatBytes(Math.round(bytes)).replace(/^(\d+) (?=[KMGTP]iB)/, '$1.0 ');

/** `+1.5 MiB`, `−3`, `0 bytes`. */
export function formatChange(value: number, unit: Unit): string {
  // Two addresses are some bytes apart.
  const apart = unit === 'address' ? 'bytes' : unit;
  const text = formatValue(value, apart);
  return value > 0 && text !== magnitude(0, apart) ? `+${text}` : text;
}

/** `12 %`, `0.4 %`, `< 0.1 %`; empty where there is no whole. */
export function formatShare(part: number, whole: number | undefined): string {
  if (whole === undefined || !(whole > 0)) return '';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(percent < 9.95 && percent !== 0 ? 1 : 0)} %`;
}

/** `0.4 s`, `45 s`, `2 min 5 s`, `1 h 20 min`, `3 d 4 h`: two units at most. */
export function formatDuration(duration: Milliseconds): string {
  if (duration < 950) return `${(duration / SECOND).toFixed(1)} s`;
  if (duration < MINUTE - 500) return `${Math.round(duration / SECOND)} s`;
  const pair = (large: Milliseconds, largeName: string, small: Milliseconds, smallName: string) => {
    const smalls = Math.round(duration / small);
    const perLarge = large / small;
    const rest = smalls % perLarge;
    return `${Math.floor(smalls / perLarge)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
  };
  if (duration < HOUR - SECOND / 2) return pair(MINUTE, 'min', SECOND, 's');
  if (duration < DAY - MINUTE / 2) return pair(HOUR, 'h', MINUTE, 'min');
  return pair(DAY, 'd', HOUR, 'h');
}

const clock = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clockShort = formatter({ hour: '2-digit', minute: '2-digit' });
const day = formatter({ month: 'short', day: 'numeric' });

/** `14:05:09`, in the user's time zone; with the day before it where more than a day is shown: `3 Mar 14:05:09`. */
export function formatMoment(at: Milliseconds, shown: Milliseconds = 0): string {
  return shown >= DAY ? `${day(at)} ${clock(at)}` : clock(at);
}

/** The label of a tick on a time axis whose ticks lie `step` apart. */
export function formatTimeTick(at: Milliseconds, step: Milliseconds): string {
  if (step < SECOND) return `${clock(at)}.${Math.floor((at % SECOND) / 100)}`;
  if (step < MINUTE) return clock(at);
  const date = new Date(at);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  return step >= DAY || midnight ? day(at) : clockShort(at);
}

const UNIT_NAMES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** The label of a tick on a value axis: as many decimals as the step needs, so that no two ticks read alike. */
export function formatAxis(value: number, step: number, largest: number, unit: Unit): string {
  if (value === 0) return '0';
  let divisor = 1;
  let name: string = unit === 'percent' ? ' %' : unit === 'per-second' ? '/s' : '';
  if (unit === 'bytes' || unit === 'bytes-per-second') {
    let power = Math.min(UNIT_NAMES.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, largest)) / 10)));
    // Rather 8,004 KiB than 7.8164 MiB.
    while (power > 0 && decimalsOf(step / 1024 ** power) > 2) power--;
    divisor = 1024 ** power;
    name = ` ${UNIT_NAMES[power]}${unit === 'bytes' ? '' : '/s'}`;
  } else if (unit !== 'percent' && largest >= 10_000) {
    const millions = largest >= 10_000_000;
    divisor = millions ? 1e6 : 1e3;
    name = `${millions ? 'M' : 'k'}${name}`;
  }
  const decimals = decimalsOf(step / divisor);
  const text = Math.abs(value / divisor).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return `${value < 0 ? MINUS : ''}${text}${name}`;
}

function magnitude(size: number, unit: Unit): string {
  if (unit === 'bytes') return formatSize(size);
  if (unit === 'bytes-per-second') return `${formatSize(size)}/s`;
  if (unit === 'address') return `0x${Math.round(size).toString(16)}`;
  if (unit === 'percent') return `${size.toFixed(size < 99.95 && size >= 0.05 ? 1 : 0)} %`;
  const decimals = size < 99.95 && !Number.isInteger(size) ? 1 : 0;
  const text = size.toLocaleString('en-US', { maximumFractionDigits: decimals });
  return unit === 'per-second' ? `${text}/s` : text;
}

function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 4; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled)) return decimals;
  }
  return 4;
}

function formatter(options: Intl.DateTimeFormatOptions): (at: Milliseconds) => string {
  const format = new Intl.DateTimeFormat('en-GB', { ...options, hourCycle: 'h23' });
  return (at) => format.format(at);
}
