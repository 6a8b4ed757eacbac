import type { SystemFacts } from '../../../../src/model/machine-accounting.js';
import { parseMeminfo } from '../../../../src/procfs/meminfo.js';
import { parseSlabinfo } from '../../../../src/procfs/slabinfo.js';
import { parseVmallocinfo } from '../../../../src/procfs/vmallocinfo.js';
import { parseVmstat } from '../../../../src/procfs/vmstat.js';
import { parseZoneinfo } from '../../../../src/procfs/zoneinfo.js';
import { textOf } from '../../procfs/fixture.js';
import { meminfoOf } from '../machine-sample.js';

export { KIB } from '../machine-sample.js';

/** Fields in KiB. */
export const factsOf = (fields: Readonly<Record<string, number>>, more: Partial<SystemFacts> = {}): SystemFacts => ({
  meminfo: meminfoOf(fields),
  ...more,
});

export const onlyMeminfo = (folder: string): SystemFacts => ({ meminfo: parseMeminfo(textOf(`linux/${folder}/meminfo`)) });

/** Linux 6.18, everything that root may read. */
export const rootFacts = (): SystemFacts => ({
  ...onlyMeminfo('6.18-root'),
  zones: parseZoneinfo(textOf('linux/6.18-root/zoneinfo')).rows,
  vmalloc: parseVmallocinfo(textOf('linux/6.18-root/vmallocinfo')).rows,
  slab: parseSlabinfo(textOf('linux/6.18-root/slabinfo')).rows,
  counters: parseVmstat(textOf('linux/6.18-root/vmstat')),
});

export const umlFacts = (): SystemFacts => ({
  ...onlyMeminfo('6.1-uml'),
  pageSize: 4096,
  vmalloc: parseVmallocinfo(textOf('linux/6.1-uml/vmallocinfo')).rows,
  slab: parseSlabinfo(textOf('linux/6.1-uml/slabinfo')).rows,
});
