import * as vscode from 'vscode';
import type { Clock, Command, RunningProgram, Stage } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Exit } from '../model/report.js';
import { STAGE_COMMAND, STAGE_VARIABLE, stageScript } from './stage-script.js';

const TASK_TYPE = 'memlens-program';
const CLOSING_MS = 1_000;

/**
 * Runs programs as tasks of the editor, in a terminal of their own: the user sees the output as it comes and can type.
 * The terminal's shell is replaced by the program, so its process is the leader of the session.
 */
export class TerminalStage implements Stage {
  readonly form = 'terminal';
  /** The last task of each title, which has the terminal that the next one takes. */
  private readonly last = new Map<string, TaskWatch>();

  constructor(
    private readonly clock: Clock,
    private readonly home: string,
  ) {}

  async start(command: Command, title: string): Promise<Result<RunningProgram, Fault>> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    // The end of a task is told in two events; the second one of the last run must not be taken for this one's.
    await this.last.get(title)?.closed(this.clock);
    const task = new vscode.Task(
      // Not the contributed type: this one is not for tasks.json.
      { type: TASK_TYPE, title },
      folder ?? vscode.TaskScope.Global,
      title,
      'MemLens',
      new vscode.ProcessExecution('/bin/sh', ['-c', STAGE_COMMAND], {
        env: { [STAGE_VARIABLE]: stageScript(command) },
        // Without a folder the editor starts a terminal only there; the script goes where it belongs.
        ...(folder === undefined ? { cwd: this.home } : {}),
      }),
    );
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Dedicated,
      clear: true,
      echo: false,
      focus: false,
      showReuseMessage: false,
    };
    const watch = new TaskWatch(title);
    this.last.set(title, watch);
    try {
      await vscode.tasks.executeTask(task);
    } catch (error) {
      watch.dispose();
      this.last.delete(title);
      const detail = error instanceof Error ? error.message : String(error);
      return err(notStarted(command, detail));
    }
    const pid = await watch.started;
    if (pid === undefined) return err(notStarted(command, vscode.l10n.t('its process did not start')));
    return ok({ pid, ended: watch.ended });
  }
}

function notStarted(command: Command, detail: string): Fault {
  return {
    code: 'tool-failed',
    tool: vscode.l10n.t('The terminal'),
    trace: { argv: command.argv, exitCode: null, stderrTail: detail },
  };
}

/** The terminal was closed, which hangs up its processes. */
const HUNG_UP: Exit = { exitCode: null, signal: 'SIGHUP' };

/** Hears the events of one task, which may come before `executeTask` returns. */
class TaskWatch {
  readonly started: Promise<number | undefined>;
  readonly ended: Promise<Exit>;
  private readonly gone: Promise<void>;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(private readonly title: string) {
    let begin: (pid: number | undefined) => void = () => undefined;
    let end: (exit: Exit) => void = () => undefined;
    let leave: () => void = () => undefined;
    this.started = new Promise((resolve) => (begin = resolve));
    this.ended = new Promise((resolve) => (end = resolve));
    this.gone = new Promise((resolve) => (leave = resolve));
    const finish = (exit: Exit): void => {
      begin(undefined);
      end(exit);
    };
    this.subscriptions.push(
      vscode.tasks.onDidStartTaskProcess((event) => this.isOurs(event) && begin(event.processId)),
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (this.isOurs(event)) finish(event.exitCode === undefined ? HUNG_UP : { exitCode: event.exitCode });
      }),
      vscode.tasks.onDidEndTask((event) => {
        if (!this.isOurs(event)) return;
        // The only event of a task whose process never began or whose terminal was closed.
        finish(HUNG_UP);
        leave();
        this.dispose();
      }),
    );
  }

  /** When the editor is done with the task, but not much later than its process. */
  async closed(clock: Clock): Promise<void> {
    await this.ended;
    await Promise.race([this.gone, new Promise<void>((resolve) => clock.after(CLOSING_MS, resolve))]);
    this.dispose();
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  private isOurs({ execution: { task } }: { readonly execution: vscode.TaskExecution }): boolean {
    return task.definition.type === TASK_TYPE && task.definition['title'] === this.title;
  }
}
