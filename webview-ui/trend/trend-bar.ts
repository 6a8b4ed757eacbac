import { visibleText } from '../../src/base/visible-text.js';
import type { FromPage } from '../../src/protocol/trends.js';
import { actionButton } from '../shared/action-button.js';
import { element, icon, setAttribute, setChildren } from '../shared/dom.js';
import { FieldPicker, type PickerItem } from '../shared/field-picker.js';
import type { SourceData } from '../shared/source-data.js';
import type { TimeView } from '../shared/time-view.js';
import { type KeyHelp, WindowBar } from '../shared/window-bar.js';

export interface BarActions {
  send(message: FromPage): void;
  measures(): readonly PickerItem[];
  toggleMeasure(id: string): void;
  setChanges(changes: boolean): void;
  exportData(format: 'csv' | 'openmetrics'): void;
  exportPicture(): void;
}

const MARK_KEYS: readonly KeyHelp[] = [
  ['Click, Enter', 'mark A, then mark B: the difference between two moments'],
  ['A, B', 'set that mark at the cursor'],
];

/** What can be done with the page: time, measures, marks, recording, exports. */
export class TrendBar {
  readonly element: HTMLElement;
  private readonly changesButton: HTMLButtonElement;
  private readonly recordButton: HTMLButtonElement;
  private readonly markButton: HTMLButtonElement;
  private readonly recording = element('span', { class: 'recording', attributes: { role: 'status', hidden: true } });
  private changes = false;
  private recordingTo: string | undefined;

  constructor(view: TimeView, actions: BarActions) {
    this.changesButton = actionButton('diff', 'Changes', 'Changes since the start of the window instead of values', () =>
      actions.setChanges(!this.changes),
    );
    this.recordButton = actionButton('record', 'Record', 'Record to a file', () =>
      actions.send({ kind: this.recordingTo === undefined ? 'record' : 'stop-recording' }),
    );
    this.markButton = actionButton('bookmark', 'Mark', 'Mark this moment in the series', () => actions.send({ kind: 'mark' }));
    const compare = actionButton('add', 'Compare…', 'Show another process or machine on this page', () =>
      actions.send({ kind: 'compare' }),
    );
    const picker = new FieldPicker(
      'Measures…',
      () => actions.measures(),
      (id) => actions.toggleMeasure(id),
      'list-selection',
    );
    const exports = [
      actionButton('export', 'CSV', 'Export what is shown as CSV', () => actions.exportData('csv')),
      actionButton(undefined, 'OpenMetrics', 'Export what is shown as OpenMetrics', () => actions.exportData('openmetrics')),
      actionButton(undefined, 'PNG', 'Export the charts as a picture', () => actions.exportPicture()),
    ];
    this.element = element(
      'header',
      { class: 'trend-bar' },
      new WindowBar(view, MARK_KEYS).element,
      element(
        'div',
        { class: 'actions', attributes: { role: 'toolbar', 'aria-label': 'Trend' } },
        picker.element,
        this.changesButton,
        compare,
        element('span', { class: 'divider' }),
        this.markButton,
        this.recordButton,
        element('span', { class: 'divider' }),
        element('span', { class: 'group', attributes: { role: 'group', 'aria-label': 'Export' } }, ...exports),
      ),
      this.recording,
    );
  }

  update(data: SourceData, changes: boolean): void {
    this.changes = changes;
    this.recordingTo = data.recordingTo;
    setAttribute(this.changesButton, 'aria-pressed', `${changes}`);
    const recording = data.recordingTo !== undefined;
    setChildren(this.recordButton, icon(recording ? 'debug-stop' : 'record'), recording ? 'Stop' : 'Record');
    setAttribute(this.recordButton, 'title', recording ? 'Stop recording' : 'Record to a file');
    this.recording.hidden = !recording;
    if (data.recordingTo !== undefined)
      setChildren(this.recording, icon('record'), `Recording to ${visibleText(data.recordingTo)}`);
    // Nothing new comes of a file or of what has ended.
    const over =
      data.sources.length > 0 && data.sources.every(({ connection: { kind } }) => kind === 'recorded' || kind === 'ended');
    this.markButton.disabled = over;
    this.recordButton.disabled = over && !recording;
  }
}
