// What the cases of live processes need: a process that goes on, and somebody who chooses a way into it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { Answers } from './answers.js';
import { until } from './workspace.js';

/** A program that was started by nobody of ours, and tells its rounds on its standard output. */
export class Grower {
  private rounds = 0;
  readonly isOver: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    this.isOver = new Promise((over) => child.once('exit', () => over()));
    child.stdout?.on('data', (chunk: Buffer) => {
      const last = chunk.toString().trim().split('\n').at(-1);
      if (last !== undefined) this.rounds = Number(last);
    });
  }

  /** Compiles the file and starts it, from a folder of its own: in the workspace it would be one of the programs to profile. */
  static start(source: string): Grower {
    const folder = mkdtempSync(join(tmpdir(), 'memlens-grower-'));
    const program = join(folder, basename(source, '.c'));
    execFileSync('gcc', ['-g', '-O0', '-o', program, source]);
    return new Grower(spawn(program, { stdio: ['ignore', 'pipe', 'ignore'] }), folder);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** It does more than it had done when this was asked. */
  async goesOn(): Promise<void> {
    const then = this.rounds;
    await until('another round of the program', () => this.rounds > then);
  }

  end(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Item extends vscode.QuickPickItem {
  readonly row?: { readonly pid: number };
}

/** The user chooses the process with this number where processes are listed, and else the entry whose label fits. Answers the lists that were shown. */
export function choosesInLists(answers: Answers, pid: number, label: RegExp): { readonly lists: Item[][] } {
  const lists: Item[][] = [];
  answers.stub('createQuickPick', () => {
    const accepts: (() => void)[] = [];
    let items: readonly Item[] = [];
    let isShown = false;
    let isDone = false;
    const choose = (): void => {
      if (isDone) return;
      const wanted = items.find((item) => (item.row === undefined ? label.test(item.label) : item.row.pid === pid));
      if (!isShown || wanted === undefined) return;
      isDone = true;
      lists.push([...items]);
      pick.selectedItems = [wanted];
      for (const accept of accepts) accept();
    };
    const pick = {
      title: '',
      placeholder: '',
      selectedItems: [] as Item[],
      activeItems: [] as Item[],
      get items() {
        return items;
      },
      set items(list: readonly Item[]) {
        items = list;
        choose();
      },
      onDidAccept: (listener: () => void) => {
        accepts.push(listener);
        return { dispose: () => undefined };
      },
      onDidHide: () => ({ dispose: () => undefined }),
      onDidTriggerButton: () => ({ dispose: () => undefined }),
      onDidTriggerItemButton: () => ({ dispose: () => undefined }),
      show: () => {
        isShown = true;
        choose();
      },
      hide: () => undefined,
      dispose: () => undefined,
    };
    return pick;
  });
  return { lists };
}

/** A process as a row of the Processes view names it. */
export const processOf = (pid: number, command: string) => ({
  subject: { monitor: { target: { name: 'local', config: { kind: 'local' } } } },
  pid,
  command,
});

export const marksOf = (file: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');
