import type { ReadSink } from '../../src/app/reader.js';

/** For those who want to know only that a reader answers. */
export const deafSink: ReadSink = {
  text: () => undefined,
  unreadable: () => undefined,
  stat: () => undefined,
  exit: () => undefined,
  maps: () => undefined,
  fds: () => undefined,
  cost: () => undefined,
};

export const uptime = { files: ['/proc/uptime'], everyStat: false, processes: [], maps: [], fds: [] };
