import type { Milliseconds } from '../../base/units.js';
import type { LiveRates } from '../../model/live.js';
import type { Beat } from './pulse.js';

/** What is seen of a process's slowness while something looks into it. */
export interface Slowness {
  /** How many times as long the process takes, at least. */
  readonly times: number;
  /** Share of its threads' time in tracing stops. */
  readonly traced: number;
  /** Share of its processor time in the kernel, now and before. Absent: too little processor time to tell. */
  readonly system?: { readonly now: number; readonly before: number };
}

/** One judgement is of so much time at least. */
const WINDOW_MS: Milliseconds = 3_000;
/** Shares of less processor time than this mean little: ticks are 10 ms. */
const LEAST_CPU_MS: Milliseconds = 500;
/** Of the time before: as many ticks as make a share. */
const LEAST_CPU_BEFORE = 0.05;

/**
 * How much slower a process is than before, from what is seen from outside: the time its threads stand in tracing stops, and the time that the kernel works
 * for each millisecond of the program's own. Both are independent of how much there is to do, and of how busy the machine is. What a library that was put
 * into it does in the program's own time is not seen. Undefined: not enough is seen yet.
 */
export function slownessOf(beats: readonly Beat[], before: LiveRates | undefined): Slowness | undefined {
  const last = beats.at(-1);
  if (last === undefined) return undefined;
  const first = beats.findLast((beat) => last.at - beat.at >= WINDOW_MS);
  if (first === undefined) return undefined;
  let looked = 0;
  let traced = 0;
  for (const beat of beats) {
    if (beat.at < first.at) continue;
    looked += beat.looked;
    traced += beat.traced;
  }
  const share = looked === 0 ? 0 : traced / looked;
  const system = systemShares(first, last, before);
  const kernel = system === undefined ? 1 : Math.max(1, (1 - system.before) / Math.max(0.01, 1 - system.now));
  return { times: kernel / Math.max(0.01, 1 - share), traced: share, ...(system === undefined ? {} : { system }) };
}

function systemShares(first: Beat, last: Beat, before: LiveRates | undefined): Slowness['system'] {
  const system = last.systemMs - first.systemMs;
  const all = system + last.userMs - first.userMs;
  if (all < LEAST_CPU_MS || before === undefined || before.cpu < LEAST_CPU_BEFORE) return undefined;
  return { now: system / all, before: Math.min(0.99, before.systemCpu / before.cpu) };
}
