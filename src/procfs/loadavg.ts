import type { LoadAverage } from '../model/sample.js';

/** /proc/loadavg (proc_loadavg(5)). */
export function parseLoadavg(text: string): LoadAverage | undefined {
  const match = /^(\d{1,9}\.\d\d) (\d{1,9}\.\d\d) (\d{1,9}\.\d\d)(?!\d)/.exec(text);
  return match === null ? undefined : { one: Number(match[1]), five: Number(match[2]), fifteen: Number(match[3]) };
}
