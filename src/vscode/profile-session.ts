import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import type { LiveRun } from '../app/leak-checks/live-run.js';
import type { Phase } from '../app/ports.js';
import type { ProfileOutcome } from '../app/profile.js';
import { type Cancel, CancelSource } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, type Result } from '../base/result.js';
import type { RunConfig } from '../model/run-config.js';
import { saveBeforeRun } from './save-before-run.js';
import type { LoadServices } from './services.js';

/** What belongs to one run only. */
export interface RunControl {
  /** Hears its phases, in words. */
  readonly onPhase?: (phase: string) => void;
  /** Stops it, or takes it out of those that wait; other runs go on. */
  readonly stop?: Cancel;
}

/** Hears how a run goes on. */
export interface SessionListener {
  /** undefined: nothing runs any more. */
  phase(title: string, phase: string | undefined): void;
  /** `leader` leads the session of the program, on the run's target. The answer is called when the program is over. */
  started(config: RunConfig, leader: number): () => void;
  /** The program can be asked for its leaks, until nothing runs any more. */
  live(run: LiveRun, config: RunConfig): void;
}

const PHASES: Readonly<Record<Phase, () => string>> = {
  preparing: () => vscode.l10n.t('preparing'),
  building: () => vscode.l10n.t('building'),
  running: () => vscode.l10n.t('running'),
  reading: () => vscode.l10n.t('reading the report'),
  placing: () => vscode.l10n.t('placing the findings'),
};

interface Running {
  readonly title: string;
  readonly cancel: CancelSource;
  readonly stop: CancelSource;
  phase: Phase;
  /** Since its program can be asked for its leaks. */
  live?: LiveRun;
  readonly done: Promise<unknown>;
}

/** At most one run at a time: trust, questions, saving, progress, and the result in the store. */
export class ProfileSession {
  private running: Running | undefined;

  constructor(
    private readonly load: LoadServices,
    private readonly store: FindingsStore,
    private readonly listener: SessionListener,
  ) {}

  /** What is profiled now. */
  get current(): { readonly title: string; readonly phase: Phase } | undefined {
    return this.running;
  }

  async run(config: RunConfig, control: RunControl = {}): Promise<Result<ProfileOutcome, Fault>> {
    if (!vscode.workspace.isTrusted) return err({ code: 'untrusted-workspace' });
    const mayReplace = await this.makeWay(config.name);
    if (!mayReplace) return err({ code: 'cancelled' });
    // Nothing waits between this look and taking the place: of several that waited, one goes on.
    while (this.running !== undefined) await this.running.done;
    if (control.stop?.requested === true) return err({ code: 'cancelled' });
    const cancel = new CancelSource();
    const stop = new CancelSource();
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    const running: Running = { title: config.name, cancel, stop, phase: 'preparing', done };
    // Before the first wait: a second run that comes now has to see it.
    this.running = running;
    const stopped = control.stop?.onRequest(() => this.stop(running));
    try {
      const saved = await saveBeforeRun(config);
      if (!saved.ok) return saved;
      const outcome = await this.withProgress(config, running, control.onPhase);
      if (outcome.ok) {
        const { key, title, report, profile } = outcome.value;
        // What the checks have said of a leak is told beside what its end says.
        const { last: check, history: checks } = running.live ?? {};
        this.store.put({
          key,
          title,
          report,
          ...(profile === undefined ? {} : { profile }),
          ...(check === undefined ? {} : { check, checks: checks ?? [] }),
        });
      }
      return outcome;
    } finally {
      stopped?.dispose();
      this.running = undefined;
      this.listener.phase(config.name, undefined);
      finish();
    }
  }

  /** Ends the program and keeps what was found; before it runs, there is nothing to keep. */
  stop(running: Running | undefined = this.running): void {
    if (running === undefined) return;
    if (running.phase === 'preparing' || running.phase === 'building') running.cancel.cancel();
    else running.stop.cancel();
  }

  /** Ends everything: the window is closed. */
  dispose(): void {
    this.running?.cancel.cancel();
  }

  /** False when the user wants neither to replace what runs, nor to wait for its end. */
  private async makeWay(title: string): Promise<boolean> {
    const { running } = this;
    if (running === undefined) return true;
    const replace = vscode.l10n.t('Replace');
    const wait = vscode.l10n.t('Wait');
    const choice = await vscode.window.showWarningMessage(
      vscode.l10n.t('MemLens: {0} is still being profiled. Replace it with {1}, or wait for its end?', running.title, title),
      replace,
      wait,
    );
    if (choice !== replace && choice !== wait) return false;
    if (choice === replace) running.cancel.cancel();
    return true;
  }

  private async withProgress(
    config: RunConfig,
    running: Running,
    onPhase: ((phase: string) => void) | undefined,
  ): Promise<Result<ProfileOutcome, Fault>> {
    const title = vscode.l10n.t('Profiling {0}', config.name);
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        // The button says Cancel; what was found until then is kept all the same.
        const subscription = token.onCancellationRequested(() => this.stop(running));
        const begun: (() => void)[] = [];
        const programIsOver = (): void => {
          for (const end of begun.splice(0)) end();
        };
        try {
          const services = await this.load();
          return await services.profile(config, {
            cancel: running.cancel,
            stop: running.stop,
            onStarted: (leader) => begun.push(this.listener.started(config, leader)),
            onLive: (run) => {
              running.live = run;
              this.listener.live(run, config);
            },
            progress: {
              phase: (phase, detail) => {
                running.phase = phase;
                if (phase === 'reading') programIsOver();
                const words = detail === undefined || detail === config.name ? PHASES[phase]() : `${PHASES[phase]()} (${detail})`;
                progress.report({ message: words });
                this.listener.phase(config.name, PHASES[phase]());
                onPhase?.(words);
              },
            },
          });
        } finally {
          programIsOver();
          subscription.dispose();
        }
      },
    );
  }
}
