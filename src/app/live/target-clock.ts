import { parseUptime } from '../../procfs/uptime.js';
import type { Target } from '../ports.js';

/** Seconds of CLOCK_MONOTONIC on the machine of a target; for others than root, and without /proc/timer_list, those of CLOCK_BOOTTIME, which counts sleep as well. */
export async function monotonicClock(target: Target): Promise<number | undefined> {
  const timers = await target.readBytes('/proc/timer_list', { length: 512 });
  const told = timers.ok ? /^now at (\d+) nsecs/m.exec(String.fromCharCode(...timers.value))?.[1] : undefined;
  if (told !== undefined) return Number(told) / 1e9;
  const read = await target.readBytes('/proc/uptime', { length: 64 });
  const milliseconds = read.ok ? parseUptime(String.fromCharCode(...read.value)) : undefined;
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

/** Seconds since the Unix epoch by the clock of a target; whole ones where date(1) knows no others. */
export async function wallClock(target: Target): Promise<number | undefined> {
  const said = await target.capture({ argv: ['date', '+%s.%N'], env: { LC_ALL: 'C' } }, { timeLimitMs: 10_000 });
  const digits = said.ok ? /^\d+(?:\.\d+)?/.exec(said.value.stdout)?.[0] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
