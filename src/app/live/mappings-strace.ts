import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Bytes, Milliseconds } from '../../base/units.js';
import { straceWords } from '../../engines/live/strace.js';
import type { LoggedProcess } from '../../formats/heap/mapped-stacks.js';
import { StraceParser } from '../../formats/heap/strace.js';
import type { Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveOutcome } from '../../model/live.js';
import { Utf8Chunks } from '../utf8-chunks.js';
import { FollowedProfile, type GrowingProfile } from './follow-profile.js';
import type { LiveSession } from './live-way.js';
import { startTool, toolFault } from './run-tool.js';
import { wallClock } from './target-clock.js';

/** More of a log is not written: a call with its stack takes some 500 bytes. */
const MOST_LOG: Bytes = 512 * 2 ** 20;
const LOOK_MS: Milliseconds = 2_000;
const DOING = 'strace logs the calls that map memory';

/** Calls that map memory, as strace logs them with their stacks. */
export async function mappingsByStrace(
  session: LiveSession,
  strace: string,
  of: LoggedProcess,
): Promise<Result<LiveOutcome, Fault>> {
  const { clock, process, target } = session;
  const file = `${session.work}/mappings.strace`;
  let begun = clock.now();
  let from: Promise<number | undefined> = Promise.resolve(undefined);
  const seen = { isAttached: false, wentAway: false };
  let isOver = false;
  // Of which moments stacks are told depends on when it ends: it is read once more then.
  const followed = new FollowedProfile(session, file, new TextProfile(new StraceParser(of)), DOING);
  const detached = new RegExp(`Process ${process.pid} detached`);
  let said = '';
  const tool = {
    argv: straceWords(strace, session.machine.tools.strace?.version, process, file),
    // It lets go of all threads on it; a process that is stopped stays so.
    endSignal: 'TERM',
    graceMs: 10_000,
    onError: (text: string) => {
      said = (said + text).slice(-4096);
      if (!seen.isAttached && said.includes(' attached')) {
        seen.isAttached = true;
        begun = clock.now();
        // It comes when date(1) has begun, which may take a while on a busy machine.
        from = wallClock(target).then((now) => (now === undefined ? undefined : now - (clock.now() - begun) / 1000));
        session.news({ phase: 'attached', words: DOING });
        followed.begin();
      }
      if (!isOver && detached.test(said)) seen.wentAway = true;
    },
  } as const;
  const running = await startTool(session, tool);
  if (!running.ok) return running;
  // Letting go of many threads takes strace a while.
  let asked: number | undefined;
  const end = (): void => {
    isOver = true;
    asked ??= clock.now();
    running.value.end();
  };
  const watch = new LogWatch(session, file, end);
  const watches = [session.stop.onRequest(end), clock.after(session.durationMs, end)];
  const ended = await running.value.ended;
  for (const each of watches) each.dispose();
  watch.dispose();
  followed.dispose();
  if (!ended.ok) return ended;
  const overMs = (asked ?? clock.now()) - begun;
  if (!seen.isAttached) return err(notAttached(ended.value.stderr, toolFault(tool, ended.value)));
  session.news({ phase: 'reading' });
  const began = await from;
  const times = began === undefined ? {} : { from: began, to: began + overMs / 1000 };
  const parser = new StraceParser({ ...of, ...times });
  try {
    for await (const chunk of target.readText(file)) {
      if (session.cancel.requested) return err({ code: 'cancelled' });
      parser.push(chunk);
    }
  } catch (error) {
    return err({ code: 'unreadable', path: file, detail: (error as Error).message });
  }
  const profile = parser.end();
  return ok({
    way: 'mappings',
    process,
    ...(profile === undefined ? {} : { profile: seen.wentAway ? withoutRegions(profile) : profile }),
    findings: [],
    notes: notesOf({ parser, wentAway: seen.wentAway, isFull: watch.isFull }),
    overMs,
  });
}

/** Of a parser that takes text. */
class TextProfile implements GrowingProfile {
  private readonly chunks = new Utf8Chunks();

  constructor(private readonly parser: StraceParser) {}

  push(chunk: Uint8Array): void {
    this.parser.push(this.chunks.push(chunk));
  }

  profile(): HeapProfile | undefined {
    return this.parser.profile();
  }

  end(): HeapProfile | undefined {
    return this.parser.end();
  }
}

/** What it runs now has other addresses. */
function withoutRegions<T extends { readonly regions?: unknown }>(profile: T): Omit<T, 'regions'> {
  const { regions: _, ...rest } = profile;
  return rest;
}

function notesOf(seen: { readonly parser: StraceParser; readonly wentAway: boolean; readonly isFull: boolean }): readonly Note[] {
  const notes: Note[] = [];
  const { children } = seen.parser;
  if (children > 0) {
    const text = `strace follows children as well: ${children === 1 ? 'one' : children} that the process started meanwhile ran slower. What they mapped is left out.`;
    notes.push({ severity: 'info', code: 'children-traced', text });
  }
  if (seen.wentAway) {
    const text = 'The process called execve to run another program, and was let go: what is told is from before that.';
    notes.push({ severity: 'warning', code: 'executed', text });
  }
  if (seen.isFull) {
    const text = `Ended before its time: strace's log had reached ${MOST_LOG / 2 ** 20} MiB, as the process maps so often.`;
    notes.push({ severity: 'warning', code: 'log-full', text });
  }
  return notes;
}

/** strace says why in its own words, which may be those of the kernel. */
function notAttached(stderr: string, fault: Fault): Fault {
  if (/No such process/.test(stderr)) return { code: 'not-found', path: '/proc', what: 'process' };
  if (/Operation not permitted/.test(stderr) && fault.code === 'tool-failed') {
    return {
      ...fault,
      remedy:
        'The kernel does not let strace attach: it is traced by another one, or is of another user, or kernel.yama.ptrace_scope forbids it.',
    };
  }
  if (/-k.*not supported|invalid option -- 'k'/.test(stderr) && fault.code === 'tool-failed')
    return { ...fault, remedy: 'This strace was built without stack traces (-k). Install one that has them.' };
  return fault;
}

/** Ends strace before its log fills the disk. */
class LogWatch {
  isFull = false;
  private timer: { dispose(): void };
  private isOver = false;

  constructor(
    private readonly session: LiveSession,
    private readonly file: string,
    private readonly end: () => void,
  ) {
    this.timer = session.clock.after(LOOK_MS, () => void this.look());
  }

  dispose(): void {
    this.isOver = true;
    this.timer.dispose();
  }

  private async look(): Promise<void> {
    const facts = await this.session.target.stat(this.file);
    if (this.isOver) return;
    if (facts.ok && facts.value.size > MOST_LOG) {
      this.isFull = true;
      this.end();
      return;
    }
    this.timer = this.session.clock.after(LOOK_MS, () => void this.look());
  }
}
