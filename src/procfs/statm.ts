import type { ProcessStatm } from '../model/process.js';

/** /proc/PID/statm (proc_pid_statm(5)): seven numbers of pages; the fifth and the seventh are always 0 since Linux 2.6. */
export function parseStatm(text: string): ProcessStatm | undefined {
  const words = text.trim().split(/\s+/);
  const numbers = words.map((word) => (/^\d{1,15}$/.test(word) ? Number(word) : undefined));
  const [sizePages, residentPages, sharedPages, textPages, , dataPages] = numbers;
  if (
    words.length < 7 ||
    sizePages === undefined ||
    residentPages === undefined ||
    sharedPages === undefined ||
    textPages === undefined ||
    dataPages === undefined
  ) {
    return undefined;
  }
  return { sizePages, residentPages, sharedPages, textPages, dataPages };
}
