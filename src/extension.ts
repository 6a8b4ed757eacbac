import * as vscode from 'vscode';
import type { Editor } from './editor.js';
import { COMMAND_IDS, TASK_TYPE } from './vscode/command-ids.js';

/**
 * Only what the editor may ask for at once is registered here. The rest (`editor.ts`, in a bundle of its own) is loaded when this
 * has returned: whatever woke the extension up, a C file, the view or a task, wants it, but nothing waits for it.
 */
export function activate(context: vscode.ExtensionContext): void {
  let loading: Promise<Editor> | undefined;
  const load = (): Promise<Editor> =>
    (loading ??= import('./program.js').then(({ editor }) => editor()).then(({ start }) => start(context)));
  for (const id of COMMAND_IDS) {
    const run = async (...args: readonly unknown[]): Promise<unknown> => (await load()).commands[id](...args);
    context.subscriptions.push(vscode.commands.registerCommand(`memlens.${id}`, run));
  }
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider(TASK_TYPE, {
      provideTasks: async (token) => (await load()).tasks.provideTasks(token),
      resolveTask: async (task, token) => (await load()).tasks.resolveTask(task, token),
    }),
  );
  setImmediate(() => void load());
}
