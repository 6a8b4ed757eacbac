import * as vscode from 'vscode';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';

/** Runs a task of tasks.json (or of another extension) to its end, by the name that launch.json gives it. */
export async function runEditorTask(name: string, cancel: Cancel): Promise<Result<void, Fault>> {
  const tasks = await vscode.tasks.fetchTasks();
  const task = tasks.find((each) => each.name === name) ?? tasks.find((each) => `${each.source}: ${each.name}` === name);
  if (task === undefined) return err({ code: 'not-found', path: name, what: 'task' });
  const ended = new Promise<number | undefined>((resolve) => {
    let code: number | undefined;
    const subscriptions = [
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (sameTask(event.execution.task, task)) code = event.exitCode;
      }),
      vscode.tasks.onDidEndTask((event) => {
        if (!sameTask(event.execution.task, task)) return;
        for (const subscription of subscriptions) subscription.dispose();
        resolve(code);
      }),
    ];
  });
  const execution = await vscode.tasks.executeTask(task);
  const watch = cancel.onRequest(() => execution.terminate());
  const code = await ended;
  watch.dispose();
  if (cancel.requested) return err({ code: 'cancelled' });
  // A compound task has no process of its own.
  if (code === undefined || code === 0) return ok(undefined);
  return err({
    code: 'tool-failed',
    tool: vscode.l10n.t('the task {0}', name),
    trace: { argv: [name], exitCode: code, stderrTail: '' },
  });
}

const sameTask = (a: vscode.Task, b: vscode.Task): boolean => a === b || (a.name === b.name && a.source === b.source);
