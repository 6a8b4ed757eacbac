import * as vscode from 'vscode';
import { faultText } from '../app/fault-text.js';
import { type Subject, watchLabel } from '../app/subject.js';
import type { Fault } from '../base/fault.js';
import { visibleText } from '../base/visible-text.js';
import type { MapEditor } from './map-editor.js';
import type { PageHost } from './page-host.js';
import type { TrendServices } from './trend-services.js';

/** Shows the maps that a recording holds of a process. They are read anew each time: `page`, which shows the recording, holds none. */
export async function showRecordedMap(
  maps: MapEditor,
  services: TrendServices,
  page: PageHost,
  { watch, recording, readMaps }: Subject,
): Promise<void> {
  if (watch === undefined || recording === undefined || readMaps === undefined) return;
  const { name } = recording;
  const title = vscode.l10n.t('Reading the memory maps of {0}…', visibleText(name));
  const fail = (fault: Fault): void => {
    const { message, nextStep } = faultText(fault);
    page.post({ kind: 'fault', message, nextStep });
  };
  try {
    const { snapshots, labels } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, readMaps);
    if (snapshots.length > 0) maps.showRecorded(services, { name, process: watchLabel(watch), snapshots, labels });
    else fail({ code: 'unreadable', path: name, detail: 'its memory maps are damaged' });
  } catch (error) {
    fail({ code: 'unreadable', path: name, detail: error instanceof Error ? error.message : String(error) });
  }
}
