import { type Cancel, CancelSource } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import { MINUTE, type Milliseconds } from '../../base/units.js';
import type { Points } from '../../insight/series.js';
import type { PagingRates } from '../../model/machine-accounting.js';
import type { SystemState } from '../../model/system-state.js';
import { OTHER_VERSION } from '../../protocol/other-version.js';
import {
  type FromSystemPage,
  type ShownSystem,
  SYSTEM_PROTOCOL,
  type SystemDiffText,
  type SystemMark,
  type SystemPageState,
  type SystemSubject,
  type ToSystemPage,
} from '../../protocol/system.js';
import { type FaultText, faultText } from '../fault-text.js';
import { diffText } from './diff-words.js';
import { shownSystem } from './shown-system.js';

type Progress = (what: string) => void;

/** A machine that can be looked at again and again. */
export interface SystemPort {
  take(cancel: Cancel, progress: Progress): Promise<Result<SystemState, Fault>>;
}

/** A state that is kept, with its name. */
export interface KeptState extends SystemMark {
  readonly state: SystemState;
  /** Caches were dropped right after it; the mark of this number is what was seen then. */
  readonly droppedTo?: number;
}

/** Where marks outlive the window. */
export interface MarkStore {
  load(): Promise<readonly KeptState[]>;
  save(marks: readonly KeptState[]): void;
}

export interface SystemFeedOptions {
  readonly post: (message: ToSystemPage) => void;
  /** What the page has kept. */
  readonly saved: () => unknown;
  readonly subject: SystemSubject;
  readonly now: () => Milliseconds;
  /** Absent: files, which are told by `load`. */
  readonly port?: SystemPort;
  readonly marks?: MarkStore;
  /** MemAvailable over time, in bytes, as far as it was watched. */
  readonly available?: () => Points;
  /** How it paged in the last minute that was watched. */
  readonly rates?: () => PagingRates | undefined;
  /** Has the machine drop its caches. */
  readonly dropCaches?: (cancel: Cancel, progress: Progress) => Promise<Result<void, Fault>>;
}

/** The oldest one goes for a new one: a state may be some megabytes. */
const MOST_MARKS = 12;

interface Pair {
  readonly before: number;
  /** undefined: always the newest. */
  readonly after: number | undefined;
}

/** What one page of a machine's memory is told: one state at a time, the marks, and what has changed between two of them. */
export class SystemFeed {
  private ready = false;
  private state: SystemPageState = { kind: 'reading' };
  private newest: SystemState | undefined;
  /** The reading before the newest one. */
  private earlier: SystemState | undefined;
  private shownNow: ShownSystem | undefined;
  private readings = 0;
  private marks: readonly KeptState[] = [];
  private pair: Pair | undefined;
  private readonly restored: Promise<void>;
  private running: CancelSource | undefined;

  constructor(private readonly options: SystemFeedOptions) {
    this.restored = this.restore();
  }

  /** False: it is not about what is shown. */
  receive(message: FromSystemPage): boolean {
    switch (message.kind) {
      case 'ready':
        this.begin(message.version);
        return true;
      case 'refresh':
        void this.refresh();
        return true;
      case 'cancel':
        this.running?.cancel();
        return true;
      case 'mark':
        void this.mark();
        return true;
      case 'remove-mark':
        this.removeMark(message.mark);
        return true;
      case 'compare':
        this.compare({ before: message.before, after: message.after });
        return true;
      case 'stop-comparing':
        this.compare(undefined);
        return true;
      default:
        return false;
    }
  }

  /** Reads the machine again. True: there is a new state. */
  async refresh(): Promise<boolean> {
    return this.work((cancel) => this.take(cancel));
  }

  /** Reads the machine, and keeps what it is now. */
  async mark(): Promise<void> {
    await this.restored;
    await this.work(async (cancel) => {
      const isTaken = await this.take(cancel);
      if (isTaken) this.keep('');
      return isTaken;
    });
  }

  /** States of files: the newest is shown, the others are marks. */
  load(states: readonly { readonly label: string; readonly state: SystemState }[]): void {
    const last = states.at(-1);
    if (last === undefined) return;
    for (const { label, state } of states.slice(0, -1)) {
      this.add({ label, at: state.facts.at ?? this.options.now(), state });
    }
    this.tellMarks();
    this.show(last.state);
    const [oldest] = this.marks;
    if (oldest !== undefined) this.compare({ before: oldest.id, after: undefined });
  }

  /** Nothing could be read at all. */
  fail(fault: Fault): void {
    this.setState({ kind: 'failed', ...rootText(fault) });
  }

