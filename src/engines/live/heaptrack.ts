import type { Note } from '../../model/finding.js';
import type { LiveMachine, LivePrice, LiveProcess, LiveRates } from '../../model/live.js';
import type { Obstacle } from '../engine.js';
import { type HookCost, hookedSlowdown, isDangerousSlowdown, slowdownWords } from './allocator-price.js';
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

/**
 * What heaptrack makes of the time in malloc and free, by two loads of test/bench/attach-load.c: `malloc` has 91 % of its time there and takes 10 to 16 times as
 * long; `mixed` has 5 to 7 % of the time of its own code there, that is 4 to 6 % of all, and takes 2.0 to 2.2 times as long. So it is 9 to 30 times, with stacks
 * of three or four functions; the whole stack is walked at each allocation, and those of larger programs are deeper, for which the upper bound is no measured one.
 */
const COST: HookCost = { low: 9, high: 50 };

export function heaptrackPrice(_process: LiveProcess, rates: LiveRates | undefined): LivePrice {
  const stays = 'Its library is loaded into the process, and stays there afterwards, unused.';
  // Its record is written by one thread at a time: those of several processors wait for each other.
  const most = { ...COST, high: COST.high * Math.max(1, rates?.cpu ?? 1) };
  const slowdown = hookedSlowdown(rates, most);
  if (slowdown === undefined) {
    return {
      slowdown: { low: 1, high: 10 },
      stopMs: 1000,
      isDangerous: true,
      words: `Every allocation is recorded with its stack: 1 to 10 times the time, by how often it allocates. ${stays}`,
    };
  }
  const words = `Every allocation is recorded with its stack. ${slowdownWords(slowdown)}, by its share in malloc and free. ${stays}`;
  return { slowdown, stopMs: 1000, isDangerous: isDangerousSlowdown(slowdown), words };
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
