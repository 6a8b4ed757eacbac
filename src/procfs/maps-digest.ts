import type { MapsDigest } from '../model/process.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
/** `[heap]`, backwards. */
const PAEH = [0x5d, 0x70, 0x61, 0x65, 0x68, 0x5b] as const;

/**
 * Counts the mappings of /proc/PID/maps (proc_pid_maps(5)) and finds the heap of brk(2), which the kernel shows as several lines when
 * parts of it differ. Only line ends are searched: the maps of a large process have megabytes.
 */
export function digestMaps(bytes: Uint8Array): MapsDigest {
  let vmas = 0;
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (let from = 0; from < bytes.length; ) {
    let to = bytes.indexOf(NEWLINE, from);
    if (to < 0) to = bytes.length;
    const next = to + 1;
    if (to > from && bytes[to - 1] === RETURN) to--;
    if (to > from) vmas++;
    if (endsWithHeap(bytes, from, to)) {
      const range = heapRange(bytes, from, to);
      if (range !== undefined) {
        start = Math.min(start, range.start);
        end = Math.max(end, range.end);
      }
    }
    from = next;
  }
  return end > start ? { vmas, heap: { start, end } } : { vmas };
}

function endsWithHeap(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from <= PAEH.length || bytes[to - 1] !== PAEH[0]) return false;
  for (let i = 1; i < PAEH.length; i++) if (bytes[to - 1 - i] !== PAEH[i]) return false;
  return true;
}

/** The addresses of a line whose whole name is `[heap]`: `START-END PERMISSIONS OFFSET DEVICE INODE   [heap]`. A file's path may end alike. */
function heapRange(bytes: Uint8Array, from: number, to: number): { start: number; end: number } | undefined {
  let at = from;
  for (let field = 0; field < 5; field++) {
    while (at < to && bytes[at] !== SPACE) at++;
    while (at < to && bytes[at] === SPACE) at++;
  }
  if (to - at !== PAEH.length) return undefined;
  const [start, second] = hexadecimal(bytes, from, to);
  if (second === from || bytes[second] !== 0x2d) return undefined;
  const [end, third] = hexadecimal(bytes, second + 1, to);
  return third === second + 1 ? undefined : { start, end };
}

/** The number, and where it ends. */
function hexadecimal(bytes: Uint8Array, from: number, to: number): readonly [number, number] {
  let value = 0;
  let at = from;
  for (; at < to; at++) {
    const byte = bytes[at] as number;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  return [value, at];
}
