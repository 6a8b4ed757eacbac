/** A line `Name:   123 kB` or `Name:   123`, as meminfo, status and smaps have them. */
export interface ColonLine {
  readonly name: string;
  /** In bytes for a line in kB. */
  readonly value: number;
  readonly unit: 'bytes' | 'count';
}

/** `kB` of the kernel are 1,024 bytes (proc_meminfo(5)). */
const KIB = 1024;

/**
 * Lines with one number. Others are passed over. The last line, when no line end follows, may be cut in its number: it counts
 * only when its unit is there.
 */
export function* colonLines(text: string): Generator<ColonLine> {
  for (const match of text.matchAll(/^([^\s:][^\n:]*):[ \t]*(\d{1,20})(?:[ \t]*(kB)[ \t]*\r?$|[ \t]*\r?\n)/gm)) {
    const [, name = '', digits, unit] = match;
    const value = Number(digits);
    yield unit === undefined ? { name, value, unit: 'count' } : { name, value: value * KIB, unit: 'bytes' };
  }
}
