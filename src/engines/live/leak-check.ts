import type { LiveMachine, LivePrice, LiveProcess, LiveRates } from '../../model/live.js';
import type { Obstacle } from '../engine.js';
import { parseFlags } from '../sanitizer/flags.js';
import { gdbObstacles } from './gdb-obstacles.js';

/** What stands in the way of a leak check by the sanitizer that the process has. */
export function leakCheckObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found = [...gdbObstacles(process, machine)];
  if (process.sanitizer === undefined) {
    found.push({
      blocking: true,
      code: 'no-sanitizer',
      reason: 'The program has neither AddressSanitizer nor LeakSanitizer in it, which look for leaks.',
      remedy: 'Choose another way, or start it with MemLens: the preloaded LeakSanitizer needs no rebuild.',
    });
  }
  if (machine.tools.cc === undefined) {
    found.push({
      blocking: true,
      code: 'cc-missing',
      reason: 'There is no C compiler on the machine of the process, which builds what is loaded into it.',
      remedy: 'Install one there: sudo apt install gcc.',
    });
  }
  if (process.environment !== undefined && offIn(process.environment)) {
    found.push({
      blocking: true,
      code: 'leaks-off',
      reason: 'The program was started with detect_leaks=0.',
      remedy: 'Start it without that in ASAN_OPTIONS or LSAN_OPTIONS.',
    });
  }
  return found;
}

const flagsOf = (environment: Readonly<Record<string, string>>) => [
  parseFlags(environment.LSAN_OPTIONS ?? ''),
  parseFlags(environment.ASAN_OPTIONS ?? ''),
];

const offIn = (environment: Readonly<Record<string, string>>): boolean =>
  flagsOf(environment).some((flags) => /^(0|no|false)$/.test(flags.get('detect_leaks') ?? ''));

/** Where the runtime writes its reports otherwise: empty for standard error. */
export function usualLogPath({ environment = {}, sanitizer }: LiveProcess): string {
  const [lsan, asan] = flagsOf(environment);
  return (sanitizer === 'asan' ? asan : lsan)?.get('log_path') ?? '';
}

/** The pause for a million live blocks is some 80 ms, for five million 400 ms. */
export const leakCheckPrice = (_process: LiveProcess, _rates: LiveRates | undefined): LivePrice => ({
  slowdown: { low: 1, high: 1.05 },
  stopMs: 1000,
  isDangerous: false,
  words:
    'It stands still for some tenths of a second to load a small library, and for each of two checks: some milliseconds, and a tenth of a second for each million of live blocks. Calls such as epoll_wait end with EINTR then, as after SIGSTOP and SIGCONT. The library is taken out again.',
});
