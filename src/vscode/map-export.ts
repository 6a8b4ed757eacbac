import { writeLines } from '../app/line-sink.js';
import { mapCsv } from '../export/map-csv.js';
import { mapJson } from '../export/map-json.js';
import type { FaultMessages } from './fault-messages.js';
import type { MapPage } from './map-panels.js';
import { askForFile, offerToOpen } from './save-file.js';
import { savedName, saveImage } from './save-image.js';

/** Saves what a Memory Map shows to a file that the user names. */
export class MapExport {
  constructor(private readonly faults: FaultMessages) {}

  async save({ subject, feed, services }: MapPage, format: 'csv' | 'json'): Promise<void> {
    const snapshot = feed.shown?.snapshot;
    if (snapshot === undefined) return;
    const path = await askForFile(`${nameOf(subject)}.${format}`, { [format.toUpperCase()]: [format] });
    if (path === undefined) return;
    // The editor's own box has asked whether a file that is there may be replaced.
    const file = await services.createFile(path, true);
    if (!file.ok) return this.faults.show(file.error, path);
    const closed = await writeLines(file.value, format === 'csv' ? mapCsv(snapshot) : mapJson(snapshot));
    if (closed.ok) await offerToOpen(path);
    else this.faults.show(closed.error, path);
  }

  saveImage({ subject }: MapPage, format: 'png' | 'svg', bytes: Uint8Array): Promise<void> {
    return saveImage(nameOf(subject), format, bytes, this.faults);
  }
}

function nameOf(subject: MapPage['subject']): string {
  return savedName(
    'memlens-map',
    subject.kind === 'process' ? `${subject.process.command}-${subject.process.pid}` : subject.name,
  );
}
