import { userOf } from '../../src/model/process.js';
import type { ProcessEntry } from '../../src/protocol/trends.js';

export const COLUMN_IDS = [
  'command',
  'pid',
  'user',
  'uss',
  'pss',
  'rss',
  'vsz',
  'swap',
  'memPercent',
  'code',
  'data',
  'shared',
  'threads',
  'vmas',
  'minorFaults',
  'majorFaults',
  'oomScore',
  'growth',
  'state',
  'cgroup',
] as const;

export type ColumnId = (typeof COLUMN_IDS)[number];

/** What can be made of the values of several processes: a sum, a sum that counts shared pages more than once, or nothing. */
export type Adding = 'sum' | 'upper-bound' | 'none';

export interface ColumnSpec {
  readonly id: ColumnId;
  /** Of the header. */
  readonly label: string;
  /** One sentence: what it counts. */
  readonly definition: string;
  readonly unit: 'text' | 'bytes' | 'count' | 'percent' | 'per-second' | 'growth';
  /** Pixels. */
  readonly width: number;
  readonly adding: Adding;
  /** A bar shows the share of the largest, or of the machine's memory. */
  readonly bar?: true;
  /** Undefined: not known, or there is none (see `whyUnknown`). */
  readonly value: (entry: ProcessEntry) => number | string | undefined;
}

const COLUMNS: readonly ColumnSpec[] = [
  {
    id: 'command',
    label: 'Command',
    definition: 'Name of the program, at most 15 bytes as the kernel keeps it, and the command line.',
    unit: 'text',
    width: 170,
    adding: 'none',
    value: ({ command }) => command,
  },
  {
    id: 'pid',
    label: 'PID',
    definition: 'Process id.',
    unit: 'count',
    width: 66,
    adding: 'none',
    value: ({ pid }) => pid,
  },
  {
    id: 'user',
    label: 'User',
    definition: 'Effective user of the process.',
    unit: 'text',
    width: 84,
    adding: 'none',
    value: userOf,
  },
  {
    id: 'uss',
    label: 'USS',
    definition: 'Unique set size: resident memory that no other process maps; what would be free if the process ended.',
    unit: 'bytes',
    width: 90,
    adding: 'sum',
    bar: true,
    value: ({ uss }) => uss,
  },
  {
    id: 'pss',
    label: 'PSS',
    definition: 'Proportional set size: resident memory, with each shared page divided by the number of processes that map it.',
    unit: 'bytes',
    width: 90,
    adding: 'sum',
    bar: true,
    value: ({ pss }) => pss,
  },
  {
    id: 'rss',
    label: 'RSS',
    definition: 'Resident set size: memory in RAM, shared pages counted in full.',
    unit: 'bytes',
    width: 90,
    adding: 'upper-bound',
    bar: true,
    value: (entry) => (hasMemory(entry) ? entry.rss : undefined),
  },
  {
    id: 'vsz',
    label: 'VSZ',
    definition: 'Virtual size: address space that is mapped, whether it is in RAM or not.',
    unit: 'bytes',
    width: 90,
    adding: 'none',
    value: (entry) => (hasMemory(entry) ? entry.vsz : undefined),
  },
  {
    id: 'swap',
    label: 'Swap',
    definition: 'Anonymous memory that is swapped out.',
    unit: 'bytes',
    width: 90,
    adding: 'upper-bound',
    bar: true,
    value: ({ swap }) => swap,
  },
  {
    id: 'memPercent',
    label: '%MEM',
    definition: 'RSS as a share of the memory of the machine.',
    unit: 'percent',
    width: 70,
    adding: 'upper-bound',
    bar: true,
    value: (entry) => (hasMemory(entry) ? entry.memPercent : undefined),
  },
  {
    id: 'code',
    label: 'Code',
    definition: 'Size of the program text (TRS of top).',
    unit: 'bytes',
    width: 88,
    adding: 'none',
    value: ({ code }) => code,
  },
  {
    id: 'data',
    label: 'Data',
    definition: 'Private writable address space and stacks (DRS of top): what is reserved, not what is in RAM.',
    unit: 'bytes',
    width: 88,
    adding: 'none',
    value: ({ data }) => data,
  },
  {
    id: 'shared',
    label: 'Shared',
    definition: 'Resident memory of files and shared memory (SHR of top).',
    unit: 'bytes',
    width: 88,
    adding: 'upper-bound',
    value: ({ shared }) => shared,
  },
  {
    id: 'threads',
    label: 'Threads',
    definition: 'Number of threads.',
    unit: 'count',
    width: 82,
    adding: 'sum',
    value: ({ threads }) => threads,
  },
  {
    id: 'vmas',
    label: 'VMAs',
    definition: 'Number of memory mappings (lines of /proc/PID/maps).',
    unit: 'count',
    width: 74,
    adding: 'sum',
    value: ({ vmas }) => vmas,
  },
  {
    id: 'minorFaults',
    label: 'Minor faults',
    definition: 'Page faults a second that needed no disk (minflt/s of pidstat).',
    unit: 'per-second',
    width: 110,
    adding: 'sum',
    value: ({ minorFaultsPerSecond }) => minorFaultsPerSecond,
  },
  {
    id: 'majorFaults',
    label: 'Major faults',
    definition: 'Page faults a second that read from a disk (majflt/s of pidstat).',
    unit: 'per-second',
    width: 110,
    adding: 'sum',
    value: ({ majorFaultsPerSecond }) => majorFaultsPerSecond,
  },
  {
    id: 'oomScore',
    label: 'OOM score',
    definition: 'How likely the kernel ends the process when memory runs out; higher goes first.',
    unit: 'count',
    width: 98,
    adding: 'none',
    value: ({ oomScore }) => oomScore,
  },
  {
    id: 'growth',
    label: 'Growth',
    definition: 'Rate per hour and verdict on the growth of a watched process.',
    unit: 'growth',
    width: 192,
    adding: 'none',
    value: ({ growth }) => growth?.ratePerHour,
  },
  {
    id: 'state',
    label: 'State',
    definition:
      'R running, S sleeping, D waiting for a disk, T stopped, Z ended but not yet collected by its parent, I idle kernel thread.',
    unit: 'text',
    width: 62,
    adding: 'none',
    value: ({ state }) => state,
  },
  {
    id: 'cgroup',
    label: 'Control group',
    definition: 'Control group (cgroup) that the process is in.',
    unit: 'text',
    width: 180,
    adding: 'none',
    value: ({ cgroup }) => cgroup,
  },
];

const byId = new Map(COLUMNS.map((column) => [column.id, column]));

export const columnOf = (id: ColumnId): ColumnSpec => byId.get(id)!;

export const isColumnId = (id: unknown): id is ColumnId => byId.has(id as ColumnId);

/** A kernel thread has no memory of its own, and a process that has ended has given it back: their zeros are no sizes. */
export const hasMemory = ({ kernelThread, state }: ProcessEntry): boolean => !kernelThread && state !== 'Z';
