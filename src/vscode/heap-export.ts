import * as vscode from 'vscode';
import type { ShownProfile } from '../app/heap/heap-feed.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import { heapCsv } from '../export/heap-csv.js';
import { heapFolded } from '../export/heap-folded.js';
import { heapJson } from '../export/heap-json.js';
import { heapPprof } from '../export/heap-pprof.js';
import { heapSpeedscope } from '../export/heap-speedscope.js';
import { narrowProfile } from '../insight/heap/narrow.js';
import type { HeapNarrowing } from '../model/heap-narrowing.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { HeapExport as Format } from '../protocol/heap.js';
import type { FaultMessages } from './fault-messages.js';
import type { LoadHeap } from './heap-services.js';
import { askForFile, offerToOpen } from './save-file.js';
import { savedName, saveImage } from './save-image.js';

const KINDS: Readonly<Record<Format, { readonly suffix: string; readonly filter: string; readonly ending: string }>> = {
  pprof: { suffix: 'pb.gz', filter: 'pprof', ending: 'gz' },
  speedscope: { suffix: 'speedscope.json', filter: 'speedscope', ending: 'json' },
  folded: { suffix: 'folded', filter: 'Folded stacks', ending: 'folded' },
  csv: { suffix: 'csv', filter: 'CSV', ending: 'csv' },
  json: { suffix: 'heap.json', filter: 'JSON', ending: 'json' },
};

/** Saves what a page of a heap profile shows to a file that the user names. */
export class HeapExport {
  constructor(
    private readonly load: LoadHeap,
    private readonly faults: FaultMessages,
    /** `memlens 1.2.3` */
    private readonly tool: string,
  ) {}

  async save(title: string, { profile, system }: ShownProfile, format: Format, narrowing: HeapNarrowing): Promise<void> {
    const { suffix, filter, ending } = KINDS[format];
    const path = await askForFile(`${nameOf(title)}.${suffix}`, { [filter]: [ending] });
    if (path === undefined) return;
    const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Saving the heap profile') };
    const closed = await vscode.window.withProgress(progress, async () => {
      const narrowed = narrowProfile(profile, system, narrowing);
      return this.write(path, title, narrowed.profile, narrowed.measure, format);
    });
    if (closed.ok) await offerToOpen(path);
    else this.faults.show(closed.error, path);
  }

  saveImage(title: string, format: 'png' | 'svg', bytes: Uint8Array): Promise<void> {
    return saveImage(nameOf(title), format, bytes, this.faults);
  }

  private async write(
    path: string,
    name: string,
    profile: HeapProfile,
    measure: number,
    format: Format,
  ): Promise<Result<void, Fault>> {
    const services = await this.load();
    if (format === 'pprof') return services.writePacked(path, heapPprof(profile, measure));
    // The editor's own box has asked whether a file that is there may be replaced.
    return services.writeText(path, textOf(this.tool, name, profile, measure, format));
  }
}

function textOf(
  tool: string,
  name: string,
  profile: HeapProfile,
  measure: number,
  format: Exclude<Format, 'pprof'>,
): Iterable<string> {
  switch (format) {
    case 'folded':
      return heapFolded(profile, measure);
    case 'speedscope':
      return heapSpeedscope(profile, { tool, name, measure });
    case 'csv':
      return heapCsv(profile);
    case 'json':
      return heapJson(profile, tool);
  }
}

const nameOf = (title: string): string => savedName('memlens-heap', title);
