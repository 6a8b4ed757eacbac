import { CancelSource } from '../../base/cancel.js';
import { type Disposable, DisposableStore } from '../../base/dispose.js';
import { Emitter } from '../../base/emitter.js';
import type { Fault, UnreachableReason } from '../../base/fault.js';
import type { Milliseconds } from '../../base/units.js';
import type { MonitorState } from '../monitor.js';
import type { Clock, Log } from '../ports.js';
import type { Reader, ReaderSource } from '../reader.js';

const PAUSES_MS: readonly Milliseconds[] = [1000, 2000, 5000, 10_000, 30_000, 60_000];
/** A connection that has held this long is a good one: the pauses begin anew after it. */
const STEADY_MS: Milliseconds = 30_000;
/** A view that is hidden and shown again must not connect anew. */
const LINGER_MS: Milliseconds = 5000;

/** Faults that come again alike, whenever it is tried. */
const LASTING: ReadonlySet<Fault['code']> = new Set<Fault['code']>([
  'tool-missing',
  'tool-too-old',
  'unsupported-platform',
  'untrusted-workspace',
  'permission',
  'not-executable',
  'bad-setting',
  'cancelled',
]);
/** These do, too, when there was no connection before; else the container or the board may be just starting again. */
const LASTING_AT_FIRST: ReadonlySet<Fault['code']> = new Set<Fault['code']>(['tool-failed', 'not-found', 'unreadable']);
/** The user must do something first; and trying again would ask for a password again. */
const LASTING_REASONS: ReadonlySet<UnreachableReason> = new Set<UnreachableReason>([
  'login',
  'host-key-unknown',
  'host-key-changed',
]);
/** Where it worked before, the network, or the container, is away for a while. */
const LASTING_REASONS_AT_FIRST: ReadonlySet<UnreachableReason> = new Set<UnreachableReason>([
  'unknown-host',
  'no-shell',
  'no-command',
]);

function lasts(fault: Fault, everLive: boolean): boolean {
  if (LASTING.has(fault.code) || (!everLive && LASTING_AT_FIRST.has(fault.code))) return true;
  if (fault.code !== 'target-unreachable' || fault.why === undefined) return false;
  return LASTING_REASONS.has(fault.why) || (!everLive && LASTING_REASONS_AT_FIRST.has(fault.why));
}

/** Keeps a reader open while one is wanted. `lost` stays while a new one is being opened, so that what happened can be read. */
export class ReaderConnection implements Disposable {
  private current: MonitorState = { kind: 'idle' };
  private open: Reader | undefined;
  private wanted = false;
  private everLive = false;
  private attempt = 0;
  private opening: CancelSource | undefined;
  private timer: Disposable | undefined;
  private readonly disposables = new DisposableStore();
  private readonly states = this.disposables.add(new Emitter<MonitorState>());
  private readonly opens = this.disposables.add(new Emitter<Reader>());
  readonly onDidChangeState = this.states.on.bind(this.states);
  readonly onDidOpen = this.opens.on.bind(this.opens);

  constructor(
    private readonly source: ReaderSource,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly name: string,
  ) {}

  get state(): MonitorState {
    return this.current;
  }

  get reader(): Reader | undefined {
    return this.open;
  }

  /** Somebody wants samples, or nobody does any more. */
  want(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) {
      if (this.open !== undefined) this.cancelTimer();
      else if (this.current.kind === 'idle') this.connect();
    } else if (this.open !== undefined) {
      this.setTimer(LINGER_MS, () => this.close());
    } else if (this.current.kind !== 'failed') this.close();
  }

  /** A tick was answered. */
  answered(): void {
    if (this.current.kind === 'live') {
      if (this.clock.now() - this.current.since >= STEADY_MS) this.attempt = 0;
      return;
    }
    this.everLive = true;
    this.log.info(`${this.name}: connected`);
    this.setState({ kind: 'live', since: this.clock.now() });
  }

  /** The reader is of no use any more. */
  lose(fault: Fault): void {
    this.opening?.cancel();
    this.opening = undefined;
    this.drop();
    if (!this.wanted) {
      this.close();
      return;
    }
    this.log.warn(`${this.name}: ${JSON.stringify(fault)}`);
    if (lasts(fault, this.everLive)) {
      this.setState({ kind: 'failed', fault });
      return;
    }
    const pause = PAUSES_MS[Math.min(this.attempt, PAUSES_MS.length - 1)] as Milliseconds;
    this.attempt++;
    this.setTimer(pause, () => this.connect());
    this.setState({ kind: 'lost', fault, retryAt: this.clock.now() + pause, attempt: this.attempt });
  }

  retry(): void {
    if (this.opening !== undefined || this.open !== undefined) return;
    this.attempt = 0;
    if (this.wanted) this.connect();
    else this.close();
  }

  dispose(): void {
    this.wanted = false;
    this.close();
    this.disposables.dispose();
  }

  private connect(): void {
    this.cancelTimer();
    const cancel = new CancelSource();
    this.opening = cancel;
    if (this.current.kind !== 'lost') this.setState({ kind: 'connecting', since: this.clock.now() });
    void this.source.openReader(cancel).then((opened) => {
      if (this.opening !== cancel) {
        if (opened.ok) opened.value.dispose();
        return;
      }
      this.opening = undefined;
      if (!opened.ok) {
        this.lose(opened.error);
        return;
      }
      const reader = opened.value;
      this.open = reader;
      reader.onDidEnd((fault) => {
        if (this.open === reader) this.lose(fault);
      });
      if (this.open === reader) this.opens.emit(reader);
    });
  }

  private close(): void {
    this.cancelTimer();
    this.opening?.cancel();
    this.opening = undefined;
    this.drop();
    this.attempt = 0;
    this.setState({ kind: 'idle' });
  }

  private drop(): void {
    const reader = this.open;
    this.open = undefined;
    reader?.dispose();
  }

  private setState(state: MonitorState): void {
    if (state.kind === 'idle' && this.current.kind === 'idle') return;
    this.current = state;
    this.states.emit(state);
  }

  private setTimer(delayMs: Milliseconds, action: () => void): void {
    this.cancelTimer();
    this.timer = this.clock.after(delayMs, action);
  }

  private cancelTimer(): void {
    this.timer?.dispose();
    this.timer = undefined;
  }
}
