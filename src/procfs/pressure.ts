import type { Pressure, PressureLine } from '../model/sample.js';

/** /proc/pressure/memory (kernel doc: accounting/psi; Linux 4.20). Undefined without a `some` line. */
export function parsePressure(text: string): Pressure | undefined {
  const some = line(text, 'some');
  const full = line(text, 'full');
  if (some === undefined) return undefined;
  return full === undefined ? { some } : { some, full };
}

function line(text: string, name: 'some' | 'full'): PressureLine | undefined {
  const pattern =
    /^(some|full) avg10=(\d{1,9}(?:\.\d{1,6})?) avg60=(\d{1,9}(?:\.\d{1,6})?) avg300=(\d{1,9}(?:\.\d{1,6})?) total=(\d{1,20})\s*$/gm;
  for (const [, which, avg10, avg60, avg300, total] of text.matchAll(pattern)) {
    if (which !== name) continue;
    return { avg10: Number(avg10), avg60: Number(avg60), avg300: Number(avg300), totalMicroseconds: Number(total) };
  }
  return undefined;
}
