import * as vscode from 'vscode';
import {
  KERNEL_SOURCE_WORDS,
  type KernelSource,
  type KernelSourceKind,
  type KernelSources,
} from '../app/system/kernel-allocations.js';
import { visibleText } from '../base/visible-text.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FaultMessages } from './fault-messages.js';
import type { HeapOrigin, LiveHeapPage } from './heap-panels.js';
import type { KernelServices, LoadKernel } from './kernel-services.js';
import { withKernelProgress } from './kmemleak-commands.js';
import { withoutLinks } from './live-news.js';
import { openDoc } from './open-doc.js';

export interface KernelAllocationParts {
  readonly load: LoadKernel;
  readonly faults: FaultMessages;
  readonly pickTarget: () => Promise<NamedTarget | undefined>;
  readonly showHeap: (title: string, profile: HeapProfile, origin: HeapOrigin) => LiveHeapPage;
  /** docs/kernel.md */
  readonly doc: vscode.Uri;
}

interface SourceItem extends vscode.QuickPickItem {
  readonly source?: KernelSource;
  readonly caches?: readonly KernelSource[];
}

interface Asked {
  readonly services: KernelServices;
  readonly target: NamedTarget;
}

const TABLES: ReadonlySet<KernelSourceKind> = new Set(['vmallocinfo', 'slabinfo']);

/** Read Kernel Allocations: what a target's kernel tells of its own memory, as a heap profile. */
export class KernelAllocationCommands {
  constructor(private readonly parts: KernelAllocationParts) {}

  async read(): Promise<void> {
    const { faults, load, pickTarget } = this.parts;
    if (!vscode.workspace.isTrusted) return faults.show({ code: 'untrusted-workspace' }, 'MemLens');
    const target = await pickTarget();
    if (target === undefined) return;
    const asked = { services: await load(), target };
    const listed = await withKernelProgress(
      vscode.l10n.t('Looking at what the kernel of {0} tells', visibleText(target.name)),
      ({ cancel }) => asked.services.sources(target, cancel),
    );
    if (!listed.ok) return faults.show(listed.error, target.name);
    const source = await this.choose(asked, listed.value);
    if (source === undefined) return;
    if (TABLES.has(source.kind)) await this.showTable(asked, source);
    else await this.showProfile(asked, source);
  }

  private async choose({ target }: Asked, sources: KernelSources): Promise<KernelSource | undefined> {
    const picked = await vscode.window.showQuickPick(itemsOf(sources), {
      title: withoutLinks(vscode.l10n.t('What the Kernel of {0} Tells of Its Memory', visibleText(target.name))),
      placeHolder: hintOf(sources),
      matchOnDetail: true,
    });
    if (picked?.caches !== undefined) return chooseCache(picked.caches);
    if (picked !== undefined && picked.source === undefined) void openDoc(this.parts.doc);
    return picked?.source;
  }

  private async showTable({ services, target }: Asked, source: KernelSource): Promise<void> {
    const read = await withKernelProgress(readingTitle(source, target), ({ cancel }) => services.text(target, source, cancel));
    if (!read.ok) return this.parts.faults.show(read.error, target.name);
    const document = await vscode.workspace.openTextDocument({ content: read.value, language: 'plaintext' });
    await vscode.window.showTextDocument(document);
  }

  private async showProfile(asked: Asked, source: KernelSource): Promise<void> {
    const { target } = asked;
    const profile = await this.profile(asked, source);
    if (profile === undefined) return;
    const title = `${source.cache ?? source.kind} (${target.name})`;
    const description = `${target.name}: ${source.path}`;
    const page = this.parts.showHeap(title, profile, { key: `kernel ${target.name} ${source.path}`, description });
    this.offerAgain(asked, source, profile, page);
  }

  /** The growth since `earlier`, as often as wanted, while its page is open. */
  private offerAgain(asked: Asked, source: KernelSource, earlier: HeapProfile, page: LiveHeapPage): void {
    const again = vscode.l10n.t('Read Again and Compare');
    const at = new Date().toLocaleTimeString();
    const text = vscode.l10n.t(
      'MemLens: {0} of {1} was read. Do what may leak, then read it again to see what has grown.',
      visibleText(source.cache ?? source.kind),
      visibleText(asked.target.name),
    );
    void vscode.window.showInformationMessage(withoutLinks(text), again).then(async (chosen) => {
      if (chosen !== again || !page.isOpen) return;
      const newer = await this.profile(asked, source);
      if (newer === undefined) return;
      page.update(newer);
      page.compareWith(earlier, vscode.l10n.t('read at {0}', at));
      this.offerAgain(asked, source, earlier, page);
    });
  }

  private async profile({ services, target }: Asked, source: KernelSource): Promise<HeapProfile | undefined> {
    const read = await withKernelProgress(readingTitle(source, target), (work) => services.profile(target, source, work));
    if (read.ok) return read.value;
    this.parts.faults.show(read.error, target.name);
    return undefined;
  }
}

const readingTitle = ({ path }: KernelSource, { name }: NamedTarget): string =>
  vscode.l10n.t('Reading {0} of {1}', visibleText(path), visibleText(name));

/** Those that are there; then those that a kernel could have, with what it needs for them. */
function itemsOf({ sources }: KernelSources): readonly SourceItem[] {
  const items: SourceItem[] = [];
  const missing: string[] = [];
  for (const kind of Object.keys(KERNEL_SOURCE_WORDS) as KernelSourceKind[]) {
    const { title, gives, needs } = KERNEL_SOURCE_WORDS[kind];
    const there = sources.filter((source) => source.kind === kind);
    const [first] = there;
    if (first === undefined) missing.push(`${title}: ${needs}`);
    else {
      const rights = first.isReadable ? '' : ` $(lock) ${vscode.l10n.t('only root may read it')}`;
      const what = kind === 'slab-traces' ? { caches: there } : { source: first };
      items.push({
        label: title,
        description: `${visibleText(kind === 'slab-traces' ? '' : first.path)}${rights}`,
        detail: gives,
        ...what,
      });
    }
  }
  if (missing.length === 0) return items;
  return [
    ...items,
    { label: vscode.l10n.t('not on this kernel'), kind: vscode.QuickPickItemKind.Separator },
    ...missing.map((text) => ({
      label: `$(circle-slash) ${text.slice(0, text.indexOf(': '))}`,
      detail: vscode.l10n.t('Needs {0}', text.slice(text.indexOf(': ') + 2)),
    })),
  ];
}

async function chooseCache(caches: readonly KernelSource[]): Promise<KernelSource | undefined> {
  const items = caches.map((source) => ({
    label: visibleText(source.cache ?? ''),
    description: visibleText(source.path),
    source,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Which Slab Cache?'),
    matchOnDescription: true,
  });
  return picked?.source;
}

function hintOf({ debugfs }: KernelSources): string {
  if (debugfs === 'not-mounted') {
    return vscode.l10n.t('debugfs is not mounted: more may be there. Check Kernel Leaks (kmemleak)… can mount it.');
  }
  if (debugfs === 'closed') return vscode.l10n.t('Only root may look into debugfs, where more may be: set memlens.rootCommand.');
  return vscode.l10n.t('Choose what to read');
}
