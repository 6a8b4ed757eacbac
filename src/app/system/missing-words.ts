import { formatCount } from '../../base/units.js';
import { HIDDEN_PROCESSES, type MissingFile } from '../../model/system-state.js';
import type { MissingText } from '../../protocol/system.js';

/** What a kernel needs to have a file. */
const NEEDS: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/pressure/, 'The kernel needs CONFIG_PSI, and maybe psi=1 on its command line; Linux 4.20 and newer have it.'],
  [/slabinfo/, 'The kernel needs CONFIG_SLUB_DEBUG (or CONFIG_SLAB); small ones with SLOB have none.'],
  [/vmallocinfo/, 'Linux 2.6.28 and newer have it.'],
  [/buddyinfo|zoneinfo/, 'Containers and Android may hide it; look from outside.'],
  [/smaps_rollup/, 'Linux 4.14 and newer have it.'],
  [/smaps$/, 'The kernel needs CONFIG_PROC_PAGE_MONITOR; without it nothing tells PSS and USS.'],
  [/sysvipc/, 'The kernel needs CONFIG_SYSVIPC; without it there are no such segments.'],
  [/modules$/, 'A kernel without modules has none.'],
  [/swaps$/, 'A kernel without swap has none.'],
  [/zram/, 'There is no zram, or its module is not loaded.'],
  [/hugepages/, 'The kernel needs CONFIG_HUGETLBFS; without it there are no huge page pools.'],
  [/dma.?buf/i, 'The kernel needs CONFIG_DMABUF_SYSFS_STATS, or debugfs: mount -t debugfs none /sys/kernel/debug.'],
  [/cgroup/, 'The memory controller of cgroups is not mounted here, or switched off.'],
  [/sys\/kernel\/debug/, 'debugfs is not mounted: mount -t debugfs none /sys/kernel/debug.'],
];

/** Of a /proc without meminfo (the mount option of Linux 5.8). */
export const PROCESSES_ONLY =
  '/proc is mounted with subset=pid there: it has the processes and nothing of the machine. Look as a user, or from a service, that has all of /proc.';

/** What could not be read, why, and how it is got. `isLive`: a target, whose user may be another one. */
export function missingTexts(missing: readonly MissingFile[], isLive: boolean): readonly MissingText[] {
  return missing.map((file) => missingText(file, isLive));
}

function missingText({ path, why, count }: MissingFile, isLive: boolean): MissingText {
  switch (why) {
    case 'permission':
      return {
        path,
        why:
          path === HIDDEN_PROCESSES
            ? 'The processes of other users are hidden (hidepid): only root sees them.'
            : count === undefined
              ? 'Only root may read it.'
              : `Only root may read ${formatCount(count, 'of them', 'of them')}.`,
        remedy: isLive
          ? 'Let MemLens read it with a command that gives root there: the setting memlens.rootCommand, such as sudo -n.'
          : 'Save it as root.',
        needsRoot: isLive,
      };
    case 'refused':
      return {
        path,
        why: count === undefined ? 'Root was refused it.' : `Root was refused ${formatCount(count, 'of them', 'of them')}.`,
        remedy: 'Root has not all rights here, as in a container: look from outside of it.',
        needsRoot: false,
      };
    case 'absent':
      if (!path.startsWith('/')) {
        return { path, why: 'The program is not there.', remedy: 'Install it, or look as a user who has it.', needsRoot: false };
      }
      return {
        path,
        why: isLive ? 'It is not there.' : 'It was not saved.',
        remedy: absentRemedy(path, isLive),
        needsRoot: false,
      };
    case 'not-in-time':
      return {
        path,
        why:
          count === undefined
            ? 'Reading it took too long.'
            : `Reading took too long: ${formatCount(count, 'file')} of it ${count === 1 ? 'was' : 'were'} left out.`,
        remedy: 'Refresh to try it again.',
        needsRoot: false,
      };
    case 'unreadable':
      return {
        path,
        why: 'It could not be read.',
        // A program that is not there, or which failed.
        remedy: path.startsWith('/') ? `Try it by hand: cat ${path}` : `Try it by hand: ${path}`,
        needsRoot: false,
      };
    case 'report':
      return {
        path,
        why: 'It is a report, or what a profiler has written, and no part of this page.',
        remedy: 'Open it by itself: Open Memory Report…, or memlens parse.',
        needsRoot: false,
      };
    case 'not-understood':
      return count === undefined
        ? { path, why: 'Nothing of it was understood.', remedy: 'It may be a file of something else.', needsRoot: false }
        : {
            path,
            why: `${formatCount(count, 'line')} of it ${count === 1 ? 'was' : 'were'} not understood.`,
            remedy: 'All else of it is shown.',
            needsRoot: false,
          };
  }
}

function absentRemedy(path: string, isLive: boolean): string {
  if (!isLive) return `Save it with the others: cat ${path}`;
  return NEEDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'This kernel has no such file.';
}