  nameMark(id: number, label: string): void {
    this.marks = this.marks.map((mark) => (mark.id === id ? { ...mark, label } : mark));
    this.marksChanged();
    this.tellDiff();
  }

  /** Drops the caches of the machine, with a mark before and one after, and compares them. The user has consented. */
  async dropAndCompare(): Promise<void> {
    const { dropCaches } = this.options;
    if (dropCaches === undefined) return;
    await this.restored;
    await this.work(async (cancel) => {
      if (!(await this.take(cancel))) return false;
      const before = this.keep('before dropping caches');
      const dropped = await dropCaches(cancel, (what) => this.setState({ kind: 'reading', what }));
      if (!dropped.ok) {
        this.removeMark(before);
        this.tellFault(dropped.error);
        this.setState({ kind: 'still' });
        return false;
      }
      if (!(await this.take(cancel))) return false;
      const after = this.keep('after dropping caches');
      this.marks = this.marks.map((mark) => (mark.id === before ? { ...mark, droppedTo: after } : mark));
      this.marksChanged();
      this.compare({ before, after });
      return true;
    });
  }

  /** The newest state, for exports. */
  get current(): SystemState | undefined {
    return this.newest;
  }

  /** What is compared now, for exports. */
  get compared(): { readonly before: SystemState; readonly after: SystemState } | undefined {
    const [before, after] = [this.marked(this.pair?.before)?.state, this.afterState];
    return before === undefined || after === undefined ? undefined : { before, after };
  }

  markOf(id: number): SystemMark | undefined {
    return this.marked(id);
  }

  tellFault(fault: Fault): void {
    if (fault.code === 'cancelled') return;
    const needsRoot = fault.code === 'permission' ? ({ needsRoot: true } as const) : {};
    this.options.post({ kind: 'fault', ...rootText(fault), ...needsRoot });
  }

  dispose(): void {
    this.ready = false;
    this.running?.cancel();
  }

  private begin(version: number): void {
    const { post, saved } = this.options;
    if (version !== SYSTEM_PROTOCOL) {
      post({ kind: 'fault', ...OTHER_VERSION });
      return;
    }
    this.ready = true;
    post({ kind: 'hello', version: SYSTEM_PROTOCOL, saved: saved() });
    this.tellState();
    this.tellMarks();
    this.tellSystem();
    this.tellDiff();
    // A page that is made anew after it was hidden shows what there is.
    if (this.options.port !== undefined && this.newest === undefined && this.running === undefined) void this.refresh();
  }

  /** One thing at a time: what is asked for meanwhile is left out. */
  private async work(act: (cancel: Cancel) => Promise<boolean>): Promise<boolean> {
    if (this.options.port === undefined || this.running !== undefined) return false;
    const source = new CancelSource();
    this.running = source;
    try {
      return await act(source);
    } finally {
      this.running = undefined;
      // Cancelled on the way: what was read before stays.
      if (this.state.kind === 'reading') this.setState(this.newest === undefined ? CANCELLED : { kind: 'still' });
    }
  }

  private async take(cancel: Cancel): Promise<boolean> {
    const { port } = this.options;
    if (port === undefined) return false;
    this.setState({ kind: 'reading' });
    const taken = await port.take(cancel, (what) => this.setState({ kind: 'reading', what }));
    if (cancel.requested) return false;
    if (!taken.ok) {
      if (taken.error.code !== 'cancelled') this.setState({ kind: 'failed', ...rootText(taken.error) });
      return false;
    }
    this.show(taken.value);
    return true;
  }

  private show(state: SystemState): void {
    this.earlier = this.newest;
    this.newest = state;
    this.readings++;
    this.render();
    this.tellDiff();
  }

  /** What is earlier may be another state now: the rules about growth judge the newest against what it is compared with. */
  private render(): void {
    const { newest, options } = this;
    if (newest === undefined) return;
    const before = (this.marked(this.pair?.before)?.state ?? this.earlier ?? this.marks.at(-1)?.state)?.facts;
    const available = recent(options.available?.(), newest.facts.at ?? options.now());
    const rates = available === undefined ? undefined : options.rates?.();
    this.shownNow = shownSystem(newest, {
      id: this.readings,
      isLive: options.port !== undefined,
      ...(before === undefined || before === newest.facts ? {} : { before }),
      ...(available === undefined ? {} : { available }),
      ...(rates === undefined ? {} : { rates }),
    });
    this.setState(this.shownNow === undefined ? NO_TOTAL : { kind: 'still' });
    this.tellSystem();
  }

