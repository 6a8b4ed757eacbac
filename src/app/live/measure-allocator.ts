import { type Cancel, CancelSource } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import { perfCpuRecord, perfCpuScript } from '../../engines/live/perf-cpu.js';
import { perfObstacles } from '../../engines/live/perf-obstacles.js';
import { PERF_ENVIRONMENT } from '../../engines/live/perf-words.js';
import { type AllocatorSamples, PerfAllocatorParser } from '../../formats/heap/perf-allocator.js';
import type { AllocatorShare, LiveRates } from '../../model/live.js';
import type { Clock, Log, Target } from '../ports.js';
import type { Probed } from './probe-process.js';
import { runTool, type ToolPlace } from './run-tool.js';
import { keepSession } from './session-keeper.js';

type Measured = Pick<LiveRates, 'allocator' | 'words'>;

const MEASURE_S = 2;
/** A machine that is busy, or far away; perf itself takes half a second to begin and to end. */
const PATIENCE_MS: Milliseconds = 15_000;
/** Fewer say nothing: 2 s of a process that is never idle make 998. */
const LEAST_SAMPLES = 50;
/** Of the normal distribution, for 95 %. */
const DEVIATIONS = 1.96;

/**
 * How much of its own time a process spends in its allocator, by samples of perf; it is never stopped, and nothing is changed in it. What that would be in calls
 * is not told: how long one takes differs too much.
 */
export async function measureAllocator(
  { target, clock, log }: { readonly target: Target; readonly clock: Clock; readonly log: Log },
  { process, machine }: Probed,
  cancel: Cancel,
): Promise<Measured> {
  const unknown = (why: string): Measured => ({ words: [`How much of its time malloc and free take is not known. ${why}`] });
  const obstacle = perfObstacles(process, machine).find(({ blocking }) => blocking);
  const perf = machine.tools.perf?.path;
  if (obstacle !== undefined || perf === undefined) return unknown(obstacle?.reason ?? 'There is no perf.');
  const work = await target.makeTemporaryDirectory('memlens-live-');
  if (!work.ok) return unknown('No file can be written for perf.');
  const keeper = await keepSession(target, clock, work.value);
  if (!keeper.ok) {
    await target.remove(work.value);
    return unknown('perf could not be started.');
  }
  const stop = new CancelSource();
  const limit = clock.after(PATIENCE_MS, () => stop.cancel());
  try {
    const parser = new PerfAllocatorParser(process.pid, process.libc === 'none');
    if (!(await sampled({ target, clock, log, work: work.value, stop, cancel }, perf, process.pid, parser)))
      return unknown('perf has not told it.');
    const samples = parser.end();
    const allocator = allocatorShare(samples);
    if (allocator === undefined) return unknown(`It hardly ran: ${samples.samples} samples of it are too few.`);
    return { allocator, words: [wordsOf(samples)] };
  } finally {
    limit.dispose();
    await keeper.value.end();
  }
}

/** Whether perf has recorded, and told all that it has. */
async function sampled(place: ToolPlace, perf: string, pid: number, parser: PerfAllocatorParser): Promise<boolean> {
  const file = `${place.work}/cpu.data`;
  const record = perfCpuRecord(perf, pid, file, MEASURE_S);
  const recorded = await runTool(place, { argv: record, env: PERF_ENVIRONMENT, endSignal: 'INT', graceMs: 5_000 });
  // Its file may have become full.
  if (!recorded.ok) return false;
  const script = perfCpuScript(perf, file);
  const onOutput = (text: string): void => parser.push(text);
  const read = await runTool(place, { argv: script, env: PERF_ENVIRONMENT, endSignal: 'TERM', graceMs: 2_000, onOutput });
  return read.ok && read.value.exit.exitCode === 0;
}

const wordsOf = ({ samples, inside, unsure }: AllocatorSamples): string => {
  const maybe = unsure === 0 ? '' : ` and ${unsure} may have been`;
  return `Of ${samples} samples of its own code by perf ${inside} were in malloc and free${maybe}.`;
};

/** With the error of so few samples (Wilson's interval), as far as they are independent of each other. Undefined: too few. */
export function allocatorShare({ samples, inside, unsure }: AllocatorSamples): AllocatorShare | undefined {
  if (samples < LEAST_SAMPLES) return undefined;
  return { low: bound(inside, samples, -1), high: bound(inside + unsure, samples, 1), samples };
}

function bound(hits: number, samples: number, side: -1 | 1): number {
  const share = hits / samples;
  const square = DEVIATIONS ** 2;
  const spread = DEVIATIONS * Math.sqrt((share * (1 - share)) / samples + square / (4 * samples ** 2));
  return Math.min(1, Math.max(0, (share + square / (2 * samples) + side * spread) / (1 + square / samples)));
}
