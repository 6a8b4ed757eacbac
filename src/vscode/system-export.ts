import { writeLines } from '../app/line-sink.js';
import { allGrowth } from '../app/system/diff-words.js';
import { growthCsv } from '../export/growth-csv.js';
import { systemJson } from '../export/system-json.js';
import { filesOf, systemFindings } from '../insight/system/rules.js';
import type { SystemState } from '../model/system-state.js';
import type { FaultMessages } from './fault-messages.js';
import { askForFile, offerToOpen } from './save-file.js';
import { savedName } from './save-image.js';
import type { LoadTrends } from './trend-services.js';

/** Saves what a page of a machine's memory shows to a file that the user names. */
export class SystemExport {
  constructor(
    private readonly load: LoadTrends,
    private readonly faults: FaultMessages,
    /** `memlens 1.2.3` */
    private readonly tool: string,
  ) {}

  /** As `memlens system --format json`: it opens again. */
  async saveState(title: string, state: SystemState): Promise<void> {
    const findings = systemFindings({ now: state.facts, ...filesOf(state) });
    await this.save(`${savedName('memlens', title)}.json`, { JSON: ['json'] }, [
      [...systemJson(state, findings, this.tool)].join(''),
    ]);
  }

  async saveChanges(
    title: string,
    { before, after }: { readonly before: SystemState; readonly after: SystemState },
  ): Promise<void> {
    const lines = allGrowth(before, after);
    await this.save(`${savedName('memlens', title)}-changes.csv`, { CSV: ['csv'] }, growthCsv(lines));
  }

  private async save(name: string, filters: Record<string, string[]>, pieces: Iterable<string>): Promise<void> {
    const path = await askForFile(name, filters);
    if (path === undefined) return;
    const services = await this.load();
    // The editor's own box has asked whether a file that is there may be replaced.
    const file = await services.createFile(path, true);
    if (!file.ok) return this.faults.show(file.error, path);
    const closed = await writeLines(file.value, pieces);
    if (closed.ok) await offerToOpen(path);
    else this.faults.show(closed.error, path);
  }
}
