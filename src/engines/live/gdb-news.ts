/** Why a call was not made, or did not come to its end: the word of media/inject-call.py. */
export type CallRefusal =
  /** The process has ended. */
  | 'gone'
  /** It has run another program (execve). */
  | 'replaced'
  | 'stopped'
  | 'traced'
  | 'not-permitted'
  /** No thread of it was at rest, as often as it was looked at. */
  | 'busy'
  /** The process lacks a function that is needed. */
  | 'no-function'
  | 'call-failed'
  /** It was ended after its time, and the thread put back. */
  | 'call-hung'
  | 'ptrace'
  /** LeakSanitizer could not attach to the process, and would have ended it. */
  | 'cant-trace'
  | 'gdb'
  /** We were asked to end. */
  | 'ended';

/** A line that the script prints. */
export type CallNews =
  | { readonly told: 'waiting'; readonly tries: number; readonly why: string }
  | { readonly told: 'done'; readonly stopMs: number; readonly facts: Facts }
  | { readonly told: 'refused'; readonly why: CallRefusal; readonly words: string; readonly stopMs?: number }
  /** Of the job itself. */
  | { readonly told: 'news'; readonly facts: Facts };

export type Facts = Readonly<Record<string, unknown>>;

/** undefined: a line of gdb's own. */
export function parseCallNews(line: string): CallNews | undefined {
  if (!line.startsWith('{')) return undefined;
  let facts: Facts;
  try {
    facts = JSON.parse(line) as Facts;
  } catch {
    return undefined;
  }
  const { told, why, words, tries, stopMs } = facts;
  const stop = typeof stopMs === 'number' ? { stopMs } : {};
  switch (told) {
    case 'waiting':
      return { told, tries: Number(tries), why: String(why) };
    case 'refused':
      return { told, why: why as CallRefusal, words: typeof words === 'string' ? words : '', ...stop };
    case 'done':
      return { told, stopMs: Number(stopMs), facts };
    case 'news':
      return { told, facts };
    default:
      return undefined;
  }
}
