import type { MeminfoField } from '../model/sample.js';
import { colonLines } from './colon-line.js';

/** /proc/meminfo (proc_meminfo(5)), in its order; fields of vendors' kernels too. Of a name that comes twice the first counts. */
export function parseMeminfo(text: string): readonly MeminfoField[] {
  const fields = new Map<string, MeminfoField>();
  for (const line of colonLines(text)) if (!fields.has(line.name)) fields.set(line.name, line);
  return [...fields.values()];
}

/** The table that kernels up to 2.5 print above the fields; it says nothing that they do not. */
const OLD_TABLE = /^(?:\s+total:\s+used:|(?:Mem|Swap):(?:\s+\d+){3,})/;

/** Lines of which `parseMeminfo` tells nothing: that are no field, or one that was told before with another value. */
export function unreadMeminfo(text: string): number {
  const told = new Map<string, number>();
  let fields = 0;
  let lines = 0;
  for (const { name, value } of colonLines(text)) {
    if ((told.get(name) ?? value) === value) fields++;
    told.set(name, told.get(name) ?? value);
  }
  for (const line of text.split('\n')) if (line.trim() !== '' && !OLD_TABLE.test(line)) lines++;
  return lines - fields;
}
