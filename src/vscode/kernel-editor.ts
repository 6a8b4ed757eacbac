import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import type { Log } from '../app/ports.js';
import type { NamedTarget } from '../model/target-config.js';
import type { CommandId } from './command-ids.js';
import type { FaultMessages } from './fault-messages.js';
import { KernelAllocationCommands, type KernelAllocationParts } from './kernel-allocation-commands.js';
import type { LoadKernel } from './kernel-services.js';
import { KmemleakCommands } from './kmemleak-commands.js';
import { pickTarget } from './target-picker.js';
import type { LoadTrends } from './trend-services.js';

export interface KernelEditorOptions {
  readonly extension: vscode.Uri;
  readonly load: LoadKernel;
  readonly loadTrends: LoadTrends;
  readonly store: FindingsStore;
  readonly faults: FaultMessages;
  readonly log: Log;
  readonly onFound: () => Promise<void>;
  readonly showHeap: KernelAllocationParts['showHeap'];
}

type KernelCommandId = Extract<CommandId, 'checkKernelLeaks' | 'readKernelAllocations'>;

/** What a kernel tells of its own memory, in the editor: leaks and allocations. Nothing is asked or written before the user wants it. */
export class KernelEditor {
  readonly commands: Readonly<Record<KernelCommandId, () => unknown>>;

  constructor({ extension, load, loadTrends, store, faults, log, onFound, showHeap }: KernelEditorOptions) {
    const ask = async (): Promise<NamedTarget | undefined> => {
      const services = await loadTrends();
      return pickTarget(services, faults, services.monitors.current.target);
    };
    const leaks = new KmemleakCommands({ load, store, faults, log, pickTarget: ask, onFound });
    const doc = vscode.Uri.joinPath(extension, 'docs', 'kernel.md');
    const allocations = new KernelAllocationCommands({ load, faults, pickTarget: ask, showHeap, doc });
    this.commands = { checkKernelLeaks: () => leaks.check(), readKernelAllocations: () => allocations.read() };
  }
}
