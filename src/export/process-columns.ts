import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { type ProcessRow, userOf } from '../model/process.js';

/** A column of the list of processes. Values are in bytes where the key says so. */
export interface ProcessColumn {
  /** As `--sort` takes it. */
  readonly id: string;
  readonly title: string;
  /** The name in JSON and CSV. */
  readonly key: string;
  readonly value: (row: ProcessRow) => number | string | undefined;
  readonly text: (value: number | string) => string;
  /** Numbers are sorted largest first, and stand on the right. */
  readonly number: boolean;
  /** In the text form. */
  readonly shown: boolean;
}

const bytes = (id: string, title: string, value: ProcessColumn['value'], shown = true): ProcessColumn => ({
  id,
  title,
  key: `${id}Bytes`,
  value,
  text: (amount) => formatBytes(Number(amount)),
  number: true,
  shown,
});
const count = (id: string, title: string, value: ProcessColumn['value'], shown = true, key = id): ProcessColumn => ({
  id,
  title,
  key,
  value,
  text: (amount) => (Number.isInteger(amount) ? String(amount) : Number(amount).toFixed(1)),
  number: true,
  shown,
});
const words = (id: string, title: string, value: ProcessColumn['value'], shown = true, key = id): ProcessColumn => ({
  id,
  title,
  key,
  value,
  text: (text) => visibleText(String(text)),
  number: false,
  shown,
});

/** The command line, or the name in brackets of what has none, as ps(1) shows it. */
const commandOf = ({ commandLine, command }: ProcessRow): string =>
  commandLine === undefined || commandLine === '' ? `[${command}]` : commandLine;

export const PROCESS_COLUMNS: readonly ProcessColumn[] = [
  { ...count('pid', 'PID', (row) => row.pid) },
  words('user', 'USER', userOf),
  bytes('rss', 'RSS', (row) => row.rss),
  bytes('pss', 'PSS', (row) => row.pss),
  bytes('uss', 'USS', (row) => row.uss),
  bytes('swap', 'SWAP', (row) => row.swap),
  bytes('vsz', 'VSZ', (row) => row.vsz),
  count('mem', '%MEM', (row) => row.memPercent, true, 'memPercent'),
  bytes('code', 'CODE', (row) => row.code, false),
  bytes('data', 'DATA', (row) => row.data, false),
  bytes('shared', 'SHARED', (row) => row.shared, false),
  count('threads', 'THR', (row) => row.threads),
  count('vmas', 'VMAS', (row) => row.vmas),
  count('minflt', 'MINFLT/s', (row) => row.minorFaultsPerSecond, false, 'minorFaultsPerSecond'),
  count('majflt', 'MAJFLT/s', (row) => row.majorFaultsPerSecond, false, 'majorFaultsPerSecond'),
  count('oom', 'OOM', (row) => row.oomScore, true, 'oomScore'),
  words('state', 'S', (row) => row.state, false),
  count('parent', 'PPID', (row) => row.parent, false),
  words('cgroup', 'CGROUP', (row) => row.cgroup, false),
  words('command', 'COMMAND', commandOf, true, 'commandLine'),
];

/** By a column: numbers largest first (pids smallest first), words in their order; what is not known comes last. */
export function sortProcesses(rows: Iterable<ProcessRow>, by: ProcessColumn): readonly ProcessRow[] {
  const sign = by.number && by.id !== 'pid' && by.id !== 'parent' ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by.value(a), by.value(b)];
    if (x === undefined || y === undefined) return x === y ? a.pid - b.pid : x === undefined ? 1 : -1;
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : x < y ? -1 : x > y ? 1 : 0;
    return sign * order || a.pid - b.pid;
  });
}
