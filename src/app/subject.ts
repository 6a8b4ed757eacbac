import type { SeriesTable } from '../insight/series.js';
import type { ProcessKey } from '../model/process.js';
import type { NamedTarget } from '../model/target-config.js';
import type { RecordedMaps } from './map/recorded-maps.js';
import type { Monitor, Watch } from './monitor.js';

/** A process, so that it can be told from another one that has its pid now. */
export interface KeptProcess extends ProcessKey {
  readonly command: string;
  readonly commandLine?: string;
  /** The boot it belongs to; a pid and a start time name a process only within one. */
  readonly bootId?: string;
}

/** What a Trend page shows, in a form that outlives the window. */
export interface KeptSubject {
  readonly target: NamedTarget;
  readonly process?: KeptProcess;
}

/** What a page or a command shows: a machine, or one of its processes. */
export interface Subject {
  readonly monitor: Monitor;
  readonly watch?: Watch;
  /** Of a file that was recorded. */
  readonly recording?: { readonly name: string; readonly cutOff: boolean };
  /** Of a recording that holds maps of this process: reads them. */
  readonly readMaps?: () => Promise<RecordedMaps>;
  /** A machine that is shown in place of what is looked for on it after a reload of the window. */
  readonly standsFor?: readonly KeptSubject[];
}

/** Names it to a page, and tells it from all others. */
export const sourceId = ({ monitor, watch }: Subject): string =>
  watch === undefined ? monitor.target.name : `${monitor.target.name}/${watch.id}`;

export const seriesOf = ({ monitor, watch }: Subject): SeriesTable => watch?.series ?? monitor.system;

/** `web-server (1234)`. */
export const watchLabel = ({ command, key }: Watch): string => `${command} (${key.pid})`;

/** The name of the target, or as `watchLabel`. Not made visible yet. */
export const subjectLabel = ({ monitor, watch }: Subject): string =>
  watch === undefined ? monitor.target.name : watchLabel(watch);
