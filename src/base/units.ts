/** A size in bytes. */
export type Bytes = number;
/** A duration in milliseconds. */
export type Milliseconds = number;

export const SECOND: Milliseconds = 1000;
export const MINUTE: Milliseconds = 60 * SECOND;
export const HOUR: Milliseconds = 60 * MINUTE;
export const DAY: Milliseconds = 24 * HOUR;

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1 byte`, `27 bytes`, `12 KiB`, `1.5 MiB`: IEC units, at most one decimal, exact below 1 KiB. */
export function formatBytes(bytes: Bytes): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  let value = bytes;
  let unit = -1;
  do {
    value /= 1024;
    unit++;
    // 1023.96 KiB would be shown as 1024 KiB: go on to the next unit.
  } while (value >= 1023.95 && unit < UNITS.length - 1);
  return `${value.toFixed(1).replace(/\.0$/, '')} ${UNITS[unit]}`;
}

/** `1 block`, `1,500 blocks`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
