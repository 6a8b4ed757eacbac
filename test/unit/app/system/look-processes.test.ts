import { describe, expect, it } from 'vitest';
import type { Command, Target } from '../../../../src/app/ports.js';
import { lookAtProcesses } from '../../../../src/app/system/look-processes.js';
import { missingTexts } from '../../../../src/app/system/missing-words.js';
import { ownerTables } from '../../../../src/app/system/owner-tables.js';
import { processesOfTexts } from '../../../../src/app/system/process-shares.js';
import { SystemLook } from '../../../../src/app/system/system-look.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok } from '../../../../src/base/result.js';
import { aState } from './a-state.js';

const NONCE = '0f8fad5b-d9cb-469f-a165-70867728950e';
const ROLLUP = `Rss: 8 kB\nPss: 6 kB\nShared_Clean: 0 kB\nShared_Dirty: 4 kB\nPrivate_Clean: 0 kB\nPrivate_Dirty: 4 kB\nSwap: 0 kB\n`;

const statusOf = (pid: number): string =>
  `Name:\tp${pid}\\n\nUid:\t${pid}\t${pid}\t0\t0\nVmRSS:\t8 kB\nVmPTE:\t${pid} kB\nThreads:\t2\n`;

/** A target of processes whose file of sums is as `sums` says; a look at one that hangs takes too long, whatever else is looked at. */
function lookOf(sums: (pid: number) => string | 'hangs' | 'denied'): { readonly look: SystemLook; readonly sizes: number[] } {
  const sizes: number[] = [];
  const capture: Target['capture'] = ({ argv }: Command) => {
    const pids = argv.slice(5).map(Number);
    sizes.push(pids.length);
    if (pids.some((pid) => sums(pid) === 'hangs')) return Promise.resolve(err<Fault>({ code: 'time-out', seconds: 5 }));
    const frames = pids.map((pid) => {
      const told = sums(pid);
      const text = told === 'denied' ? `\n${NONCE} fail Permission denied\n` : told;
      return `\n${NONCE} file /proc/${pid}/status\n${statusOf(pid)}\n${NONCE} file /proc/${pid}/smaps_rollup\n${text}`;
    });
    return Promise.resolve(ok({ exitCode: 0, stderr: '', stdout: `@@memlens ${NONCE}\n${frames.join('')}\n${NONCE} last\n` }));
  };
  const target = { capture } as unknown as Target;
  return { look: new SystemLook({ target, rootCommand: [] }, { cancel: neverCancelled }), sizes };
}

const pids = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));

describe('processes of a machine', () => {
  it('are read in few looks, with names as they are, users, page tables and threads', async () => {
    const { look, sizes } = lookOf(() => ROLLUP);
    const read = await lookAtProcesses(look, pids(300), 'smaps_rollup');
    if (!read.ok) throw new Error(read.error.code);
    expect(sizes).toEqual([64, 236]);
    const known = processesOfTexts(read.value.texts, new Map([[7, 'ann']]));
    expect(known?.shares.withoutPss).toBe(0);
    expect(known?.shares.rows).toHaveLength(300);
    expect(known?.shares.rows.find(({ pid }) => pid === 7)).toEqual({
      pid: 7,
      name: 'p7\n',
      user: 'ann',
      rss: 8192,
      pss: 6144,
      uss: 4096,
      swap: 0,
      pageTables: 7168,
      threads: 2,
    });
    expect(known?.mostPageTables).toEqual({ pid: 300, name: 'p300\n', bytes: 300 * 1024 });
    expect(known?.threads).toBe(600);
    expect(look.missing).toEqual([]);
  });

  it('what root is refused is no matter of a command for root', async () => {
    const { look } = lookOf((pid) => (pid === 100 ? 'denied' : ROLLUP));
    look.isRoot = true;
    const read = await lookAtProcesses(look, pids(300), 'smaps_rollup');
    if (!read.ok) throw new Error(read.error.code);
    expect(look.missing).toEqual([{ path: '/proc/PID/smaps_rollup', why: 'refused', count: 1 }]);
    const [told] = missingTexts(look.missing, true);
    expect(told).toMatchObject({ why: 'Root was refused 1 of them.', needsRoot: false });
    const shares = processesOfTexts(read.value.texts, new Map())?.shares;
    const state = aState({}, {}, { owners: shares === undefined ? {} : { processes: shares }, missing: look.missing });
    const notes = ownerTables(state, undefined).flatMap((table) => table.notes);
    expect(notes.join()).toContain('1 process: root was refused their PSS');
  });

  it('one that hangs costs itself alone, and is said', async () => {
    const { look } = lookOf((pid) => (pid === 100 ? 'hangs' : ROLLUP));
    const read = await lookAtProcesses(look, pids(300), 'smaps_rollup');
    if (!read.ok) throw new Error(read.error.code);
    expect(processesOfTexts(read.value.texts, new Map())?.shares.rows).toHaveLength(299);
    expect(look.missing).toEqual([{ path: '/proc/PID/smaps_rollup', why: 'not-in-time', count: 1 }]);
  });

  it('those that only root may look into are there with RSS, and counted', async () => {
    const { look } = lookOf((pid) => (pid % 2 === 0 ? 'denied' : ROLLUP));
    const read = await lookAtProcesses(look, pids(10), 'smaps_rollup');
    if (!read.ok) throw new Error(read.error.code);
    const shares = processesOfTexts(read.value.texts, new Map())?.shares;
    expect(shares?.withoutPss).toBe(5);
    expect(shares?.rows.find(({ pid }) => pid === 2)).toEqual({
      pid: 2,
      name: 'p2\n',
      user: '2',
      rss: 8192,
      pageTables: 2048,
      threads: 2,
    });
    expect(look.missing).toEqual([{ path: '/proc/PID/smaps_rollup', why: 'permission', count: 5 }]);
  });
});
