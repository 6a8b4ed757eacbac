import type { Fault } from '../../base/fault.js';
import { err, type Result } from '../../base/result.js';
import type { Obstacle } from '../../engines/engine.js';
import { perfMappingsObstacles } from '../../engines/live/perf-mappings.js';
import { mappingsPrice, straceObstacles } from '../../engines/live/strace.js';
import type { LoggedProcess } from '../../formats/heap/mapped-stacks.js';
import type { LiveMachine, LiveOutcome, LiveProcess } from '../../model/live.js';
import type { Target } from '../ports.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { mappingsByPerf } from './mappings-perf.js';
import { mappingsByStrace } from './mappings-strace.js';
import { hasTracepoints } from './tracepoints.js';

/** Who maps memory and does not give it back: the tracepoints of brk and mmap with perf where they can be used, strace elsewhere. */
export const mappings: LiveWay = {
  id: 'mappings',
  title: 'Mappings (perf or strace)',
  gives:
    'Which stacks map memory (mmap, brk) that is not given back, and which regions of the memory map they made. What was mapped before is not seen, nor what malloc gives out of memory that it has.',
  obstacles,
  price: (_process, rates) => mappingsPrice(rates),
  run,
};

/** One of the two is enough. */
function obstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const byStrace = straceObstacles(process, machine);
  if (!isBlocked(byStrace)) return byStrace;
  const byPerf = perfMappingsObstacles(process, machine);
  // Tracepoints are for root: who has less can't use perf for this.
  if (!isBlocked(byPerf) && machine.uid === 0) return byStrace.map((one) => ({ ...one, blocking: false }));
  return byStrace;
}

const isBlocked = (found: readonly Obstacle[]): boolean => found.some(({ blocking }) => blocking);

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const { process, machine, target } = session;
  session.news({ phase: 'preparing' });
  const of = await loggedProcess(target, process);
  const perf = machine.tools.perf?.path;
  const canTrace = perf !== undefined && !isBlocked(perfMappingsObstacles(process, machine)) && (await hasTracepoints(target));
  if (canTrace) {
    const outcome = await mappingsByPerf(session, perf, of);
    if (outcome.ok || outcome.error.code !== 'tool-failed') return outcome;
    session.log.warn(`perf can't record the calls that map memory: ${outcome.error.trace.stderrTail}`);
    if (isBlocked(straceObstacles(process, machine))) return outcome;
  }
  const obstacle = straceObstacles(process, machine).find(({ blocking }) => blocking);
  if (obstacle !== undefined) {
    const reason = `${obstacle.reason} perf, which needs no such thing, can't be used for it: the kernel shows no tracepoints (tracefs).`;
    return err({ code: 'engine-unfit', engine: mappings.title, reason, remedy: obstacle.remedy });
  }
  return mappingsByStrace(session, machine.tools.strace?.path ?? 'strace', of);
}

/** Its threads and the end of its heap, right before the first call is seen. */
async function loggedProcess(target: Target, { pid }: LiveProcess): Promise<LoggedProcess> {
  const tasks = await target.list(`/proc/${pid}/task`);
  let maps = '';
  try {
    for await (const chunk of target.readText(`/proc/${pid}/maps`)) maps += chunk;
  } catch {
    // It is gone, or not ours: the first brk tells where the heap ends.
  }
  const heapEnd = /^[\da-f]+-([\da-f]+) .*\[heap\]$/m.exec(maps)?.[1];
  return {
    pid,
    ...(tasks.ok ? { threads: new Set(tasks.value.map(Number)) } : {}),
    ...(heapEnd === undefined ? {} : { heapEnd: Number.parseInt(heapEnd, 16) }),
  };
}
