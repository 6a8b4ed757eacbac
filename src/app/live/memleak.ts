import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import { bpfObstacles, memleakPrice } from '../../engines/live/bpf.js';
import type { LiveOutcome } from '../../model/live.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { memleakByBpftrace } from './memleak-bpftrace.js';
import { memleakByTool } from './memleak-tool.js';

/** Probes in malloc and free: what was allocated and is not freed after some seconds. */
export const memleak: LiveWay = {
  id: 'memleak',
  title: 'Outstanding allocations (bpftrace or memleak)',
  gives:
    'Which stacks allocate blocks that are not freed after some seconds, and how these grow. What was allocated before is not seen, and reachable blocks are told as well.',
  obstacles: bpfObstacles,
  price: (_process, rates) => memleakPrice(rates),
  run,
};

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const { bpftrace, memleak: tool } = session.machine.tools;
  session.news({ phase: 'preparing', words: 'probes are set in malloc and free' });
  if (tool === undefined) return memleakByBpftrace(session, bpftrace?.path ?? 'bpftrace');
  // Its probes are of this process only; those of bpftrace 0.17 are of all that use the same library. But it needs more of the kernel.
  const outcome = await memleakByTool(session, tool.path);
  if (outcome.ok || outcome.error.code !== 'tool-failed' || bpftrace === undefined) return outcome;
  session.log.warn(`memleak: ${outcome.error.trace.stderrTail}`);
  return memleakByBpftrace(session, bpftrace.path);
}
