import type { Bytes } from '../base/units.js';
import { MACHINE_PARTS, type MachinePartId } from '../model/measure.js';
import type { SystemSample } from '../model/sample.js';
import { anonymousTerms, hugePageBytes, meminfoMap } from './meminfo-terms.js';

export interface MachinePart {
  readonly id: MachinePartId;
  readonly bytes: Bytes;
}

/**
 * Where the machine's memory is, in stacking order: parts that do not overlap and add up to exactly MemTotal. A part that the kernel does
 * not tell is left out, and its memory is in `otherKernel`, the rest. Empty without a MemTotal. The formula, and what it can't know:
 * docs/formats/meminfo.md.
 */
export function machineParts(sample: SystemSample): readonly MachinePart[] {
  const fields = meminfoMap(sample.meminfo);
  const total = fields.get('MemTotal');
  if (total === undefined || total <= 0) return [];

  const shmem = fields.get('Shmem');
  const cached = fields.get('Cached');
  const pageTables = fields.get('PageTables');
  const parts: Partial<Record<MachinePartId, Bytes | undefined>> = {
    applications: anonymous(fields),
    shared: shmem,
    pageCache: cached === undefined ? undefined : Math.max(0, cached - (shmem ?? 0)),
    buffers: fields.get('Buffers'),
    slabReclaimable: fields.get('SReclaimable'),
    slabUnreclaimable: fields.get('SUnreclaim'),
    pageTables: pageTables === undefined ? undefined : pageTables + (fields.get('SecPageTables') ?? 0),
    kernelStacks: fields.get('KernelStack'),
    hugePages: hugePageBytes(fields),
    free: fields.get('MemFree'),
  };
  let told = 0;
  for (const id of MACHINE_PARTS) {
    const bytes = parts[id];
    if (bytes === undefined) continue;
    // No part is larger than the whole, whatever a broken field says: the sums below stay exact.
    parts[id] = Math.min(bytes, total);
    told += Math.min(bytes, total);
  }

  // The lists per CPU are read a moment later than meminfo: pages that went over in between must not be counted twice.
  const perCpuFree = Math.min(sample.perCpuFree ?? 0, Math.max(0, total - told));
  if (parts.free !== undefined) {
    parts.free += perCpuFree;
    told += perCpuFree;
  }
  if (told > total) shrink(parts, told - total);
  else parts.otherKernel = total - told;
  parts.otherKernel ??= 0;

  return MACHINE_PARTS.flatMap((id) => {
    const bytes = parts[id];
    return bytes === undefined ? [] : [{ id, bytes }];
  });
}

/** What is only in the swap cache is the applications', too. */
function anonymous(fields: ReadonlyMap<string, number>): Bytes | undefined {
  const { mapped, unmappedSwapCache } = anonymousTerms(fields);
  return mapped === undefined ? undefined : mapped + unmappedSwapCache;
}

/**
 * Takes what was told twice from the largest parts: the counters are summed up over the CPUs at slightly different moments, and kernels of
 * vendors count some memory in two fields. The largest part is the one that changes least by it.
 */
function shrink(parts: Partial<Record<MachinePartId, Bytes | undefined>>, excess: Bytes): void {
  let rest = excess;
  const largestFirst = MACHINE_PARTS.filter((id) => parts[id] !== undefined).sort((a, b) => (parts[b] ?? 0) - (parts[a] ?? 0));
  for (const id of largestFirst) {
    const taken = Math.min(rest, parts[id] ?? 0);
    parts[id] = (parts[id] ?? 0) - taken;
    rest -= taken;
  }
}
