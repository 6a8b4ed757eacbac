import type { AccountPartId } from '../../model/machine-accounting.js';
import type { ItemGroup } from '../../protocol/system.js';

/** What a part of the memory is drawn as. */
export const ITEM_GROUPS: Readonly<Record<AccountPartId, ItemGroup>> = {
  applications: 'programs',
  swapCache: 'programs',
  shared: 'shared',
  pageCache: 'cache',
  buffers: 'cache',
  slabReclaimable: 'cache',
  slabUnreclaimable: 'kernel',
  slab: 'kernel',
  kernelReclaimable: 'cache',
  vmalloc: 'kernel',
  kernelStacks: 'kernel',
  pageTables: 'kernel',
  secondaryPageTables: 'kernel',
  perCpu: 'kernel',
  hugePages: 'devices',
  cma: 'devices',
  gpu: 'devices',
  zspages: 'programs',
  zswap: 'programs',
  balloon: 'devices',
  unaccepted: 'devices',
  bounce: 'kernel',
  fuseWriteback: 'kernel',
  quicklists: 'kernel',
  corrupted: 'devices',
  perCpuFree: 'free',
  free: 'free',
};
