import { exportSeries, type SeriesFormat } from '../app/export-series.js';
import { writeLines } from '../app/line-sink.js';
import { type Subject, subjectLabel } from '../app/subject.js';
import type { ChartQuery } from '../protocol/trends.js';
import type { FaultMessages } from './fault-messages.js';
import { askForFile, offerToOpen } from './save-file.js';
import { savedName, saveImage } from './save-image.js';
import type { LoadTrends } from './trend-services.js';

const KINDS: Readonly<Record<SeriesFormat, { readonly suffix: string; readonly filter: string }>> = {
  csv: { suffix: 'csv', filter: 'CSV' },
  openmetrics: { suffix: 'txt', filter: 'OpenMetrics' },
};

/** Saves what a page shows to a file that the user names. */
export class SeriesExport {
  constructor(
    private readonly load: LoadTrends,
    private readonly faults: FaultMessages,
  ) {}

  async save(subjects: readonly Subject[], query: ChartQuery, format: SeriesFormat): Promise<void> {
    const { suffix, filter } = KINDS[format];
    const path = await askForFile(`${nameOf(subjects)}.${suffix}`, { [filter]: [suffix] });
    if (path === undefined) return;
    const { createFile } = await this.load();
    // The editor's own box has asked whether a file that is there may be replaced.
    const file = await createFile(path, true);
    if (!file.ok) {
      this.faults.show(file.error, path);
      return;
    }
    const closed = await writeLines(file.value, exportSeries(subjects, query, format));
    if (closed.ok) await offerToOpen(path);
    else this.faults.show(closed.error, path);
  }

  saveImage(subjects: readonly Subject[], png: Uint8Array): Promise<void> {
    return saveImage(nameOf(subjects), 'png', png, this.faults);
  }
}

function nameOf([first]: readonly Subject[]): string {
  return savedName('memlens', first === undefined ? '' : subjectLabel(first));
}
