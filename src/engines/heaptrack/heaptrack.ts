import type { Engine, Obstacle, RunInput, RunPlan, Subject, TargetFacts } from '../engine.js';
import { installCommand } from '../install-command.js';
import { debugInfoObstacles, preloadObstacles } from '../preload-obstacles.js';

/** The report in the run's directory. */
const REPORT_PREFIX = 'heaptrack';

/**
 * heaptrack from the program's start (https://invent.kde.org/sdk/heaptrack): every allocation with its stack, without a rebuild. It records the process that was
 * started, and no other: its library takes itself out of the environment of programs that this one starts, and is silent in a child of fork(2).
 */
export const heaptrackEngine: Engine = {
  id: 'heaptrack',
  family: 'heaptrack',
  title: 'heaptrack',
  description:
    'Needs no rebuild: records every allocation, and shows what was not freed, the peak, and the heap over time. Whether something still points to a block it does not tell.',
  compileFlags: ['-g', '-O0', '-fno-omit-frame-pointer'],
  linkFlags: [],
  obstacles,
  plan,
};

/**
 * heaptrack 1.4 writes in pieces of 4 KiB, at an exit of its own accord, and not when a signal ends the program. Each 10 ms it records the time and RSS, in 12 bytes at least:
 * after 3.6 seconds a piece is full.
 */
const SETTLE_MS = 4_000;

/** Only the program gets the library: a shell that had it would be recorded in its place. $1: the library, $2: where it writes to. */
const PRELOAD =
  'LD_PRELOAD=$1${LD_PRELOAD:+:$LD_PRELOAD} DUMP_HEAPTRACK_OUTPUT=$2; export LD_PRELOAD DUMP_HEAPTRACK_OUTPUT; shift 2; exec "$@"';

function plan({ program, args, reportDir, facts }: RunInput): RunPlan {
  const { library = '', interpreter = '' } = facts.heaptrack ?? {};
  const fifo = 'allocations';
  return {
    argv: ['/bin/sh', '-c', PRELOAD, 'memlens', library, `${reportDir}/${fifo}`, program, ...args],
    env: {},
    reportPrefix: REPORT_PREFIX,
    onDemand: false,
    // What has reached the recorder is kept however the program ends.
    reportsOnTerm: false,
    recorder: { fifo, report: `${REPORT_PREFIX}.txt`, argv: [interpreter], settleMs: SETTLE_MS },
  };
}

function obstacles(facts: TargetFacts, subject: Subject): readonly Obstacle[] {
  const found: Obstacle[] = [];
  if (facts.heaptrack === undefined) {
    found.push({
      blocking: true,
      code: 'heaptrack-missing',
      reason: 'heaptrack is not installed.',
      remedy: installCommand(facts.distribution, 'heaptrack'),
    });
  }
  if (subject.form === 'program') {
    found.push(
      ...preloadObstacles(facts, subject.program, 'the library of heaptrack', 'it has an allocator of its own'),
      ...debugInfoObstacles(subject.program),
    );
  }
  return found;
}
