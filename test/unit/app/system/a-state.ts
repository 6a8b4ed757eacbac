import type { SystemFacts } from '../../../../src/model/machine-accounting.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { factsOf } from '../../insight/system/facts.js';

/** A machine with these fields of meminfo, in KiB. */
export const aState = (
  fields: Readonly<Record<string, number>>,
  more: Partial<SystemFacts> = {},
  rest: Partial<SystemState> = {},
): SystemState => ({ source: 'local', facts: factsOf(fields, { pageSize: 4096, ...more }), owners: {}, missing: [], ...rest });

/** 1 GiB, of which most is free; 100 MiB are of applications, and 21 MiB unexplained. */
export const SMALL = {
  MemTotal: 1_048_576,
  MemFree: 655_360,
  MemAvailable: 700_000,
  Buffers: 1024,
  Cached: 204_800,
  SwapCached: 0,
  AnonPages: 102_400,
  Mapped: 40_000,
  Shmem: 4096,
  SReclaimable: 20_480,
  SUnreclaim: 30_720,
  KernelStack: 2048,
  PageTables: 3072,
  VmallocUsed: 8192,
  Percpu: 1024,
} as const;
