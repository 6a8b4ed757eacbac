import type { MapOrigin } from '../model/map-snapshot.js';

/** Both maps are of one process, as far as they tell. */
export function isSameProcess(one: MapOrigin, other: MapOrigin): boolean {
  return (
    one.kind === 'process' &&
    other.kind === 'process' &&
    one.target === other.target &&
    one.process.pid === other.process.pid &&
    one.process.startTicks === other.process.startTicks
  );
}
