import { utf8Text } from '../base/utf8.js';
import type { ProcessStat } from '../model/process.js';

const OPEN = 0x28;
const CLOSE = 0x29;
const MINUS = 0x2d;

/** Number of proc_pid_stat(5) of the last field that is read. */
const RSS = 24;

/** 2^64 has 20 digits: more are not of a kernel. */
const MOST_DIGITS = 20;

/**
 * One line of /proc/PID/stat (proc_pid_stat(5)). Fields that are not read may hold any number, so a line in which they were
 * replaced by 0 is read alike. Undefined when the line ends before field 24, or is no such line.
 *
 * Called for every process at every tick: no text is made but the name.
 */
export function parseStat(bytes: Uint8Array): ProcessStat | undefined {
  const open = bytes.indexOf(OPEN);
  // The name may hold `)` and spaces; no later field can.
  const close = bytes.lastIndexOf(CLOSE);
  const length = bytes.length;
  if (open < 2 || open > MOST_DIGITS || close < open || close + 4 > length) return undefined;
  let pid = 0;
  for (let i = 0; i < open - 1; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    pid = pid * 10 + digit;
  }
  const state = bytes[close + 2] as number;
  if (state <= 0x20 || state >= 0x7f) return undefined;

  let parent = 0;
  let session = 0;
  let minorFaults = 0;
  let majorFaults = 0;
  let threads = 0;
  let startTicks = 0;
  let vsz = 0;
  let at = close + 4;
  for (let field = 4; ; field++) {
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const begin = at;
    let value = 0;
    for (; at < length; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === begin || at - begin > MOST_DIGITS) return undefined;
    if (negative) value = -value;
    if (field === 4) parent = value;
    else if (field === 6) session = value;
    else if (field === 10) minorFaults = value;
    else if (field === 12) majorFaults = value;
    else if (field === 20) threads = value;
    else if (field === 22) startTicks = value;
    else if (field === 23) vsz = value;
    else if (field === RSS) {
      return {
        pid,
        startTicks,
        command: utf8Text(bytes, open + 1, close),
        state: String.fromCharCode(state),
        parent,
        session,
        minorFaults,
        majorFaults,
        threads,
        vsz,
        // A counter that is summed from parts per CPU may be read below 0.
        rssPages: Math.max(value, 0),
      };
    }
    if (bytes[at] !== 0x20) return undefined;
    at++;
  }
}
