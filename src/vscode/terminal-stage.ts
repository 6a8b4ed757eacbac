import * as vscode from 'vscode';
import type { Command, RunningProgram, Stage } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Exit } from '../model/report.js';
import { stageScript } from './stage-script.js';

/**
 * Runs programs as tasks of the editor, in a terminal of their own: the user sees the output as it comes and can type.
 * The terminal's shell is replaced by the program, so its process is the leader of the session.
 */
export class TerminalStage implements Stage {
  private serial = 0;

  async start(command: Command, title: string): Promise<Result<RunningProgram, Fault>> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    const task = new vscode.Task(
      // Not the contributed type: this one is not for tasks.json. The serial lets two runs stand side by side.
      { type: 'memlens-program', title, serial: ++this.serial },
      folder ?? vscode.TaskScope.Global,
      title,
      'MemLens',
      new vscode.ProcessExecution('/bin/sh', ['-c', stageScript(command)], folder === undefined ? { cwd: '/' } : {}),
    );
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Dedicated,
      clear: true,
      echo: false,
      focus: false,
      showReuseMessage: false,
    };
    const watch = new TaskWatch(task);
    try {
      watch.execution = await vscode.tasks.executeTask(task);
    } catch (error) {
      watch.dispose();
      const detail = error instanceof Error ? error.message : String(error);
      return err({
        code: 'tool-failed',
        tool: vscode.l10n.t('the terminal'),
        trace: { argv: command.argv, exitCode: null, stderrTail: detail },
      });
    }
    const pid = await watch.started;
    return ok({ pid, ended: watch.ended });
  }
}

/** The terminal was closed, which hangs up its processes. */
const HUNG_UP: Exit = { exitCode: null, signal: 'SIGHUP' };

/** Hears the events of one task, which may come before `executeTask` returns. */
class TaskWatch {
  readonly started: Promise<number | undefined>;
  readonly ended: Promise<Exit>;
  execution: vscode.TaskExecution | undefined;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(private readonly task: vscode.Task) {
    let begin: (pid: number | undefined) => void = () => undefined;
    let end: (exit: Exit) => void = () => undefined;
    this.started = new Promise((resolve) => (begin = resolve));
    this.ended = new Promise((resolve) => (end = resolve));
    const finish = (exit: Exit): void => {
      begin(undefined);
      end(exit);
      this.dispose();
    };
    this.subscriptions.push(
      vscode.tasks.onDidStartTaskProcess((event) => this.isOurs(event) && begin(event.processId)),
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (this.isOurs(event)) finish(event.exitCode === undefined ? HUNG_UP : { exitCode: event.exitCode });
      }),
      // The only event of a task whose process never began or whose terminal was closed.
      vscode.tasks.onDidEndTask((event) => this.isOurs(event) && finish(HUNG_UP)),
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  private isOurs(event: { readonly execution: vscode.TaskExecution }): boolean {
    return event.execution === this.execution || event.execution.task.definition['serial'] === this.task.definition['serial'];
  }
}
