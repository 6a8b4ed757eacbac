import { LineSplitter } from '../../base/lines.js';
import type { OomEvent, OomReport, OomTime } from '../../model/oom.js';
import { type LogLine, logLine, recordLine } from './log-line.js';
import { OomAskerReader } from './oom-asker.js';
import { OomEventBuilder } from './oom-event.js';
import { chosenLine, killedLine, reapedLine } from './oom-kill.js';
import { OtherKillers } from './other-killers.js';
import { QuotedPrintable } from './quoted-printable.js';
import { type WholeLine, WrappedLines } from './wrapped-lines.js';

const MANUAL = /\bSysRq ?: (?:.*: )?Manual OOM execution/i;
const MARKS =
  /\boom-killer: ?gfp_mask=|\boom-kill:constraint=|\b(?:Out of [Mm]emory|out of memory)(?: \([a-z_ ]+\))? ?: [Kk]ill(?:ed)? process \d|\bNo available memory \((?:MPOL_BIND|cpuset)\): [Kk]ill|\bOut of memory in UB \d+: OOM ?killed process \d|\bKilled process \d+[ ,].{0,60}\btotal-vm:\d|\boom_reaper: reaped process \d|\bOut of memory and no killable processes|\bOut of memory: (?:compulsory|system-wide) panic_on_oom/;
/**
 * What a line must hold, whatever stands around it, to begin something or to tell the time of what begins: far from any report all other lines are only
 * counted, which is what most lines of most logs are.
 */
