import { formatBytes } from '../../base/units.js';
import type { OomCulprit, OomLargePart } from './oom-culprits.js';

/** What it is, and what to do next. */
const PARTS: Readonly<Record<OomLargePart, readonly [what: string, next: string]>> = {
  shared: [
    'was shared memory and files of tmpfs',
    'A kill gives back only what nobody else holds: files of tmpfs and segments stay. Look at the tmpfs mounts and at /proc/sysvipc/shm.',
  ],
  slabUnreclaimable: [
    'was objects of the kernel that can’t be reclaimed',
    'A kill gives back little of it. Look at /proc/slabinfo, twice, and at kmemleak.',
  ],
  slab: ['was objects of the kernel', 'Look at /proc/slabinfo, twice: which cache grows.'],
  hugePages: ['was set aside as huge pages', 'Nothing else can use them: lower vm.nr_hugepages by what is free of them.'],
  zspages: [
    'was compressed memory of zram or zswap',
    'It is swap that takes RAM: programs held a multiple of it. Limit zram (mem_limit), or what is swapped.',
  ],
  gpu: ['was held by graphics drivers', 'Look at drm-memory in /proc/PID/fdinfo: which program has so many objects.'],
  balloon: [
    'was taken by the balloon for the hypervisor',
    'From inside nothing gives it back: the machine needs more memory from outside.',
  ],
  pageTables: [
    'was page tables',
    'Many processes that map the same large memory make them so: huge pages for it make them small.',
  ],
  kernelStacks: ['was kernel stacks, one for each thread', 'Look at the processes by threads.'],
  unexplained: [
    'is in no counter of the report',
    'Drivers that take pages directly, vmalloc, per-CPU data: mark and compare System Memory while it grows.',
  ],
};

/** One or two sentences with the numbers. */
export function oomCulpritText(culprit: OomCulprit): string {
  const { bytes, whole } = culprit;
  const amount = `${formatBytes(bytes)} of ${formatBytes(whole)} (${percent(bytes, whole)})`;
  switch (culprit.code) {
    case 'part': {
      const [what, next] = PARTS[culprit.part];
      const cache = culprit.cache === undefined ? '' : `, the most in the cache ${culprit.cache}`;
      return `${amount} ${what}${cache}. ${next}`;
    }
    case 'locked':
      return `${amount} could not be reclaimed at all: locked by mlock(2), or of ramfs. Look at VmLck of the processes.`;
    case 'unwritten':
      return `${amount} waited to be written to storage, and can’t be dropped before. Lower vm.dirty_bytes, or slow down what writes.`;
    case 'many':
      return `${culprit.count} tasks named ${culprit.name} held ${culprit.isExact ? '' : 'up to '}${amount} together, none of them more than ${formatBytes(culprit.most)}: it is their number${culprit.isExact ? '' : '. What they share is counted for each'}.`;
    case 'little':
      return `${culprit.name} (${culprit.pid}) itself held ${amount} only: its end alone does not cure the shortage.`;
  }
}

const percent = (bytes: number, whole: number): string => `${((bytes / whole) * 100).toFixed(1)} %`;
