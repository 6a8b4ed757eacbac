import type { Note } from '../../model/finding.js';
import type { LiveMachine, LivePrice, LiveProcess, LiveRates } from '../../model/live.js';
import type { Obstacle } from '../engine.js';
import { gdbObstacles } from './gdb-obstacles.js';

const INSTALL = 'Install it there: sudo apt install heaptrack (or dnf, zypper, pacman -S).';

/** What stands in the way of heaptrack in a process. */
export function heaptrackObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found = [...gdbObstacles(process, machine)];
  const add = (code: string, reason: string, remedy: string): void => void found.push({ blocking: true, code, reason, remedy });
  const { heaptrack_inject: library, heaptrack_interpret: interpreter } = machine.tools;
  if (library === undefined || interpreter === undefined) {
    add('heaptrack-missing', 'heaptrack is not on the machine of the process.', INSTALL);
  } else if (process.isInContainer) {
    const reason = 'The process is in a container, which has no heaptrack in it.';
    add('heaptrack-container', reason, 'Choose another way: the stacks of page faults need nothing in the container.');
  }
  if (process.libc === 'musl' || process.libc === 'other') {
    add(
      'not-glibc',
      'The library of heaptrack is built for glibc, and the process has another C library.',
      'Choose another way.',
    );
  }
  if (process.bits === 32) {
    add('bits', 'The process is one of 32 bits, and the library of heaptrack is for 64.', 'Choose another way.');
  }
  if (process.sanitizer !== undefined) {
    add('sanitizer', 'A sanitizer is in the program, which has its own allocator.', 'Check its leaks instead.');
  }
  return found;
}

/** What an allocation costs with heaptrack, stack included: seconds, measured on loads of 8 to 50 times. */
const ALLOCATION_S = { low: 1e-6, high: 6e-6 };

export function heaptrackPrice(_process: LiveProcess, rates: LiveRates | undefined): LivePrice {
  const stays = 'Its library is loaded into the process, and stays there afterwards, unused.';
  if (rates?.allocations === undefined) {
    return {
      slowdown: { low: 1, high: 10 },
      stopMs: 1000,
      isDangerous: true,
      words: `Every allocation is recorded with its stack: 1 to 10 times the time, by how often it allocates. ${stays}`,
    };
  }
  const slowdown = { low: 1 + rates.allocations * ALLOCATION_S.low, high: 1 + rates.allocations * ALLOCATION_S.high };
  const words = `Every allocation is recorded with its stack: up to ${slowdown.high.toFixed(slowdown.high < 10 ? 1 : 0)} times the time at its rate. ${stays}`;
  return { slowdown, stopMs: 1000, isDangerous: true, words };
}

/** Words of the job's end (inject-heaptrack.py). */
export function heaptrackNotes(why: string, stays: boolean): readonly Note[] {
  const notes: Note[] = [
    {
      severity: 'info',
      code: 'since-attached',
      text: 'Only what was allocated since heaptrack was attached is told: what is live is what came since then and was not freed. Frees of older blocks are left out.',
    },
  ];
  const warn = (code: string, text: string): void => void notes.push({ severity: 'warning', code, text });
  if (stays) {
    warn(
      'heaptrack-goes-on',
      'heaptrack could not be stopped in the process: no thread of it was at rest. It goes on recording, and slows it down, until the process ends.',
    );
  } else if (why === 'replaced') {
    warn(
      'became-another',
      'The process became another program meanwhile (execve): what is told is from before that. heaptrack is not in it any more.',
    );
  } else if (why !== 'exited') {
    warn(
      'heaptrack-stays',
      'heaptrack was stopped, and calls of malloc go to the C library again. Its library and those that it needs stay loaded in the process, unused, with the two ends of a pipe of libunwind: they can not be taken out safely.',
    );
  }
  if (why === 'too-much') {
    warn('too-much', 'It was ended before its time: the process allocates faster than its record can be read.');
  }
  if (why === 'interpreter') warn('interpreter', 'It was ended before its time: heaptrack_interpret has ended.');
  return notes;
}
