import * as vscode from 'vscode';
import { openHeapProfile } from '../app/heap/open-heap.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { withoutCalls } from '../insight/heap/expand-frames.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { cancelOf } from './cancellation.js';
import type { LoadHeap } from './heap-services.js';

export interface ReadHeap {
  readonly name: string;
  readonly read: Result<HeapProfile, Fault>;
}

/** Reads heap profiles from files of this machine. */
export class HeapReader {
  constructor(private readonly load: LoadHeap) {}

  /** `onBytes`: how many were read so far, and of how many where that is told. */
  async read(
    path: string,
    cancel: Cancel,
    onBytes: (bytes: number, whole: number | undefined) => void = () => undefined,
  ): Promise<Result<HeapProfile, Fault>> {
    const services = await this.load();
    const whole = await services.sizeOf(path);
    const chunks = counted(services.readChunks(path), cancel, (bytes) => onBytes(bytes, whole));
    const opened = await openHeapProfile(chunks, path, services.unpackers);
    // Tools are started for names, and in a folder that is not trusted none is.
    const isTrusted = vscode.workspace.isTrusted;
    const named = opened.ok
      ? ok(isTrusted ? await services.named(opened.value, path, cancel) : withoutCalls(opened.value))
      : opened;
    return cancel.requested ? err({ code: 'cancelled' }) : named;
  }

  /** Asks for a file; undefined: the user has given up. */
  async ask(title: string): Promise<ReadHeap | undefined> {
    const [uri] = await chooseHeaps(title, false);
    if (uri === undefined) return undefined;
    const name = baseName(uri.fsPath);
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Reading {0}', name),
      cancellable: true,
    };
    const read = await vscode.window.withProgress(options, async (_progress, token) => this.read(uri.fsPath, cancelOf(token)));
    return { name, read };
  }
}

export async function chooseHeaps(title: string, several: boolean): Promise<readonly vscode.Uri[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t('Open Profile'),
    canSelectMany: several,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen ?? [];
}

/** A cancel ends them. */
async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  cancel: Cancel,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    if (cancel.requested) return;
    bytes += chunk.length;
    onBytes(bytes);
    yield chunk;
  }
}
