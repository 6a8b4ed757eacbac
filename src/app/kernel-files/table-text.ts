import type { Cancel } from '../../base/cancel.js';
import { slabText, vmallocText } from '../../export/kernel-tables.js';
import type { Symbolizer } from '../symbols/symbolizer.js';
import type { OpenedFile } from './open-file.js';

export type OpenedTable = Extract<OpenedFile, { kind: 'vmallocinfo' | 'slabinfo' }>;

/** A table of a kernel's memory in words, all of its rows; callers with their lines, where `symbols` has the kernel's files. What it could not tell is said at its end. */
export async function tableText(
  opened: OpenedTable,
  name: string,
  symbols: Pick<Symbolizer, 'placesOfCallers'> | undefined,
  cancel: Cancel,
): Promise<string> {
  const options = { name, verbose: true, unread: opened.unread };
  if (opened.kind === 'slabinfo') return [...slabText(opened.table, options)].join('');
  const found = await symbols?.placesOfCallers(opened.table.callers, cancel);
  const lines = [...vmallocText(opened.table, (caller) => found?.places.get(caller), options)];
  return [...lines, ...(found?.notes ?? []).map(({ text }) => `\n${text}\n`)].join('');
}
