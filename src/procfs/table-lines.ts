import type { TableText } from '../model/system-owners.js';

/** The lines that end, without their ends. The last one, when no line end follows, may be cut: it is not among them, and `cut` says so. */
export function wholeLines(text: string): { readonly lines: readonly string[]; readonly cut: boolean } {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return { lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)), cut: last.trim() !== '' };
}

/**
 * A row for each line; `null` for a line that is none (a header, an empty one), undefined for one that is not understood. `isWhole`: of a last line without its end, whether nothing that
 * counts can be missing from it.
 */
export function readTable<Row>(
  text: string,
  read: (line: string) => Row | null | undefined,
  isWhole: (line: string) => boolean = () => false,
): TableText<Row> {
  const last = text.slice(text.lastIndexOf('\n') + 1);
  const { lines, cut } = wholeLines(last.trim() !== '' && isWhole(last) ? `${text}\n` : text);
  const rows: Row[] = [];
  let unread = 0;
  let firstUnread: number | undefined;
  for (const [at, line] of lines.entries()) {
    const row = line.trim() === '' ? null : read(line);
    if (row === undefined) {
      unread++;
      firstUnread ??= at + 1;
    } else if (row !== null) rows.push(row);
  }
  if (cut) {
    unread++;
    firstUnread ??= lines.length + 1;
  }
  return { rows, unread, ...(firstUnread === undefined ? {} : { firstUnread }) };
}
