import type { OomChosen, OomConstraint, OomEvent, OomKilled, OomNote, OomReaped, OomTask, OomTime } from '../../model/oom.js';
import { OomAskerReader } from './oom-asker.js';
import { OomCgroupReader } from './oom-cgroup.js';
import { pageSizeOf } from './oom-fields.js';
import { type ChosenLine, constraintLine, constraintOf, type KilledLine, type KillWords } from './oom-kill.js';
import { OomMemoryReader } from './oom-memory.js';
import { OomTaskTable } from './oom-tasks.js';

const ASSUMED_PAGE = 4096;
const MOST_KILLED = 10_000;
const DEADLOCK = /\bOut of memory and no killable processes|\bSystem is deadlocked on memory/;
const PANIC = /\bKernel panic - not syncing: (.*(?:[Oo]ut of memory|deadlocked on memory).*)$/;
/** A caller in the backtrace (no guess, which has a `?`) that there is only for a control group. */
const GROUP_CALLER = /(?<!\? )\bmem_cgroup_(?:out_of_memory|oom_synchronize)\+0x/;
/** Lines of a report that are read by nobody: the backtrace with its registers. */
const TRACE =
  /\b(?:Call )?[Tt]race:$|\bBacktrace:|\+0x[0-9a-f]+\/0x|\[<[0-9a-f]+>\]|<\/?(?:TASK|IRQ|NMI|EOI)>|\b(?:[RE]IP|[RE]SP|[RE]AX|[RE]BX|RDX|EDX|RBP|ESI|EDI|R\d\d|Code|CR2|DS|FS|CS|pc|lr|sp|x\d+) ?: ?|\br\d+:[0-9a-f]{8}|\bHardware name:|\bWorkqueue:|\bTasks state \(|(?:^|\s)[0-9a-f]{16}(?: [0-9a-f]{16})*$|(?:^|\s)[0-9a-f]{8}(?: [0-9a-f]{8})+$|\bCPU: \d+ |\bProcess \S+ \(pid: |callbacks suppressed|^Tainted: |^---\[ end/;

/** Linux 5.4 printed bytes of page tables as kB at first: what the table of tasks says a thousandth of is that. */
function withTables(killed: OomKilled, tasks: readonly OomTask[]): OomKilled {
  const { pageTables, pid } = killed;
  const row = tasks.find((task) => task.pid === pid)?.pageTables;
  return row !== undefined && row > 0 && pageTables === row * 1024 ? { ...killed, pageTables: row } : killed;
}

/** One event while its lines come. */
export class OomEventBuilder {
  readonly asker = new OomAskerReader();
  readonly cgroup = new OomCgroupReader();
  readonly memory = new OomMemoryReader();
  readonly table: OomTaskTable;
  private readonly killed: OomKilled[] = [];
  private readonly reaped: OomReaped[] = [];
  private chosen: OomChosen | undefined;
  private constraint: OomConstraint | undefined;
  private panic: string | undefined;
  private isDeadlocked = false;
  private killsAsker = false;
  private hasOomLine = false;
  private hasBound = false;
  private dropped = 0;
  private broken = 0;
  private firstBroken = 0;
  private foreign = 0;
  private waiting = 0;
  private lastLine: number;

  constructor(
    readonly firstLine: number,
    private readonly when: OomTime | undefined,
    private readonly isManual: boolean,
    budget: { rows: number },
  ) {
    this.table = new OomTaskTable(budget);
    this.lastLine = firstLine;
  }

  /** A line that only running out of memory has; without one it is a report of something else. */
  get isOom(): boolean {
    return this.hasOomLine || this.table.hasRows || !this.cgroup.isEmpty;
  }

  /** Whoever is killed next belongs to another event, unless all of a group are. */
  get hasKilled(): boolean {
    return this.killed.length > 0 && !this.cgroup.killsWhole;
  }

  /** The end of the report was there. */
  get isDone(): boolean {
    return this.killed.length > 0 || this.isDeadlocked || this.panic !== undefined;
  }

  /** Its line `oom-kill:` was there: the next one is of another event. */
  get isBound(): boolean {
    return this.hasBound;
  }

  get hasScore(): boolean {
    return this.chosen?.score !== undefined;
  }

  hasVictim(pid: number): boolean {
    return this.killed.some((one) => one.pid === pid);
  }

  first(text: string, line: number): void {
    this.hasOomLine = true;
    this.asker.first(text);
    this.seen(line);
  }

  choose({ words, chosen }: ChosenLine, line: number): void {
    this.mark(words);
    this.chosen = { ...this.chosen, ...chosen };
    this.seen(line);
  }

  kill({ words, constraint, killed }: KilledLine, line: number): void {
    if (words !== undefined) this.mark(words);
    this.constraint ??= constraint;
    this.hasOomLine = true;
    if (this.killed.length < MOST_KILLED) this.killed.push(killed);
    this.seen(line);
  }

  reap(reaped: OomReaped): void {
    if (this.reaped.length < MOST_KILLED) this.reaped.push(reaped);
  }

  /** `oom-kill:constraint=...`. */
  bound(text: string, line: number): boolean {
    const told = constraintLine(text);
    if (told === undefined) return false;
    this.hasOomLine = true;
    this.hasBound = true;
    this.constraint = told.constraint;
    this.asker.bounds(told.nodemask, told.cpuset, told.memsAllowed);
    this.cgroup.name(told.group, told.group === undefined ? undefined : told.taskGroup);
    if (told.chosen !== undefined) this.chosen = told.chosen;
    this.seen(line);
    return true;
  }

  /** True: it is the end of a report that kills nobody. */
  stop(text: string, line: number): boolean {
    const panic = PANIC.exec(text)?.[1]?.trim();
    const isDeadlock = DEADLOCK.test(text);
    if (panic === undefined && !isDeadlock) return false;
    this.hasOomLine = true;
    this.isDeadlocked ||= isDeadlock;
    this.panic ??= panic;
    this.seen(line);
    return true;
  }

  drop(count: number): void {
    this.dropped += count;
  }

  breaks(line: number): void {
    this.broken++;
    if (this.broken === 1) this.firstBroken = line;
    this.seen(line);
  }

  /** A line that is of a report by itself. */
  body(text: string, line: number): boolean {
    // Most lines of a report are rows of its table, and nothing else begins so.
    const isRow = /^\[\s*\d+\]\s/.test(text);
    if (!isRow && (this.memory.take(text) || this.cgroup.take(text))) {
      this.seen(line);
      return true;
    }
    const row = this.table.take(text, line);
    if (row === 'broken') this.breaks(line);
    else if (row === 'taken') this.seen(line);
    return row !== undefined;
  }

  /** A line that may be of it, or of nothing. */
  other(text: string, line: number): void {
    if (this.asker.take(text)) this.seen(line);
    else if (text !== '' && !TRACE.test(text)) this.waiting++;
    else if (GROUP_CALLER.test(text)) this.constraint ??= { kind: 'memcg' };
  }

  finish(): OomEvent {
    const { asker, chosen, constraint, memory, panic, when } = this;
    const told = memory.pageSize ?? this.sizeByKill();
    const pageSize = told ?? ASSUMED_PAGE;
    const group = this.cgroup.finish();
    const who = asker.finish();
    const mem = memory.finish(pageSize);
    const tasks = this.table.finish(pageSize);
    const bound = constraint ?? (group === undefined ? undefined : ({ kind: 'memcg' } as const));
    return {
      firstLine: this.firstLine,
      lastLine: this.lastLine,
      pageSize,
      isManual: this.isManual || asker.order === -1,
      killsAsker: this.killsAsker,
      tasks,
      killed: this.killed.map((one) => withTables(one, tasks)),
      reaped: this.reaped,
      isDeadlocked: this.isDeadlocked,
      foreignLines: this.foreign,
      notes: this.notes(told === undefined && (tasks.length > 0 || mem !== undefined)),
      ...(when === undefined ? {} : { when }),
      ...(asker.kernel === undefined ? {} : { kernel: asker.kernel }),
      ...(who === undefined ? {} : { asker: who }),
      ...(bound === undefined ? {} : { constraint: bound }),
      ...(group === undefined ? {} : { cgroup: group }),
      ...(mem === undefined ? {} : { memory: mem }),
      ...(chosen === undefined ? {} : { chosen }),
      ...(panic === undefined ? {} : { panic }),
    };
  }

  /** The address space of who was killed is in pages in the table, and in kB in its line. */
  private sizeByKill(): number | undefined {
    for (const { pid, totalVm } of this.killed) {
      const pages = totalVm === undefined ? undefined : this.table.pagesOf(pid);
      const size = pages === undefined ? undefined : pageSizeOf(totalVm ?? 0, pages);
      if (size !== undefined) return size;
    }
    return undefined;
  }

  private mark(words: KillWords): void {
    this.hasOomLine = true;
    if (words === 'allocating-task') this.killsAsker = true;
    this.constraint ??= constraintOf(words);
  }

  private seen(line: number): void {
    this.lastLine = line;
    this.foreign += this.waiting;
    this.waiting = 0;
  }

  private notes(isAssumed: boolean): readonly OomNote[] {
    const { asker, table } = this;
    const notes: OomNote[] = [];
    if (!asker.isTold) notes.push({ code: 'no-beginning' });
    if (!this.isDone) notes.push({ code: 'no-end' });
    if (isAssumed) notes.push({ code: 'page-size-assumed' });
    const gfp = asker.finish()?.gfp;
    if (gfp !== undefined && gfp.flags === undefined)
      notes.push({ code: 'flags-not-known', ...(asker.kernel === undefined ? {} : { kernel: asker.kernel }) });
    if (table.unnamed > 0) notes.push({ code: 'rows-without-columns', count: table.unnamed, line: table.firstUnnamed });
    if (this.broken > 0) notes.push({ code: 'lines-broken', count: this.broken, line: this.firstBroken });
    if (this.dropped > 0) notes.push({ code: 'lines-dropped', count: this.dropped });
    if (table.leftOut > 0) notes.push({ code: 'tasks-left-out', count: table.leftOut });
    return notes;
  }
}
