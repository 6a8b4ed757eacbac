import { type Cancel, neverCancelled } from '../../base/cancel.js';
import { Emitter } from '../../base/emitter.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { EngineId, Obstacle } from '../../engines/engine.js';
import { leakSums } from '../../findings/leak-sums.js';
import { judgedReport } from '../../findings/standing.js';
import type { Finding, Note } from '../../model/finding.js';
import type { LeakCheck, LeakCheckScope, LeakCheckTotals } from '../../model/leak-check.js';
import type { Report } from '../../model/report.js';
import type { Clock, Log } from '../ports.js';
import type { LeakAnswers, LeakAsker, LeakRefusal } from './leak-asker.js';
import { LeakTracks } from './leak-tracks.js';
import type { LeakCheckOptions, LiveRun } from './live-run.js';
import { NOBODY } from './refusal-words.js';

/** What the checks of a run leave for its end. */
export interface CheckedLeaks {
  /** The newest answer of each process, with the number of its check; absent when it was made at Stop. */
  readonly last: ReadonlyMap<number, { readonly leaks: readonly Finding[]; readonly number: number; readonly at: Milliseconds }>;
  /** Errors that stood in the reports of checks. */
  readonly errors: readonly Finding[];
}

export interface RunningChecksOptions {
  readonly key: string;
  readonly title: string;
  readonly engine: EngineId;
  readonly target?: string;
  readonly asker: LeakAsker;
  readonly clock: Clock;
  readonly log: Log;
  /** The report of the run as it is now, with the leaks of a check. */
  readonly report: (
    leaks: readonly Finding[],
    errors: readonly Finding[],
    notes: readonly Note[],
    ranMs: Milliseconds,
  ) => Promise<Report>;
}

/** How long a program may take over a check: on a busy machine, with names to be looked up for the first time. */
const CHECK_MS: Milliseconds = 60_000;
const LOOK_MS: Milliseconds = 10_000;
/** A program that was just started may not have got as far as to be asked. */
const BEGIN_MS: Milliseconds = 10_000;
const PAUSE_MS: Milliseconds = 100;

/** The checks of one run, from its start to its end. */
export class RunningChecks implements LiveRun {
  readonly key: string;
  readonly title: string;
  readonly engine: EngineId;
  readonly target?: string;
  readonly onChange: LiveRun['onChange'];
  pid = 0;
  last: LeakCheck | undefined;
  isOver = false;

  private readonly totals: LeakCheckTotals[] = [];
  private readonly changes = new Emitter<void>();
  private readonly tracks = new LeakTracks();
  private readonly newest = new Map<number, { leaks: readonly Finding[]; number: number; at: Milliseconds }>();
  private readonly errors: Finding[] = [];
  private readonly begun: Milliseconds;
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private number = 0;

  constructor(private readonly options: RunningChecksOptions) {
    this.key = options.key;
    this.title = options.title;
    this.engine = options.engine;
    if (options.target !== undefined) this.target = options.target;
    this.onChange = (listener) => this.changes.on(listener);
    this.begun = options.clock.now();
  }

  get history(): readonly LeakCheckTotals[] {
    return this.totals;
  }

  get isChecking(): boolean {
    return this.waiting > 0;
  }

  get checked(): CheckedLeaks {
    return { last: this.newest, errors: this.errors };
  }

  async obstacles(cancel: Cancel = neverCancelled): Promise<readonly Obstacle[]> {
    if (this.isOver) return [];
    const looked = await this.inTurn(() =>
      this.onceBegun(
        () => this.options.asker.look({ cancel, timeLimitMs: LOOK_MS }),
        ({ able, refusals }) => able.length + refusals.length === 0,
        cancel,
      ),
    );
    if (!looked.ok) {
      this.options.log.warn(`leak check of ${this.title}: ${JSON.stringify(looked.error)}`);
      return [];
    }
    const { able, refusals } = looked.value;
    const isBlocking = able.length === 0;
    if (isBlocking && refusals.length === 0) return [NOBODY];
    return distinct(refusals).map((obstacle) => ({ ...obstacle, blocking: isBlocking }));
  }

  async check({ scope = 'all', cancel = neverCancelled }: LeakCheckOptions = {}): Promise<Result<LeakCheck, Fault>> {
    if (this.isOver) return err({ code: 'run-over', title: this.title });
    this.waiting++;
    this.changes.emit();
    try {
      return await this.inTurn(() => this.checkNow(scope, cancel));
    } finally {
      this.waiting--;
      this.changes.emit();
    }
  }

  /** The last look before the program is ended; true: some process has answered. */
  async checkAtStop(timeLimitMs: Milliseconds): Promise<boolean> {
    const asked = await this.inTurn(() => this.options.asker.ask({ cancel: neverCancelled, timeLimitMs, onlyChanges: false }));
    if (!asked.ok) {
      this.options.log.warn(`leak check at the stop of ${this.title}: ${JSON.stringify(asked.error)}`);
      return false;
    }
    this.keep(asked.value, this.number + 1, this.ranMs());
    return asked.value.answers.length > 0;
  }

