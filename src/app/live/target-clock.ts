import { parseUptime } from '../../procfs/uptime.js';
import type { Target } from '../ports.js';

/** Seconds since the machine of a target began (CLOCK_BOOTTIME). */
export async function bootClock(target: Target): Promise<number | undefined> {
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
