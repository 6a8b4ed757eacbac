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

/** `40 s`, `12 min`, `1 h 40 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  if (ms < 1.5 * MINUTE) return `${Math.max(1, Math.round(ms / SECOND))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const rest = Math.round(ms / HOUR);
  return rest % 24 === 0 ? `${rest / 24} d` : `${Math.floor(rest / 24)} d ${rest % 24} h`;
}
