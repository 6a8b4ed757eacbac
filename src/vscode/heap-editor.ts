import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { reportProfile } from '../app/heap/report-profile.js';
import { DisposableStore } from '../base/dispose.js';
import { clickedFiles } from './clicked-files.js';
import type { CommandId } from './command-ids.js';
import type { FaultMessages } from './fault-messages.js';
import { HeapAnnotations } from './heap-annotations.js';
import { HeapExport } from './heap-export.js';
import { HeapFrames } from './heap-frames.js';
import { KeptHeaps } from './heap-kept.js';
import { HeapPanels } from './heap-panels.js';
import { chooseHeaps, HeapReader } from './heap-reader.js';
import type { LoadHeap } from './heap-services.js';

export interface HeapEditorOptions {
  readonly context: vscode.ExtensionContext;
  readonly load: LoadHeap;
  readonly store: FindingsStore;
  readonly faults: FaultMessages;
  readonly nonce: () => string;
}

type HeapCommandId = Extract<CommandId, 'openHeap' | 'compareHeaps' | 'showHeap'>;

/** Files whose names tell that they are heap profiles open in the first by themselves; all others can be opened in either. */
const VIEW_TYPES = ['memlens.heap', 'memlens.heapOption'] as const;

/** Heap profiles in the editor: files as custom editors, results of runs and of live processes as pages, and what they say of lines. */
export class HeapEditor implements vscode.Disposable, vscode.CustomReadonlyEditorProvider {
  private readonly disposables = new DisposableStore();
  readonly panels: HeapPanels;
  readonly commands: Readonly<Record<HeapCommandId, (...args: readonly unknown[]) => unknown>>;

  constructor(private readonly options: HeapEditorOptions) {
    const { context, load, faults, nonce } = options;
    const tool = `memlens ${String((context.extension.packageJSON as { version?: unknown }).version)}`;
    const frames = new HeapFrames(load);
    const annotations = this.disposables.add(new HeapAnnotations(frames, annotates));
    this.panels = this.disposables.add(
      new HeapPanels({
        extension: context.extensionUri,
        state: context.workspaceState,
        nonce,
        reader: new HeapReader(load),
        frames,
        annotations,
        exports: new HeapExport(load, faults, tool),
        annotates,
        kept: new KeptHeaps(load, context.storageUri && vscode.Uri.joinPath(context.storageUri, 'heap'), tool),
        now: () => Date.now(),
      }),
    );
    for (const type of VIEW_TYPES) {
      this.disposables.add(
        vscode.window.registerCustomEditorProvider(type, this, { webviewOptions: { retainContextWhenHidden: true } }),
      );
    }
    const forget = (): void => frames.forget();
    this.disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(forget));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('memlens.sourcePathMap')) forget();
      }),
    );
    this.commands = {
      openHeap: (clicked, selected) => this.open(clickedFiles(clicked, selected)),
      compareHeaps: (clicked, selected) => this.compare(clickedFiles(clicked, selected)),
      showHeap: (key) => this.showFindings(typeof key === 'string' ? key : undefined),
    };
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    this.panels.adoptFile(uri, panel);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async open(given: readonly vscode.Uri[]): Promise<void> {
    const uris = given.length > 0 ? given : await chooseHeaps(vscode.l10n.t('Open Heap Profile'), true);
    for (const uri of uris) await openPage(uri);
  }

  /** Two files: the newer one is shown, less what the older one has. */
  private async compare(given: readonly vscode.Uri[]): Promise<void> {
    const chosen = given.length > 0 ? [...given] : [...(await chooseHeaps(vscode.l10n.t('Compare Two Heap Profiles'), true))];
    if (chosen.length === 1) chosen.push(...(await chooseHeaps(vscode.l10n.t('Compare with'), false)));
    if (chosen.length < 2) return;
    const dated = await Promise.all(chosen.slice(0, 2).map(async (uri) => ({ uri, at: await writtenAt(uri) })));
    const [older, newer] = dated.sort((one, other) => one.at - other.at).map(({ uri }) => uri);
    if (older === undefined || newer === undefined) return;
    await openPage(newer);
    await this.panels.fileAt(newer)?.compareWith(older.fsPath);
  }

  /** What was recorded of the heap, or else what the findings say of memory, by stack. `wanted`: of this report; undefined: asks. */
  private async showFindings(wanted: string | undefined): Promise<void> {
    const all = this.options.store.all().filter(({ key }) => wanted === undefined || key === wanted);
    const reports = all.flatMap((stored) => {
      const profile = stored.profile ?? reportProfile(stored.report);
      return profile === undefined ? [] : [{ ...stored, profile }];
    });
    if (reports.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('MemLens: no finding tells of memory that is held. Profile a program, or open a report with leaks.'),
      );
      return;
    }
    const items = reports.toReversed().map((stored) => ({ label: stored.title, stored }));
    const chosen =
      items.length === 1
        ? items[0]
        : await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Show the Heap Profile of'), ignoreFocusOut: true });
    if (chosen === undefined) return;
    const { key, title, profile } = chosen.stored;
    this.panels.show(title, profile, { key: `findings ${key}`, description: profile.command ?? title });
  }
}

async function openPage(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, VIEW_TYPES[0]);
}

const annotates = (): boolean => vscode.workspace.getConfiguration('memlens').get<unknown>('heap.annotations') !== false;

async function writtenAt(uri: vscode.Uri): Promise<number> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    // Whether it can be read is told by reading it.
    return Number.POSITIVE_INFINITY;
  }
}