const ANY_WORD =
  /oom|OOM|[Oo]ut of|emory|em-[Ii]nfo|invoked|[Kk]ill(?:ed)? process|deadlocked|ysrq|ysRq|gfp_mask|cpuset=|KB|kB|ages|free:|[Aa]ctive(?:_anon|_file)?:|nevictable:|mapped:|slab|pagetables:|reclaimable:|unstable:|hugepages|lowmem_|per-cpu:|: +hi:|: +Hot:| (?:hot|cold):|Swap cache|protections|Name +Used|total_vm|\] +\d+ +\d+ +\d| usage \d|Tasks? in |ransfer-[Ee]ncoding|":\s*\[\s*\d|\0|^[ \t]*"?__REALTIME|^[ \t]+"time":|\[s=[0-9a-f]/;
/** Events beyond it are counted. */
const MOST_EVENTS = 4096;
/** Rows of tables of tasks in a text. */
const MOST_ROWS = 1 << 19;
/** So many lines after a SysRq f its report begins. */
const MANUAL_LINES = 50;
/** So many events ago a process may have been killed that the reaper names. */
const REAPER_LOOKS_BACK = 256;

/** Does a text hold a report of the kernel's OOM killer? Of Android's lowmemorykiller, of earlyoom or systemd-oomd: no. */
export const isOomText = (text: string): boolean => MARKS.test(text);

/**
 * Reads the reports of the kernel's OOM killer (mm/oom_kill.c, mm/show_mem.c, mm/memcontrol.c) out of a log: dmesg, a journal, a serial console, or
 * a text that somebody has pasted. Kernels from 2.6 on; with any prefix; other lines may stand between those of a report. Never throws; its time
 * is linear in the text, and its memory bounded.
 */
export class OomParser {
  private readonly lines = new LineSplitter((line) => this.raw(line));
  private readonly mail = new QuotedPrintable();
  private readonly others = new OtherKillers();
  private readonly wrapped = new WrappedLines((line) => this.line(line));
  private readonly done: OomEventBuilder[] = [];
  private current: OomEventBuilder | undefined;
  private number = 0;
  /** What the fields of a record have told before its message. */
  private told: OomTime | undefined;
  private leftOut = 0;
  private memoryReports: OomReport['memoryReports'];
  /** Line of the last SysRq f. */
  private manual = Number.NEGATIVE_INFINITY;
  private readonly budget = { rows: MOST_ROWS };

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): OomReport {
    this.lines.end();
    const rest = this.mail.end();
    if (rest !== undefined) this.message(logLine(rest), rest);
    this.wrapped.end();
    this.close();
    const events: readonly OomEvent[] = this.done.map((event) => event.finish());
    const { memoryReports } = this;
    return {
      events,
      lines: this.number,
      eventsLeftOut: this.leftOut,
      otherKillers: this.others.finish(),
      ...(memoryReports === undefined ? {} : { memoryReports }),
    };
  }

  private raw(line: string): void {
    this.number++;
    this.others.take(line, this.number);
    if (this.wrapped.isFar(this.current?.isDone !== false) && !this.mail.isDecoding && !ANY_WORD.test(line)) {
      if (this.current?.isDone === false && line !== '') this.current.other('-', this.number);
      this.wrapped.skip(line);
      return;
    }
    const decoded = this.mail.decode(line);
    if (decoded === undefined) return;
    const field = recordLine(decoded);
    if (field === undefined) this.message(logLine(decoded), line);
    else this.told = field.time ?? this.told;
  }

  /** What the kernel prints at once may be several lines: memory.stat of a control group. */
  private message(line: LogLine, raw: string): void {
    const { told } = this;
    this.told = undefined;
    const timed = line.time === undefined && told !== undefined ? { ...line, time: told } : line;
    if (!timed.text.includes('\n')) {
      this.wrapped.push(timed, raw, this.number);
      return;
    }
    for (const [at, text] of timed.text.split('\n').entries())
      this.wrapped.push({ ...timed, text: text.trim(), dropped: at === 0 ? timed.dropped : 0 }, raw, this.number);
  }

  private line({ text, time, dropped, first, last: line }: WholeLine): void {
    if (dropped > 0) this.current?.drop(dropped);
    if (text.includes('OOM') && MANUAL.test(text)) {
      this.close();
      this.manual = line;
      return;
    }
    const open = (): OomEventBuilder => {
      this.close();
      const event = this.begin(first, time);
      this.current = event;
      this.manual = Number.NEGATIVE_INFINITY;
      return event;
    };
    if (OomAskerReader.isFirst(text)) {
      open().first(text, line);
      return;
    }
    if (this.verdict(text, line, open, () => this.begin(first, time))) return;
    const { current } = this;
    if (current !== undefined && !current.isDone) {
      if (!current.body(text, line)) current.other(text, line);
      return;
    }
    // The end is there, or nothing has begun: what looks like a report's body begins another one, which may turn out to be no OOM.
    if (!ANY_WORD.test(text)) return;
    const next = this.begin(first, time);
    if (text !== '' && next.body(text, line)) {
      this.close();
      this.current = next;
    }
  }

  private begin(line: number, time: OomTime | undefined): OomEventBuilder {
    return new OomEventBuilder(line, time, line - this.manual <= MANUAL_LINES, this.budget);
  }

  /** Lines that say who was chosen, killed and reaped, or why nobody was. */
  private verdict(text: string, line: number, open: () => OomEventBuilder, begin: () => OomEventBuilder): boolean {
    if (!/[Oo]ut of [Mm]emory|No available memory|Killed process|oom-kill:|oom_reaper|deadlocked/.test(text)) return false;
    const reaped = reapedLine(text);
    if (reaped !== undefined) {
      const past = this.current?.hasVictim(reaped.pid) === true ? this.current : this.victimOf(reaped.pid);
      const { current } = this;
      const event = past ?? (current === undefined || current.isDone ? open() : current);
      // The reaper takes from nobody else: the line of the kill is not in the text.
      if (past === undefined) event.kill({ killed: { pid: reaped.pid, name: reaped.name } }, line);
      event.reap(reaped);
      return true;
    }
    const chosen = chosenLine(text);
    if (chosen !== undefined) {
      const { current } = this;
      (current === undefined || current.isDone || current.hasScore ? open() : current).choose(chosen, line);
      return true;
    }
    const killed = killedLine(text);
    if (killed !== undefined) {
      const { current } = this;
      const isNext = current === undefined || current.hasKilled;
      (isNext ? open() : current).kill(killed, line);
      return true;
    }
    const isOther = this.current?.isDone === true || (this.current?.isBound === true && text.includes('oom-kill:constraint='));
    const current = isOther ? undefined : this.current;
    const event = current ?? begin();
    if (!event.bound(text, line) && !event.stop(text, line)) return false;
    // What is said once more at the end of a panic is no event of its own.
    if (current === undefined && !/---\[ end Kernel panic/.test(text) && !this.isRepeated(text, line)) {
      this.close();
      this.current = event;
    }
    return true;
  }

  /** A machine that stops says why twice: `System is deadlocked on memory` behind the line that nobody can be killed. */
  private isRepeated(text: string, line: number): boolean {
    return this.current?.isDone === true && /deadlocked on memory|Kernel panic/.test(text) && this.current.stop(text, line);
  }

  private victimOf(pid: number): OomEventBuilder | undefined {
    return this.done.slice(-REAPER_LOOKS_BACK).findLast((event) => event.hasVictim(pid));
  }

  private close(): void {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    if (!current.isOom) {
      const { count, firstLine } = this.memoryReports ?? { count: 0, firstLine: current.firstLine };
      if (current.memory.hasMemory) this.memoryReports = { count: count + 1, firstLine };
      return;
    }
    if (this.done.length < MOST_EVENTS) this.done.push(current);
    else this.leftOut++;
  }
}