  /** Nobody can ask any more; those who wait hear of it. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.changes.emit();
  }

  private async checkNow(scope: LeakCheckScope, cancel: Cancel): Promise<Result<LeakCheck, Fault>> {
    const { asker, log } = this.options;
    const asked = await this.onceBegun(
      () => asker.ask({ cancel, timeLimitMs: CHECK_MS, onlyChanges: scope === 'increased' }),
      (said) => said.answers.length + said.refusals.length === 0,
      cancel,
    );
    if (!asked.ok) return this.isOver ? err({ code: 'run-over', title: this.title }) : asked;
    const { answers, refusals } = asked.value;
    if (answers.length === 0) {
      if (this.isOver) return err({ code: 'run-over', title: this.title });
      const { reason, remedy } = refusals[0]?.obstacle ?? NOBODY;
      return err({ code: 'no-leak-check', title: this.title, reason, remedy });
    }
    const number = ++this.number;
    const at = this.ranMs();
    this.keep(asked.value, number, at);
    const check = await this.made(number, at, scope, asked.value);
    log.info(
      `leak check ${number} of ${this.title}: ${check.leaks.length} leaks, ${answers.length} processes, ${refusals.length} refused`,
    );
    return ok(check);
  }

  private async made(
    number: number,
    at: Milliseconds,
    scope: LeakCheckScope,
    { answers, refusals }: LeakAnswers,
  ): Promise<LeakCheck> {
    const pids = answers.map(({ pid }) => pid);
    const leaks = answers.flatMap((answer) => answer.leaks);
    const notes = [...answers.flatMap((answer) => answer.notes), ...refusals.map(noteOf)];
    const whole = await this.options.report(leaks, this.errors, notes, at);
    const tracks = this.tracks.add(
      at,
      pids,
      whole.findings.filter(({ kind }) => kind === 'leak'),
    );
    const report = scope === 'all' ? whole : withoutSteady(whole, tracks);
    const stops = answers.flatMap(({ stopMs }) => stopMs ?? []);
    const before = this.last;
    const made: LeakCheck = {
      number,
      at,
      ...(before === undefined ? {} : { sinceLast: at - before.at }),
      scope,
      ...(stops.length === 0 ? {} : { stopMs: Math.max(...stops) }),
      pids,
      isComplete: refusals.length === 0,
      leaks: tracks,
      report,
    };
    const check: LeakCheck = { ...made, report: judgedReport(report, { check: made }) };
    const now = tracks.filter(({ statement }) => statement !== 'gone');
    this.totals.push({
      number,
      at,
      ...leakSums(now),
      growing: now.filter(({ statement, isNew }) => isNew || statement === 'still-growing').length,
      isComplete: check.isComplete,
    });
    this.last = check;
    return check;
  }

  private keep({ answers }: LeakAnswers, number: number, at: Milliseconds): void {
    for (const { pid, leaks, errors } of answers) {
      this.newest.set(pid, { leaks, number, at });
      this.errors.push(...errors);
    }
  }

  private ranMs(): Milliseconds {
    return Math.round(this.options.clock.now() - this.begun);
  }

  /** Asks again while nobody answers and the program is only just starting. */
  private async onceBegun<T>(
    ask: () => Promise<Result<T, Fault>>,
    isNobody: (said: T) => boolean,
    cancel: Cancel,
  ): Promise<Result<T, Fault>> {
    for (;;) {
      const said = await ask();
      if (!said.ok || !isNobody(said.value) || this.isOver || cancel.requested || this.ranMs() > BEGIN_MS) return said;
      await new Promise<void>((resolve) => this.options.clock.after(PAUSE_MS, resolve));
    }
  }

  private async inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(action);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}

const distinct = (refusals: readonly LeakRefusal[]): readonly Obstacle[] => [
  ...new Map(refusals.map(({ obstacle }) => [`${obstacle.code} ${obstacle.reason}`, obstacle])).values(),
];

const noteOf = ({ pid, obstacle }: LeakRefusal): Note => ({
  severity: 'warning',
  code: `no-check-${obstacle.code}`,
  text: `Process ${pid} was not looked at: ${obstacle.reason} ${obstacle.remedy}`,
});

/** Leaks that are no more than at the last check are left out of the findings. */
function withoutSteady(report: Report, tracks: LeakCheck['leaks']): Report {
  const grown = new Set(
    tracks
      .filter(({ statement, isNew }) => isNew || statement === 'still-growing' || statement === 'first-check')
      .map(({ pid, fingerprint }) => `${pid ?? ''} ${fingerprint}`),
  );
  return {
    ...report,
    findings: report.findings.filter(({ kind, pid, fingerprint }) => kind !== 'leak' || grown.has(`${pid ?? ''} ${fingerprint}`)),
  };
}
