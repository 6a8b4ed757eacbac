import type { Milliseconds } from '../base/units.js';
import type { MachineFacts } from '../model/machine.js';

/** Of which target, when, and by which version of MemLens. */
export interface TargetMoment {
  readonly target: string;
  readonly at: Milliseconds;
  readonly facts: MachineFacts | undefined;
  readonly version: string;
}

/** The head of a document on the memory of a target; docs/cli-trends.md. */
export const targetJson = ({ target, at, facts, version }: TargetMoment) => ({
  schemaVersion: 1,
  tool: { name: 'memlens', version },
  target,
  at: new Date(at).toISOString(),
  machine: machineJson(facts),
});

/** What is not known is null. */
export function machineJson(facts: MachineFacts | undefined): unknown {
  if (facts === undefined) return null;
  const { hostname, kernelRelease, bootId, pageSize } = facts;
  return { hostname, kernelRelease, bootId, pageSizeBytes: pageSize };
}
