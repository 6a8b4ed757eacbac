import * as vscode from 'vscode';
import { writeLines } from '../app/line-sink.js';
import { readMarks, writeMarks } from '../app/system/kept-system.js';
import type { KeptState, MarkStore } from '../app/system/system-feed.js';
import { shortHash } from '../base/hash.js';
import { utf8Text } from '../base/utf8.js';
import type { LoadTrends } from './trend-services.js';

/** Marks of the machines are kept with the workspace, a file for each target, so that they outlive the window. */
export class SystemMarks {
  private readonly stores = new Map<string, MarkStore>();

  constructor(
    private readonly load: LoadTrends,
    /** undefined: no folder is open, and nothing is kept. */
    private readonly folder: vscode.Uri | undefined,
    /** `memlens 1.2.3` */
    private readonly tool: string,
  ) {}

  /** `key`: what names the target. */
  of(key: string): MarkStore {
    const store = this.stores.get(key) ?? this.open(key);
    this.stores.set(key, store);
    return store;
  }

  private open(key: string): MarkStore {
    const { folder, tool, load } = this;
    let known: readonly KeptState[] | undefined;
    let writing = Promise.resolve();
    const file = folder && vscode.Uri.joinPath(folder, `${shortHash(Array.from(key, (letter) => letter.charCodeAt(0)))}.json`);
    return {
      async load() {
        if (known === undefined && file !== undefined) {
          try {
            known = readMarks(utf8Text(await vscode.workspace.fs.readFile(file)));
          } catch {
            // Nothing was kept.
          }
        }
        return known ?? [];
      },
      save(marks) {
        known = marks;
        if (file === undefined || folder === undefined) return;
        // One after the other; of what piles up only the last is written.
        writing = writing.then(async () => {
          if (known !== marks) return;
          try {
            await vscode.workspace.fs.createDirectory(folder);
            if (marks.length === 0) await vscode.workspace.fs.delete(file);
            else {
              const written = await (await load()).createFile(file.fsPath, true);
              if (written.ok) await writeLines(written.value, [writeMarks(marks, tool)]);
            }
          } catch {
            // A full disk costs the marks of the next window, and nothing of this one.
          }
        });
      },
    };
  }
}
