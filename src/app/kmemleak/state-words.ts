import type { Fault } from '../../base/fault.js';
import { quoteWords } from '../../base/shell-words.js';
import type { KmemleakState } from './state.js';

/** Why kmemleak can't be used as it is, and what to do. */
interface Obstacle {
  readonly reason: string;
  readonly remedy: string;
}

const ROOT =
  'Set memlens.rootCommand (--root-command) to what makes a command there root’s, sudo -n for example, or use a target that is root.';

const OFF_BY = {
  boot: {
    reason: 'it was switched off when the kernel was booted, by kmemleak=off.',
    remedy: 'Boot with kmemleak=on; it can’t be switched on again before.',
  },
  configuration: {
    reason: 'this kernel was built with it switched off (CONFIG_DEBUG_KMEMLEAK_DEFAULT_OFF).',
    remedy: 'Boot with kmemleak=on.',
  },
  itself: {
    reason: 'it has given up, as the kernel’s log says.',
    remedy:
      'Boot again; where a table of its own was too small, with a kernel whose CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE (before 5.4: CONFIG_DEBUG_KMEMLEAK_EARLY_LOG_SIZE) is larger.',
  },
  unknown: {
    reason: 'it is switched off, and nothing says by whom: by the word off, kmemleak=off, or because it has given up.',
    remedy: 'Boot with kmemleak=on; it can’t be switched on again before. dmesg | grep kmemleak may tell more.',
  },
} as const;

/** The command that mounts debugfs where it belongs. */
export const mountCommand = ({ debugfs }: KmemleakState): string => quoteWords(['mount', '-t', 'debugfs', 'debugfs', debugfs]);

/** undefined: it takes commands. */
function kmemleakObstacle(state: KmemleakState): Obstacle | undefined {
  switch (state.standing) {
    case 'on':
      return undefined;
    case 'off':
      return OFF_BY[state.offBy ?? 'unknown'];
    case 'not-mounted':
      return { reason: 'debugfs, where its file is, is not mounted.', remedy: `Mount it, as root: ${mountCommand(state)}` };
    case 'no-debugfs':
      return {
        reason: 'this kernel has no debugfs, where its file would be.',
        remedy: 'Boot a kernel with CONFIG_DEBUG_FS=y and CONFIG_DEBUG_KMEMLEAK=y; in a container, look at the machine itself.',
      };
    case 'not-built':
      return {
        reason: `${state.kernel === undefined ? 'this kernel' : `the kernel ${state.kernel}`} was built without it, or did not start it: ${state.file} is not there.`,
        remedy: 'Boot a kernel with CONFIG_DEBUG_KMEMLEAK=y.',
      };
    case 'needs-root':
      return { reason: `only root may use ${state.file}.`, remedy: ROOT };
    case 'locked':
      return {
        reason: 'not even root may open it here: the kernel is locked down, as it is with Secure Boot.',
        remedy: 'Boot without Secure Boot or lockdown=; cat /sys/kernel/security/lockdown tells it.',
      };
    case 'unclear':
      return {
        reason: `it answers with what is not known: ${state.said ?? ''}`,
        remedy: `Try it by hand, as root: echo scan > ${quoteWords([state.file])}`,
      };
  }
}

/** Fault `engine-unfit`; undefined: it takes commands. */
export function kmemleakFault(state: KmemleakState): Fault | undefined {
  const obstacle = kmemleakObstacle(state);
  return obstacle === undefined ? undefined : { code: 'engine-unfit', engine: 'kmemleak', ...obstacle };
}

/** What is known of it, a sentence each. */
export function kmemleakStateWords(state: KmemleakState): readonly string[] {
  const { kernel, scansItself, isScanning, file } = state;
  const obstacle = kmemleakObstacle(state);
  const release = kernel === undefined ? 'this kernel' : `the kernel ${kernel}`;
  const words =
    obstacle === undefined
      ? [`kmemleak is on in ${release}: ${file}`]
      : [`kmemleak can’t be used on ${release}: ${obstacle.reason}`, obstacle.remedy];
  if (state.standing === 'off') words.push('What it had found before can still be read.');
  if (isScanning === true) words.push('It scans at this moment; what it is told to do waits for the end of that.');
  if (scansItself !== undefined && (state.standing === 'on' || state.standing === 'needs-root')) {
    words.push(
      scansItself
        ? 'It also scans by itself, every 10 minutes unless it was told otherwise: its thread runs.'
        : 'It scans only when it is told to: its own thread does not run.',
    );
  }
  return words;
}
