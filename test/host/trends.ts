// What the cases of trends need: processes to watch, and somebody who chooses them.
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import type { Answers } from './answers.js';
import { until } from './workspace.js';

/** A process that holds some memory and waits. */
export function spawnWaiting(): ChildProcess & { readonly pid: number } {
  const child = spawn('sh', ['-c', 'sleep 300; :'], { stdio: 'ignore' });
  return child as ChildProcess & { readonly pid: number };
}

/** Tabs of our own webviews. */
export function ourTabs(
  viewType: 'memlens.trend' | 'memlens.recording' | 'memlens.map' | 'memlens.system',
): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        (input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType)) ||
        (input instanceof vscode.TabInputCustom && input.viewType === viewType),
    );
}

export const closeTabs = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');

/** The user chooses the process with this pid as soon as the list has it. */
export function choosesProcess(answers: Answers, pid: number): void {
  interface Process {
    readonly row: { readonly pid: number };
  }
  listsAre(answers, (items: readonly Process[]) => items.find(({ row }) => row.pid === pid));
}

/** Lists that the extension makes by itself: what `wantedOf` says is chosen as soon as it is there. */
export function listsAre<Item>(answers: Answers, wantedOf: (items: readonly Item[]) => Item | undefined): void {
  answers.stub('createQuickPick', () => {
    const accepts: (() => void)[] = [];
    const hides: (() => void)[] = [];
    const hears = (listeners: (() => void)[]) => (listener: () => void) => {
      listeners.push(listener);
      return { dispose: () => undefined };
    };
    let items: readonly Item[] = [];
    const pick = {
      selectedItems: [] as unknown[],
      activeItems: [] as unknown[],
      get items() {
        return items;
      },
      set items(list: typeof items) {
        items = list;
        const wanted = wantedOf(list);
        if (wanted === undefined) return;
        pick.selectedItems = [wanted];
        for (const accept of accepts) accept();
      },
      onDidAccept: hears(accepts),
      onDidHide: hears(hides),
      onDidTriggerItemButton: () => ({ dispose: () => undefined }),
      show: () => {
        const wanted = wantedOf(items);
        if (wanted === undefined) return;
        pick.selectedItems = [wanted];
        for (const accept of accepts) accept();
      },
      hide: () => {
        for (const hide of hides) hide();
      },
      dispose: () => undefined,
    };
    return pick;
  });
}

/** The user chooses the first entry whose label fits. */
export function chooses(answers: Answers, label: RegExp): void {
  const wantedOf = (items: readonly { readonly label: string }[]) => items.find((item) => label.test(item.label));
  answers.stub('showQuickPick', async (items: readonly { readonly label: string }[]) => wantedOf(items));
  listsAre(answers, wantedOf);
}

interface TargetItem {
  readonly label: string;
  readonly buttons?: readonly vscode.QuickInputButton[];
}

/** The user presses a button of the first target whose label fits; of none, closes the list. Answers what was listed. */
export function pressesInList(answers: Answers, label: RegExp, tooltip: RegExp): readonly string[] {
  const labels: string[] = [];
  answers.stub('createQuickPick', () => {
    let press: (event: { readonly item: TargetItem; readonly button: vscode.QuickInputButton }) => void = () => undefined;
    let hide: () => void = () => undefined;
    const pick = {
      items: [] as readonly TargetItem[],
      onDidAccept: () => ({ dispose: () => undefined }),
      onDidHide: (listener: typeof hide) => {
        hide = listener;
      },
      onDidTriggerItemButton: (listener: typeof press) => {
        press = listener;
      },
      show: () => {
        labels.push(...pick.items.map((item) => item.label));
        const item = pick.items.find((one) => label.test(one.label));
        const button = item?.buttons?.find((one) => tooltip.test(one.tooltip ?? ''));
        if (item !== undefined && button !== undefined) press({ item, button });
        hide();
      },
      hide: () => hide(),
      dispose: () => undefined,
    };
    return pick;
  });
  return labels;
}

/** Watches the process through the command that the user has for it. */
export async function watch(answers: Answers, pid: number): Promise<vscode.Tab> {
  choosesProcess(answers, pid);
  await vscode.commands.executeCommand('memlens.watchProcess');
  return until('the Trend page', () => ourTabs('memlens.trend').find(({ label }) => label.includes(`(${pid})`)));
}

const fs = createRequire(__filename)('node:fs') as { openSync: (...args: unknown[]) => unknown };

/** Counts how often this extension host opens a file. */
export function countOpens(path: string): { readonly count: () => number; readonly restore: () => void } {
  const original = fs.openSync;
  let opened = 0;
  fs.openSync = (...args) => {
    if (args[0] === path) opened++;
    return original(...args);
  };
  return {
    count: () => opened,
    restore: () => {
      fs.openSync = original;
    },
  };
}
