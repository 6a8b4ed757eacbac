import type { Measure } from '../model/measure.js';
import { MACHINE_MEASURES, MEMINFO_LINK } from './machine-measures.js';
import { MEMINFO_DEFINITIONS } from './meminfo-measures.js';
import { PROCESS_DESCRIPTIONS } from './process-measures.js';

/**
 * What a quantity is: of every id of model/measure.ts, and of the number columns of ProcessRow. Fields of meminfo that are not known
 * are those of a vendor's kernel, or of one newer than this text. An unknown id is its own label, and a count.
 */
export function measureOf(id: string): Measure {
  const known = MACHINE_MEASURES.get(id) ?? PROCESS_DESCRIPTIONS.get(id);
  if (known !== undefined) return { id, ...known };
  if (!id.startsWith('meminfo.')) return { id, label: id, unit: 'count', definition: `${id}, as the target tells it.` };
  const field = id.slice('meminfo.'.length);
  return {
    id,
    label: field,
    // The only lines without kB (hugetlb_report_meminfo).
    unit: field.startsWith('HugePages_') ? 'count' : 'bytes',
    definition: Object.hasOwn(MEMINFO_DEFINITIONS, field)
      ? (MEMINFO_DEFINITIONS[field] as string)
      : `The field ${field} of /proc/meminfo, which the kernel’s documentation does not describe: of this vendor’s kernel, or a newer one.`,
    link: MEMINFO_LINK,
  };
}
