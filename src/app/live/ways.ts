import { heaptrackWay } from './heaptrack-way.js';
import { leakCheckWay } from './leak-check-way.js';
import type { LiveWay } from './live-way.js';
import { mallocInfoWay } from './malloc-info-way.js';
import { mappings } from './mappings.js';
import { memleak } from './memleak.js';
import { ownProfilerWay } from './own-profiler.js';
import { perfFaults } from './perf-faults.js';

/** The ways to look into a process, the gentlest first. */
export const liveWays: readonly LiveWay[] = [
  perfFaults,
  ownProfilerWay,
  leakCheckWay,
  mallocInfoWay,
  mappings,
  heaptrackWay,
  memleak,
];
