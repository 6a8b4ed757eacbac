import type { FromPage } from '../../src/protocol/trends.js';
import type { IconName } from '../shared/icons.js';
import type { MenuEntry } from '../shared/menu.js';
import type { ProcessRecord } from './process-records.js';

export type RowAction = 'toggle-watch' | 'show-trend' | 'show-map' | 'profile' | 'copy-row' | 'copy-pid' | 'copy-command-line';

interface ActionSpec {
  readonly action: RowAction;
  readonly icon: IconName;
  readonly keys?: string;
}

/** Shown as buttons on the row under the pointer, and on the active one. */
export const BUTTON_ACTIONS: readonly ActionSpec[] = [
  { action: 'show-trend', icon: 'graph-line', keys: 'Enter' },
  { action: 'show-map', icon: 'layers' },
  { action: 'profile', icon: 'pulse' },
];

export function actionTitle(action: RowAction, record: ProcessRecord): string {
  switch (action) {
    case 'toggle-watch':
      return record.entry.watched ? 'Unwatch' : 'Watch';
    case 'show-trend':
      return 'Show Trend';
    case 'show-map':
      return 'Show Memory Map';
    case 'profile':
      return 'Profile Process…';
    case 'copy-row':
      return 'Copy Row';
    case 'copy-pid':
      return 'Copy PID';
    case 'copy-command-line':
      return 'Copy Command Line';
  }
}

/** What a process that has ended, or one of a recording, can no longer do; a kernel thread has no memory to look at. */
export function isPossible(action: RowAction, record: ProcessRecord, recorded: boolean): boolean {
  if (action === 'copy-row' || action === 'copy-pid' || action === 'copy-command-line') return true;
  if (record.entry.kernelThread) return false;
  if (action === 'show-trend') return recorded || !record.gone || record.entry.watched;
  return !recorded && !record.gone;
}

export function actionMenu(record: ProcessRecord, recorded: boolean, run: (action: RowAction) => void): readonly MenuEntry[] {
  const item = (action: RowAction, keys?: string): MenuEntry => ({
    label: actionTitle(action, record),
    ...(keys === undefined ? {} : { keys }),
    disabled: !isPossible(action, record, recorded),
    run: () => run(action),
  });
  return [
    item('show-trend', 'Enter'),
    item('toggle-watch', 'W'),
    { separator: true },
    item('show-map'),
    item('profile'),
    { separator: true },
    item('copy-row', 'Ctrl+C'),
    item('copy-pid'),
    item('copy-command-line'),
  ];
}

/** What the host is told; `rowText` is made only when it is copied. */
export function messageOf(action: RowAction, record: ProcessRecord, rowText: () => string): FromPage {
  const { entry, id } = record;
  switch (action) {
    case 'toggle-watch':
      return { kind: entry.watched ? 'unwatch' : 'watch', process: id };
    case 'show-trend':
      return { kind: 'show-trend', process: id };
    case 'show-map':
      return { kind: 'show-map', process: id };
    case 'profile':
      return { kind: 'profile', process: id };
    case 'copy-row':
      return { kind: 'copy', text: rowText() };
    case 'copy-pid':
      return { kind: 'copy', text: `${entry.pid}` };
    case 'copy-command-line':
      return { kind: 'copy', text: entry.commandLine ?? entry.command };
  }
}
