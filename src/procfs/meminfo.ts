import type { MeminfoField } from '../model/sample.js';
import { colonLines } from './colon-line.js';

/** /proc/meminfo (proc_meminfo(5)), in its order; fields of vendors' kernels too. Of a name that comes twice the first counts. */
export function parseMeminfo(text: string): readonly MeminfoField[] {
  const fields = new Map<string, MeminfoField>();
  for (const line of colonLines(text)) if (!fields.has(line.name)) fields.set(line.name, line);
  return [...fields.values()];
}
