/** Soft limits of a process (getrlimit(2)). What is not told is absent. */
export interface Limits {
  /** RLIMIT_AS, in bytes. */
  readonly addressSpace?: number | 'unlimited';
  /** RLIMIT_DATA, in bytes. */
  readonly data?: number | 'unlimited';
  /** RLIMIT_NPROC: threads of the real user. */
  readonly processes?: number | 'unlimited';
  /** RLIMIT_NOFILE. */
  readonly openFiles?: number | 'unlimited';
}

const NAMES: ReadonlyMap<string, keyof Limits> = new Map([
  ['Max address space', 'addressSpace'],
  ['Max data size', 'data'],
  ['Max processes', 'processes'],
  ['Max open files', 'openFiles'],
]);

/** /proc/PID/limits (proc_pid_limits(5)). */
export function parseLimits(text: string): Limits {
  const limits: { -readonly [Field in keyof Limits]: Limits[Field] } = {};
  for (const match of text.matchAll(/^(Max [a-z ]*[a-z])[ \t]+(unlimited|\d{1,20})[ \t]+(?:unlimited|\d+)[ \t]/gm)) {
    const field = NAMES.get(match[1] as string);
    if (field !== undefined) limits[field] ??= match[2] === 'unlimited' ? 'unlimited' : Number(match[2]);
  }
  return limits;
}
