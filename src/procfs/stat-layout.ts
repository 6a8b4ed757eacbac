/** Where the parts of an address space lie, by /proc/PID/stat. 0: not told (no permission), or a kernel thread. */
export interface StatLayout {
  readonly startTicks: number;
  /** R, S, D, Z, T... */
  readonly state: string;
  /** Of whom it is a child. */
  readonly parent: number;
  /** Field 2 without its parentheses. */
  readonly command: string;
  readonly isKernelThread: boolean;
  readonly startCode: number;
  readonly startStack: number;
  readonly startBrk: number;
}

/** PF_KTHREAD of the kernel's include/linux/sched.h, in field 9. */
const KERNEL_THREAD = 0x20_0000;

/**
 * Fields 2, 3, 4, 9, 22, 26, 28 and 47 of /proc/PID/stat (proc_pid_stat(5)). Field 47 is told since Linux 3.3. Undefined when it ends before field 28, or is no
 * such line.
 */
export function parseStatLayout(text: string): StatLayout | undefined {
  // The name may hold `)` and newlines; no later field can.
  const close = text.lastIndexOf(')');
  const open = text.indexOf('(');
  if (open < 0 || close < open) return undefined;
  const fields = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const number = (field: number): number => {
    const word = fields[field - 3] ?? '';
    return /^\d{1,20}$/.test(word) ? Number(word) : Number.NaN;
  };
  const startTicks = number(22);
  const startCode = number(26);
  const startStack = number(28);
  if ([startTicks, startCode, startStack].some(Number.isNaN)) return undefined;
  return {
    startTicks,
    state: fields[0] ?? '',
    parent: number(4) || 0,
    command: text.slice(open + 1, close),
    isKernelThread: (number(9) & KERNEL_THREAD) !== 0,
    startCode,
    startStack,
    startBrk: number(47) || 0,
  };
}
