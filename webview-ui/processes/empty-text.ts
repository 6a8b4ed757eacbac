import type { Connection } from '../../src/protocol/trends.js';

export interface EmptyText {
  readonly text: string;
  readonly action?: 'clear-filter' | 'select-target';
}

/** What stands in place of rows; undefined when there are rows. */
export function emptyText(now: {
  readonly connection: Connection | undefined;
  readonly received: boolean;
  readonly all: number;
  readonly shown: number;
}): EmptyText | undefined {
  if (now.shown > 0) return undefined;
  if (now.all > 0) return { text: 'No process matches the filter.', action: 'clear-filter' };
  switch (now.connection?.kind) {
    case undefined:
      return { text: 'No target is chosen.', action: 'select-target' };
    case 'lost':
    case 'failed':
    case 'silent':
      return { text: 'No processes have been read.', action: 'select-target' };
    case 'idle':
      return { text: 'Not sampling. Processes are read while this view is open.' };
    case 'recorded':
    case 'ended':
      return { text: 'The recording holds no processes.' };
    case 'connecting':
      return { text: 'Connecting to the target…' };
    case 'live':
      return { text: now.received ? 'The target has no processes that can be seen.' : 'Reading the processes…' };
  }
}
