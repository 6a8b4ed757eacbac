import * as vscode from 'vscode';
import { shortHash } from '../base/hash.js';
import { heapJson } from '../export/heap-json.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LoadHeap } from './heap-services.js';

/** What a page of a result is about, in a form that outlives the window. */
export interface KeptHeap {
  readonly key: string;
  readonly title: string;
  readonly description: string;
}

/** Larger ones are gone with the window: writing them takes long. */
const MOST_NODES = 500_000;
const MOST_FILES = 12;

/** Results that no file holds are kept with the workspace, so that their pages come back after a reload of the window. */
export class KeptHeaps {
  constructor(
    private readonly load: LoadHeap,
    /** undefined: no folder is open, and nothing is kept. */
    private readonly folder: vscode.Uri | undefined,
    /** `memlens 1.2.3` */
    private readonly tool: string,
  ) {}

  async keep({ key }: KeptHeap, profile: HeapProfile): Promise<void> {
    const { folder } = this;
    if (folder === undefined || profile.tree.length > MOST_NODES) return;
    const services = await this.load();
    try {
      await vscode.workspace.fs.createDirectory(folder);
    } catch {
      return;
    }
    const written = await services.writeText(this.fileOf(folder, key).fsPath, heapJson(profile, this.tool));
    if (written.ok) await this.removeOld(folder);
  }

  /** Where it would be; undefined: nothing is kept. */
  pathOf({ key }: KeptHeap): string | undefined {
    return this.folder && this.fileOf(this.folder, key).fsPath;
  }

  private fileOf(folder: vscode.Uri, key: string): vscode.Uri {
    return vscode.Uri.joinPath(folder, `${shortHash(Array.from(key, (letter) => letter.charCodeAt(0)))}.json`);
  }

  private async removeOld(folder: vscode.Uri): Promise<void> {
    const names = await vscode.workspace.fs.readDirectory(folder);
    const files = await Promise.all(
      names.map(async ([name]) => {
        const uri = vscode.Uri.joinPath(folder, name);
        return { uri, at: (await vscode.workspace.fs.stat(uri)).mtime };
      }),
    );
    for (const { uri } of files.sort((one, other) => other.at - one.at).slice(MOST_FILES)) await vscode.workspace.fs.delete(uri);
  }
}

/** Of an older or newer version, or of nobody: undefined. */
export function readKeptHeap(state: unknown): KeptHeap | undefined {
  if (typeof state !== 'object' || state === null || !('heap' in state)) return undefined;
  const { heap } = state;
  if (typeof heap !== 'object' || heap === null) return undefined;
  const { key, title, description } = heap as Partial<Record<keyof KeptHeap, unknown>>;
  if (typeof key !== 'string' || typeof title !== 'string' || typeof description !== 'string') return undefined;
  return { key, title, description };
}
