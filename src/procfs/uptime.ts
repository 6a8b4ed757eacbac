import type { Milliseconds } from '../base/units.js';

/** The first number of /proc/uptime (proc_uptime(5)): time since boot, suspended time included, in steps of 10 ms. */
export function parseUptime(text: string): Milliseconds | undefined {
  const match = /^(\d{1,12})\.(\d\d)(?!\d)/.exec(text);
  return match === null ? undefined : Number(match[1]) * 1000 + Number(match[2]) * 10;
}
