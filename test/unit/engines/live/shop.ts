import type { LiveProcess } from '../../../../src/model/live.js';

/** A process in which nothing stands in the way of anything. */
export const shop: LiveProcess = {
  pid: 7,
  startTicks: 1,
  command: 'shop',
  state: 'S',
  uid: 1000,
  threads: 1,
  tracerPid: 0,
  isDeleted: false,
  modules: [],
  libc: 'glibc',
  allocator: 'libc',
  isInContainer: false,
};
