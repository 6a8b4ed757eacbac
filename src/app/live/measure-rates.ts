import type { Cancel } from '../../base/cancel.js';
import { DisposableStore } from '../../base/dispose.js';
import type { Milliseconds } from '../../base/units.js';
import type { LiveRates } from '../../model/live.js';
import type { Clock } from '../ports.js';
import type { Beat, Pulse } from './pulse.js';

const MEASURE_MS: Milliseconds = 2_000;
/** A machine that is busy, or far away. */
const PATIENCE_MS: Milliseconds = 15_000;

/** Two seconds of a process's pulse. Undefined: it ended, or could not be followed. */
export async function measureRates(pulse: Pulse, clock: Clock, cancel: Cancel): Promise<LiveRates | undefined> {
  const first = pulse.beats.length;
  const span = (): readonly [Beat | undefined, Beat | undefined] => [pulse.beats[first], pulse.beats.at(-1)];
  const watches = new DisposableStore();
  await new Promise<void>((resolve) => {
    watches.add(clock.after(PATIENCE_MS, resolve));
    watches.add(cancel.onRequest(resolve));
    pulse.onBeat = () => {
      const [from, to] = span();
      if (pulse.isOver || (from !== undefined && to !== undefined && to.at - from.at >= MEASURE_MS)) resolve();
    };
  });
  watches.dispose();
  pulse.onBeat = undefined;
  const [from, to] = span();
  return from === undefined || to === undefined || to.at <= from.at ? undefined : ratesOf(from, to, pulse.pageSize);
}

/** What happened between two beats. */
export function ratesOf(from: Beat, to: Beat, pageSize: number): LiveRates {
  const overMs = to.at - from.at;
  const each = (value: (beat: Beat) => number): number => (value(to) - value(from)) / overMs;
  return {
    overMs,
    minorFaults: each((beat) => beat.minorFaults) * 1000,
    cpu: each((beat) => beat.userMs + beat.systemMs),
    systemCpu: each((beat) => beat.systemMs),
    rssGrowth: each((beat) => beat.rssPages) * 1000 * pageSize,
    words: ['Page faults, processor time and RSS are those of /proc/PID/stat.'],
  };
}