  private keep(label: string): number {
    const { newest } = this;
    const id = newest === undefined ? 0 : this.add({ label, at: newest.facts.at ?? this.options.now(), state: newest });
    this.marksChanged();
    return id;
  }

  private add(mark: Omit<KeptState, 'id'>): number {
    const id = 1 + this.marks.reduce((largest, one) => Math.max(largest, one.id), 0);
    this.marks = [...this.marks, { id, ...mark }].slice(-MOST_MARKS);
    return id;
  }

  private removeMark(id: number): void {
    this.marks = this.marks.filter((mark) => mark.id !== id);
    this.marksChanged();
    if (this.pair?.before === id || this.pair?.after === id) this.compare(undefined);
  }

  private compare(pair: Pair | undefined): void {
    this.pair = pair !== undefined && this.marked(pair.before) !== undefined ? pair : undefined;
    if (this.newest !== undefined) this.render();
    this.tellDiff();
  }

  private marked(id: number | undefined): KeptState | undefined {
    return this.marks.find((mark) => mark.id === id);
  }

  private get afterState(): SystemState | undefined {
    const { pair } = this;
    return pair?.after === undefined ? this.newest : this.marked(pair.after)?.state;
  }

  private async restore(): Promise<void> {
    const kept = (await this.options.marks?.load()) ?? [];
    if (kept.length === 0) return;
    this.marks = kept.slice(-MOST_MARKS);
    this.tellMarks();
  }

  private marksChanged(): void {
    if (this.options.port !== undefined) this.options.marks?.save(this.marks);
    this.tellMarks();
  }

  private setState(state: SystemPageState): void {
    this.state = state;
    this.tellState();
  }

  private tellState(): void {
    if (this.ready) this.options.post({ kind: 'state', state: this.state, subject: this.options.subject });
  }

  private tellSystem(): void {
    if (this.ready && this.shownNow !== undefined) this.options.post({ kind: 'system', shown: this.shownNow });
  }

  private tellMarks(): void {
    if (!this.ready) return;
    this.options.post({ kind: 'marks', marks: this.marks.map(({ id, at, label }) => ({ id, at, label })) });
  }

  private tellDiff(): void {
    if (!this.ready) return;
    const { pair } = this;
    const diff = this.diff;
    this.options.post({ kind: 'diff', diff, ...(pair === undefined || diff === undefined ? {} : { pair }) });
  }

  /** Marks of moments between. */
  private between(before: SystemMark, end: Milliseconds): readonly SystemState[] {
    return this.marks.flatMap(({ at, state }) => (at > before.at && at < end ? [state] : []));
  }

  private get diff(): SystemDiffText | undefined {
    const { pair, afterState } = this;
    const before = this.marked(pair?.before);
    if (pair === undefined || before === undefined || afterState === undefined) return undefined;
    const after = this.marked(pair.after);
    return diffText(
      { label: markWords(before), state: before.state },
      { label: after === undefined ? 'now' : markWords(after), state: afterState },
      before.droppedTo !== undefined && before.droppedTo === pair.after,
      this.between(before, after?.at ?? afterState.facts.at ?? this.options.now()),
    );
  }
}

/** What was watched long ago says nothing of where it goes now. */
function recent(points: Points | undefined, now: Milliseconds): Points | undefined {
  const last = points?.at.at(-1);
  return last !== undefined && Math.abs(now - last) < 2 * MINUTE ? points : undefined;
}

const NO_TOTAL: SystemPageState = {
  kind: 'failed',
  message: 'There is no MemTotal: /proc/meminfo was not read, or it is no meminfo.',
  nextStep: 'Without it nothing can be accounted for. Open a folder that holds it, or look at another target.',
};

const CANCELLED: SystemPageState = {
  kind: 'failed',
  message: 'Reading was cancelled.',
  nextStep: 'Try again when you want to see it.',
};

/** What only root may do has a way. */
function rootText(fault: Fault): FaultText {
  const told = faultText(fault);
  return fault.code === 'permission'
    ? {
        message: told.message,
        nextStep:
          'Only root may do that. Give MemLens a command that gives root on that machine: the setting memlens.rootCommand, such as sudo -n.',
      }
    : { message: told.message, nextStep: told.nextStep };
}

/** `before the run, 14:05:09` */
const markWords = ({ label, at }: SystemMark): string => (label === '' ? clockTime(at) : `${label}, ${clockTime(at)}`);

const clockTime = (at: Milliseconds): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
