import type { ProcessEntry } from '../../../../src/protocol/trends.js';

export const MIB = 2 ** 20;

/** A process with everything known. */
export function entry(pid: number, fields: Partial<ProcessEntry> = {}): ProcessEntry {
  return {
    pid,
    startTicks: 1,
    id: `${pid}:1`,
    parent: 1,
    command: 'program',
    commandLine: '/usr/bin/program --port=80',
    state: 'S',
    uid: 1000,
    user: 'ada',
    cgroup: '/user.slice',
    kernelThread: false,
    vsz: 100 * MIB,
    rss: 20 * MIB,
    pss: 12 * MIB,
    uss: 10 * MIB,
    swap: 0,
    threads: 2,
    minorFaultsPerSecond: 1.5,
    majorFaultsPerSecond: 0,
    memPercent: 1,
    watched: false,
    ...fields,
  };
}

/** A process whose smaps_rollup may not be read. */
export function unreadable(pid: number, fields: Partial<ProcessEntry> = {}): ProcessEntry {
  const { pss, uss, swap, ...rest } = entry(pid, fields);
  return { ...rest, rollupUnknown: 'permission' };
}

export function kernelThread(pid: number): ProcessEntry {
  const { pss, uss, swap, ...rest } = entry(pid, { command: 'kswapd0', commandLine: '', rss: 0, vsz: 0, kernelThread: true });
  return { ...rest, rollupUnknown: 'no-memory-map' };
}
