export interface TaskFacts {
  readonly tid: number;
  /** /proc/PID/task/TID/comm */
  readonly name: string;
  /** Absent: it runs, or we may not know. */
  readonly stackPointer?: number;
}

/**
 * The output of `grep -H '' TID/comm TID/syscall...` in /proc/PID/task. A name may hold anything, newlines too: grep puts the file's name before each line.
 * The stack pointer is the last but one word of `syscall` (proc_pid_syscall(5)), unless the thread is `running`. Ascending by thread id.
 */
export function parseTaskFiles(text: string): { readonly tasks: readonly TaskFacts[]; readonly toldPointers: number } {
  const names = new Map<number, string>();
  const pointers = new Map<number, number>();
  let told = 0;
  for (const match of text.matchAll(/^(\d{1,10})\/(comm|syscall):(.*)$/gm)) {
    const tid = Number(match[1]);
    const line = match[3] ?? '';
    if (match[2] === 'comm') {
      const before = names.get(tid);
      names.set(tid, before === undefined ? line : `${before}\n${line}`);
    } else {
      told++;
      const pointer = /\s0x([0-9a-f]{1,16})\s+0x[0-9a-f]+$/.exec(line)?.[1];
      if (pointer !== undefined) pointers.set(tid, Number.parseInt(pointer, 16));
    }
  }
  const tasks = [...names]
    .sort(([a], [b]) => a - b)
    .map(([tid, name]): TaskFacts => {
      const stackPointer = pointers.get(tid);
      return { tid, name, ...(stackPointer === undefined ? {} : { stackPointer }) };
    });
  return { tasks, toldPointers: told };
}
