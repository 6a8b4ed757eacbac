/** A call, whole. `result` is undefined where it failed or did not return. */
export interface StraceCall {
  readonly pid: number;
  /** Seconds, of whatever clock the log has; undefined without one. */
  readonly time: number | undefined;
  readonly name: string;
  readonly arguments: string;
  readonly result: number | undefined;
}

/** The first half of a call that another thread interrupts. */
interface Unfinished {
  readonly pid: number;
  readonly is: 'unfinished';
  readonly name: string;
  /** As far as they were told. */
  readonly arguments: string;
}

/** What stands before a call: with -f the number of the thread, with -t, -tt, -ttt or -r a time. */
const BEFORE = /^(?:\[pid +(\d+)\] |(\d+) +)?(?:(\d\d):(\d\d):(\d\d(?:\.\d+)?) |\+? *(\d+\.\d+) )?/;
/** What strace was told to follow in a container: ` = 12 /* 4711 in strace's PID NS *\/`. */
const TRANSLATED = /= \d+ \/\* (\d+) in strace's PID NS \*\/$/;
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)$/;
const CALL = /^(\w+)\((.*)$/;
const RESULT = /\)\s+= (-?(?:0x[\da-f]+|\d+))(?: |$)(?!E[A-Z])/i;

/**
 * Makes calls of the lines of a log of strace(1). A call that another thread interrupts stands in two lines, `<unfinished ...>` and `<... mmap resumed>`,
 * and becomes one, at its end.
 */
export class StraceLines {
  /** By thread: what was told of the call before it was interrupted. */
  private readonly unfinished = new Map<number, string>();
  private elapsed = 0;

  /** undefined: no line of strace. `exited`: the thread has ended. A call that goes on later is told as `unfinished`. */
  read(text: string): StraceCall | Unfinished | { readonly pid: number; readonly is: 'exited' | 'other' } | undefined {
    const before = BEFORE.exec(text);
    const pid = Number(before?.[1] ?? before?.[2] ?? 0);
    const time = this.time(before);
    let rest = text.slice(before?.[0].length ?? 0);
    if (/^\+\+\+ (?:exited|killed|superseded)/.test(rest)) return { pid, is: 'exited' };
    if (rest.startsWith('--- ') || rest.startsWith('+++ ')) return { pid, is: 'other' };
    const resumed = RESUMED.exec(rest);
    if (resumed !== null) {
      rest = (this.unfinished.get(pid) ?? `${resumed[1] ?? ''}(`) + (resumed[2] ?? '');
      this.unfinished.delete(pid);
    }
    const call = CALL.exec(rest);
    if (call === null) return undefined;
    if (rest.endsWith('<unfinished ...>')) {
      this.unfinished.set(pid, rest.slice(0, -'<unfinished ...>'.length).trimEnd());
      return { pid, is: 'unfinished', name: call[1] ?? '', arguments: call[2] ?? '' };
    }
    const result = RESULT.exec(rest);
    const told = call[2] ?? '';
    return {
      pid,
      time,
      name: call[1] ?? '',
      arguments: result === null ? told : told.slice(0, Math.max(0, result.index - (call[1] ?? '').length - 1)),
      result: result === null ? undefined : numberOf(TRANSLATED.exec(rest)?.[1] ?? result[1] ?? ''),
    };
  }

  private time(before: RegExpExecArray | null): number | undefined {
    if (before?.[6] !== undefined) {
      const told = Number(before[6]);
      // -ttt tells the time since 1970, -r that since the last line.
      if (told > 1e6) return told;
      this.elapsed += told;
      return this.elapsed;
    }
    if (before?.[5] === undefined) return undefined;
    return (Number(before[3]) * 60 + Number(before[4])) * 60 + Number(before[5]);
  }
}

/** `0x7fc51c6b2000`, `303104`; NULL and other words are 0. A failed call gives -1, which is undefined. */
function numberOf(text: string): number | undefined {
  const value = Number(text);
  return value >= 0 && Number.isSafeInteger(value) ? value : undefined;
}

/** The first arguments as numbers; words such as NULL are 0. */
export function numbersOf(told: string, count: number): readonly number[] {
  return told
    .split(',', count)
    .map((part) => Number(part))
    .map((value) => (Number.isSafeInteger(value) && value >= 0 ? value : 0));
}
