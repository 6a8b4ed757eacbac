import type { TableText } from '../model/system-owners.js';

/** The lines that end, without their ends. The last one, when no line end follows, may be cut: it is not among them, and `cut` says so. */
export function wholeLines(text: string): { readonly lines: readonly string[]; readonly cut: boolean } {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return { lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)), cut: last.trim() !== '' };
}

/** A row for each line; `null` for a line that is none (a header, an empty one), undefined for one that is not understood. */
export function readTable<Row>(text: string, read: (line: string) => Row | null | undefined): TableText<Row> {
  const { lines, cut } = wholeLines(text);
  const rows: Row[] = [];
  let unread = cut ? 1 : 0;
  for (const line of lines) {
    const row = line.trim() === '' ? null : read(line);
    if (row === undefined) unread++;
    else if (row !== null) rows.push(row);
  }
  return { rows, unread };
}
