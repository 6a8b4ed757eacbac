import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import type { LiveRun } from '../app/leak-checks/live-run.js';
import type { Clock, Log, Phase } from '../app/ports.js';
import type { KeptSubject } from '../app/subject.js';
import type { Fault } from '../base/fault.js';
import { err, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { checkSentence } from '../findings/check-words.js';
import type { LeakCheck, LeakCheckScope } from '../model/leak-check.js';
import type { NamedTarget } from '../model/target-config.js';
import { cancelOf } from './cancellation.js';
import { engineTitle } from './engine-titles.js';
import type { FaultMessages } from './fault-messages.js';
import { pickFromChecks } from './leak-check-history.js';
import { withoutLinks } from './live-news.js';

export interface LeakCheckParts {
  readonly store: FindingsStore;
  readonly faults: FaultMessages;
  readonly clock: Clock;
  readonly log: Log;
  /** Shows the user where the findings are. */
  readonly onFound: () => Promise<void>;
  /** What is profiled now, whether it can be asked or not. */
  readonly running: () => { readonly title: string; readonly phase: Phase } | undefined;
  /** A process of a run, so that its trend and map can be shown; undefined: it has ended. */
  readonly subjectOf: (target: NamedTarget | undefined, pid: number) => Promise<KeptSubject | undefined>;
}

/** How long a program that runs may take until it can be asked. */
const BEGIN_MS = 5_000;
const LOOK_MS = 100;

/** Check Leaks Now, for the program that MemLens runs: as often as wanted, the program going on. */
export class LeakChecks implements vscode.Disposable {
  private run: LiveRun | undefined;
  private target: NamedTarget | undefined;
  private subscription: { dispose(): void } | undefined;
  private readonly item = vscode.window.createStatusBarItem('memlens.check', vscode.StatusBarAlignment.Left, -11);

  constructor(private readonly parts: LeakCheckParts) {
    this.item.name = vscode.l10n.t('MemLens: Check Leaks Now');
    this.item.command = 'memlens.checkLeaks';
  }

  /** A program that can be asked goes on; `target`: where, undefined: on this machine. */
  begin(run: LiveRun, target: NamedTarget | undefined): void {
    this.subscription?.dispose();
    this.run = run;
    this.target = target;
    this.subscription = run.onChange(() => this.changed(run));
    this.changed(run);
  }

  get canCheck(): boolean {
    return this.run !== undefined && !this.run.isOver;
  }

  /** The run is over; `report` of its end has taken the place of that of the last check. */
  end(): void {
    this.subscription?.dispose();
    this.subscription = undefined;
    if (this.run !== undefined) this.show(undefined);
  }

  async check(args?: unknown): Promise<void> {
    const { faults } = this.parts;
    if (!vscode.workspace.isTrusted) return faults.show({ code: 'untrusted-workspace' }, 'MemLens');
    const run = await this.runToAsk();
    if (run === undefined) return this.tellNone();
    const done = await this.ask(run, scopeOf(args));
    if (done === undefined) return;
    if (!done.ok) return faults.show(done.error, run.title);
    await this.tell(run, done.value);
  }

  /** Every check of the run, the newest first; the last run's stay until the next one begins. */
  async history(): Promise<void> {
    const { run } = this;
    if (run === undefined || run.history.length === 0) return this.tellNone();
    const chosen = await pickFromChecks(run);
    if (chosen === 'show') await vscode.commands.executeCommand('memlens.showFindings');
    else if (chosen !== undefined) await this.check({ scope: chosen });
  }

  dispose(): void {
    this.subscription?.dispose();
    this.item.dispose();
  }

  /** A program that has just begun can be asked a moment later. */
  private async runToAsk(): Promise<LiveRun | undefined> {
    const { running, clock } = this.parts;
    for (let waited = 0; !this.canCheck && running()?.phase === 'running' && waited < BEGIN_MS; waited += LOOK_MS) {
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
    return this.canCheck ? this.run : undefined;
  }

  /** undefined: the user was told why not, or has taken it back. */
  private async ask(run: LiveRun, scope: LeakCheckScope): Promise<Result<LeakCheck, Fault> | undefined> {
    return vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Checking {0} for leaks; it goes on', withoutLinks(visibleText(run.title))),
        cancellable: true,
      },
      async (progress, token) => {
        const cancel = cancelOf(token);
        progress.report({ message: vscode.l10n.t('asking whether it can') });
        const obstacles = await run.obstacles(cancel);
        if (cancel.requested) return undefined;
        const blocking = obstacles.find((obstacle) => obstacle.blocking);
        if (blocking !== undefined) {
          void this.tellObstacle(run, `${blocking.reason} ${blocking.remedy}`.trim());
          return undefined;
        }
        if (run.isOver) return err({ code: 'cancelled' });
        progress.report({ message: engineTitle(run.engine) });
        return run.check({ scope, cancel });
      },
    );
  }

  private async tell(run: LiveRun, check: LeakCheck): Promise<void> {
    const { log, onFound } = this.parts;
    const sentence = checkSentence(visibleText(run.title), check);
    log.info(sentence);
    if (check.number === 1 && check.report.findings.length > 0) await onFound();
    const again = vscode.l10n.t('Check Again');
    const show = vscode.l10n.t('Show Findings');
    const notes = check.report.notes.filter(({ severity }) => severity !== 'info').map(({ text }) => visibleText(text));
    const text = `MemLens: ${withoutLinks([sentence, ...notes.slice(0, 1)].join(' '))}`;
    void vscode.window.showInformationMessage(text, again, show).then((chosen) => {
      if (chosen === again) void this.check();
      if (chosen === show) void vscode.commands.executeCommand('memlens.showFindings');
    });
  }

  private async tellObstacle(run: LiveRun, words: string): Promise<void> {
    const copy = vscode.l10n.t('Copy');
    this.parts.log.warn(`${run.title} can’t be checked: ${words}`);
    const text = vscode.l10n.t(
      'MemLens: {0} can’t be checked for leaks now, and was not touched. {1}',
      visibleText(run.title),
      words,
    );
    const chosen = await vscode.window.showWarningMessage(withoutLinks(text), copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(words);
  }

  private tellNone(): void {
    const running = this.parts.running();
    if (running !== undefined) {
      const words = vscode.l10n.t(
        'MemLens: {0} can’t be asked for leaks yet: its program is not running, or its engine tells leaks at the end only. Stop shows what was found until then.',
        withoutLinks(visibleText(running.title)),
      );
      void vscode.window.showInformationMessage(words);
      return;
    }
    const attach = vscode.l10n.t('Profile Process…');
    const profile = vscode.l10n.t('Profile Memory');
    const words = vscode.l10n.t(
      'MemLens: no program that MemLens started is running. Profile one, or look into a process that runs already.',
    );
    void vscode.window.showInformationMessage(words, profile, attach).then((chosen) => {
      if (chosen === profile) void vscode.commands.executeCommand('memlens.profile');
      if (chosen === attach) void vscode.commands.executeCommand('memlens.attach');
    });
  }

  private changed(run: LiveRun): void {
    this.show(run.isOver ? undefined : run);
    const { last } = run;
    if (last === undefined || run.isOver) return;
    const { store, subjectOf } = this.parts;
    const stored = { key: run.key, title: run.title, report: last.report, check: last, checks: run.history };
    const there = store.all().find(({ key }) => key === run.key);
    if (there?.check === last) return;
    store.put({ ...stored, ...(there?.subject === undefined ? {} : { subject: there.subject }) });
    const [pid] = last.pids;
    if (pid === undefined) return;
    void subjectOf(this.target, pid).then((subject) => {
      // Meanwhile there may be a newer one, or the run's end.
      const now = store.all().find(({ key }) => key === run.key);
      if (subject !== undefined && now?.check === last && now.subject?.process?.startTicks !== subject.process?.startTicks) {
        store.put({ ...now, subject });
      }
    });
  }

  private show(run: LiveRun | undefined): void {
    const set = (key: string, value: boolean): void => void vscode.commands.executeCommand('setContext', key, value);
    set('memlens.checkable', run !== undefined);
    set('memlens.checked', (this.run?.history.length ?? 0) > 0);
    if (run === undefined) {
      this.item.hide();
      return;
    }
    const checks = run.history.length;
    this.item.text = run.isChecking ? `$(sync~spin) ${vscode.l10n.t('Checking')}` : `$(inspect) ${vscode.l10n.t('Check Leaks')}`;
    this.item.tooltip =
      checks === 0
        ? vscode.l10n.t('Look for leaks of {0} now; it goes on running', visibleText(run.title))
        : vscode.l10n.t('Look for leaks of {0} again, and see what has grown since check {1}', visibleText(run.title), checks);
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Check {0} for leaks now', visibleText(run.title)),
      role: 'button',
    };
    this.item.show();
  }
}

/** What a menu gives (an item of a view, a terminal) is no scope. */
function scopeOf(args: unknown): LeakCheckScope {
  return typeof args === 'object' && args !== null && 'scope' in args && args.scope === 'increased' ? 'increased' : 'all';
}
