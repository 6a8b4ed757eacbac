import * as vscode from 'vscode';
import { faultText } from '../app/fault-text.js';
import { readRun } from '../app/run-settings.js';
import { CancelSource } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { TASK_TYPE } from './command-ids.js';
import type { RunOutcome } from './profile-commands.js';
import type { RunControl } from './profile-session.js';
import type { RunRequest } from './run-request.js';
import type { Settings } from './settings.js';

/** Profiles, and tells its phases; the words of the result and whether anything was found. */
type RunRequested = (request: RunRequest, control: RunControl) => Promise<RunOutcome>;

/** Tasks of type `memlens`: the same runs as by the commands, for tasks.json and "Run Task". */
export class ProfileTasks implements vscode.TaskProvider {
  constructor(
    private readonly settings: Settings,
    private readonly run: RunRequested,
  ) {}

  provideTasks(): vscode.Task[] {
    return this.settings.runs().map(({ name, folder }) => this.taskOf({ type: TASK_TYPE, run: name }, folder, name));
  }

  resolveTask(task: vscode.Task): vscode.Task {
    return this.taskOf(task.definition, task.scope ?? vscode.TaskScope.Workspace, task.name);
  }

  private taskOf(definition: vscode.TaskDefinition, scope: vscode.WorkspaceFolder | vscode.TaskScope, name: string): vscode.Task {
    const execution = new vscode.CustomExecution((resolved) =>
      Promise.resolve(new TaskTerminal(requestOf(resolved, scope, name, this.settings), this.run)),
    );
    const task = new vscode.Task(definition, scope, name, 'MemLens', execution);
    task.group = vscode.TaskGroup.Test;
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, panel: vscode.TaskPanelKind.Shared, clear: true };
    return task;
  }
}

function requestOf(
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  name: string,
  settings: Settings,
): Result<RunRequest, Fault> {
  const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
  const path = folder?.uri.fsPath ?? '/';
  const run: unknown = definition['run'];
  if (typeof run === 'string') return ok({ form: 'setting', name: run, folder: path });
  const { type: _, ...entry } = definition;
  // The editor has replaced the variables already; a `${` that is left is data.
  const draft = readRun(
    { name, ...entry },
    { ...settings.context(path), variable: (variable) => `\${${variable}}` },
    vscode.l10n.t('of the task “{0}”', name),
  );
  return draft.ok ? ok({ form: 'draft', draft: draft.value, folder: path }) : draft;
}

/** What the task's own terminal shows: the phases and the result. The program has a terminal of its own. */
class TaskTerminal implements vscode.Pseudoterminal {
  private readonly writes = new vscode.EventEmitter<string>();
  private readonly closes = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.writes.event;
  readonly onDidClose = this.closes.event;
  private readonly stop = new CancelSource();

  constructor(
    private readonly request: Result<RunRequest, Fault>,
    private readonly run: RunRequested,
  ) {}

  open(): void {
    void this.profile();
  }

  /** The terminal is gone: by the user, by "Terminate Task", or long after the run's end. Only this run may be stopped by it. */
  close(): void {
    this.stop.cancel();
  }

  handleInput(data: string): void {
    // Ctrl+C
    if (data === '\u0003') this.stop.cancel();
  }

  private async profile(): Promise<void> {
    const { request } = this;
    let status = 2;
    try {
      if (request.ok) {
        const control = { onPhase: (phase: string) => this.write(phase), stop: this.stop };
        const outcome = await this.run(request.value, control);
        status = outcome.status;
        this.write(outcome.words);
      } else {
        const { message, nextStep } = faultText(request.error);
        this.write(`${message} ${nextStep}`.trim());
      }
    } finally {
      // Whatever happens: a task that never ends blocks those that depend on it.
      this.closes.fire(status);
    }
  }

  private write(line: string): void {
    this.writes.fire(`${line.replace(/\r?\n/g, '\r\n')}\r\n`);
  }
}
