import * as vscode from 'vscode';
import { readRecordedMaps } from '../app/map/recorded-maps.js';
import { RecordedMonitor } from '../app/recorded-monitor.js';
import { readRecording } from '../app/recorded-trends.js';
import type { Subject } from '../app/subject.js';
import { baseName } from '../base/path.js';
import type { RecordingNote } from '../model/recording.js';
import type { FaultMessages } from './fault-messages.js';
import type { TrendPanels } from './trend-panels.js';
import type { LoadTrends } from './trend-services.js';

/** A recording as the page that showed it when it was made: Trend when processes were watched, else Memory. */
export class RecordingEditor implements vscode.CustomReadonlyEditorProvider {
  constructor(
    private readonly load: LoadTrends,
    private readonly panels: TrendPanels,
    private readonly faults: FaultMessages,
  ) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const services = await this.load();
    const name = baseName(uri.path);
    const path = uri.fsPath;
    try {
      const recorded = await readRecording(services.readText(path));
      if (recorded === undefined) {
        this.faults.show({ code: 'unrecognised-recording', path }, name);
        panel.dispose();
        return;
      }
      const monitor = new RecordedMonitor(recorded, name);
      const recording = { name, cutOff: recorded.cutOff };
      const machine: Subject = { monitor, recording };
      const processes = monitor.watches.map((watch): Subject => {
        const process = recorded.processes.find(({ id }) => id === watch.id);
        if (process === undefined || process.maps.length === 0) return { monitor, watch, recording };
        return { monitor, watch, recording, readMaps: () => readRecordedMaps(services.readText(path), process) };
      });
      const { host } = this.panels.adopt(
        services,
        panel,
        processes.length === 0 ? 'memory' : 'trend',
        processes.length === 0 ? [machine] : [...processes, machine],
      );
      const words = recorded.notes.filter((note) => !isCut(note, recorded.cutOff)).map(noteText);
      if (words.length > 0) {
        const message = vscode.l10n.t('{0} could not be read as a whole.', name);
        host.post({ kind: 'fault', message, nextStep: words.join(' ') });
      }
    } catch (error) {
      this.faults.show({ code: 'unreadable', path, detail: error instanceof Error ? error.message : String(error) }, name);
      panel.dispose();
    }
  }
}

/** The line that the writer did not end: the page says so already, and it is no damage. */
const isCut = ({ code, count }: RecordingNote, cutOff: boolean): boolean => cutOff && code === 'bad-line' && count === 1;

function noteText({ code, count, line }: RecordingNote): string {
  switch (code) {
    case 'newer-version':
      return vscode.l10n.t('It was written by a newer version of MemLens; what this one knows is shown.');
    case 'no-header':
      return vscode.l10n.t('Its first line is missing: the machine is not known.');
    case 'header-again':
      return vscode.l10n.t('It holds several recordings, one after the other.');
    case 'bad-line':
    case 'long-line':
    case 'nul-bytes':
    case 'lines-lost':
      return vscode.l10n.t('Damaged places were skipped: {0}, the first in line {1}.', count, line);
    case 'unknown-kind':
    case 'unknown-field':
    case 'unknown-column':
    case 'unknown-series':
      return vscode.l10n.t('Entries of an unknown kind were skipped: {0}, the first in line {1}.', count, line);
    case 'moment-refused':
      return vscode.l10n.t('Samples older than the ones before them were skipped: {0}, the first in line {1}.', count, line);
    case 'too-many':
      return vscode.l10n.t('Entries beyond what can be shown were left out: {0}.', count);
  }
}
