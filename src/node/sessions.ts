import { readdir, readFile } from 'node:fs/promises';
import { signalGroup } from './spawn.js';

/**
 * The processes whose session is led by `leader`: proc_pid_stat(5), field 6. The command name in field 2 may hold
 * spaces and parentheses, so the fields are counted from the last `)`. Zombies (state Z) can't be ended and are left out;
 * but a process whose main thread has ended before the others looks like one, and has more than one thread (field 20).
 */
export async function processesOfSession(leader: number): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => [] as string[]);
  const found: number[] = [];
  await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        const text = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        if (Number(fields[3]) === leader && (fields[0] !== 'Z' || Number(fields[17]) > 1)) found.push(Number(name));
      }),
  );
  return found;
}

function signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Ends every process of the session: SIGTERM to all, then SIGKILL for those left after `graceMs`. Children that made a
 * process group of their own are still in the session; only one that called setsid(2) gets away.
 */
export async function endSession(leader: number, graceMs: number): Promise<void> {
  const first = await processesOfSession(leader);
  if (first.length === 0) return;
  signalGroup(leader, 'SIGTERM');
  signalEach(first, 'SIGTERM');
  // A stopped process does not see SIGTERM before it goes on.
  signalEach(first, 'SIGCONT');
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline) {
    await pause(25);
    if ((await processesOfSession(leader)).length === 0) return;
  }
  // New ones may have been forked between the look and the signal: look again until there is none.
  for (let round = 0; round < 20; round++) {
    const left = await processesOfSession(leader);
    if (left.length === 0) return;
    signalEach(left, 'SIGKILL');
    await pause(10);
  }
}
