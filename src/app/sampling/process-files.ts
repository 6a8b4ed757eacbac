import { utf8Text } from '../../base/utf8.js';
import { parseCgroup } from '../../procfs/cgroup.js';
import { parseLimits } from '../../procfs/limits.js';
import { parseRollup } from '../../procfs/rollup.js';
import { parseStatm } from '../../procfs/statm.js';
import { parseStatus } from '../../procfs/status.js';
import { latin1Text } from './latin1.js';
import type { ProcessRecord } from './process-record.js';

/** Command lines may have megabytes (execve(2)): what a table shows of one. */
const MAX_COMMAND_LINE = 4096;

/** Takes the text of a file of /proc/PID into the record. False when it is not understood: then the record is as it was. */
export function takeProcessFile(record: ProcessRecord, name: string, bytes: Uint8Array): boolean {
  switch (name) {
    case 'status': {
      const status = parseStatus(latin1Text(bytes));
      record.status = status ?? record.status;
      return status !== undefined;
    }
    case 'statm': {
      const statm = parseStatm(latin1Text(bytes));
      record.statm = statm ?? record.statm;
      return statm !== undefined;
    }
    case 'smaps_rollup':
    case 'smaps': {
      // Empty for a process that is just ending, and in the moment of exec(2).
      const rollup = parseRollup(latin1Text(bytes));
      record.rollup = rollup ?? record.rollup;
      return rollup !== undefined;
    }
    case 'oom_score': {
      const digits = /^-?\d{1,6}(?=\s*$)/.exec(latin1Text(bytes))?.[0];
      if (digits !== undefined) record.oomScore = Number(digits);
      return digits !== undefined;
    }
    case 'cmdline':
      record.commandLine = commandLine(bytes);
      return true;
    case 'cgroup':
      record.cgroup = parseCgroup(utf8Text(bytes));
      return true;
    case 'limits':
      record.limits = parseLimits(latin1Text(bytes));
      return true;
    default:
      return false;
  }
}

const FIELDS: ReadonlyMap<string, keyof ProcessRecord> = new Map([
  ['status', 'status'],
  ['statm', 'statm'],
  ['smaps_rollup', 'rollup'],
  ['smaps', 'rollup'],
  ['oom_score', 'oomScore'],
  ['cmdline', 'commandLine'],
  ['cgroup', 'cgroup'],
  ['limits', 'limits'],
  ['maps', 'maps'],
  ['fds', 'fds'],
]);

/**
 * A reader that has not noticed that a pid was given again does not tell a file whose text is the same as that of the process before: what was
 * read and not told is taken from there.
 */
export function adoptProcessFile(record: ProcessRecord, before: ProcessRecord, name: string): void {
  const field = FIELDS.get(name);
  if (field !== undefined && record[field] === undefined) Object.assign(record, { [field]: before[field] });
}

/** Arguments end with NUL (proc_pid_cmdline(5)); a program that has overwritten them may leave any text. */
function commandLine(bytes: Uint8Array): string {
  let end = Math.min(bytes.length, MAX_COMMAND_LINE);
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  return utf8Text(bytes, 0, end).replaceAll('\0', ' ');
}
