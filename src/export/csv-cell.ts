/**
 * Text as a cell of a CSV file (RFC 4180). A spreadsheet would run a cell that begins like a formula: such a text gets a `'` in front.
 * Cells with a separator of any locale are quoted.
 */
export function csvText(text: string): string {
  const safe = /^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A number as a cell, with a point as decimal separator; empty for one that is not known. */
export function csvNumber(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '' : String(value);
}

/** Lines end with CRLF (RFC 4180, 2.1). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}
