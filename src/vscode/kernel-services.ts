import type { KmemleakStep } from '../app/kmemleak/commands.js';
import type { KmemleakState } from '../app/kmemleak/state.js';
import type { OpenedReport } from '../app/open-report.js';
import type { KernelSource, KernelSources } from '../app/system/kernel-allocations.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { NamedTarget } from '../model/target-config.js';

/** Told while something is done that takes long. */
export interface KernelWork {
  readonly cancel: Cancel;
  readonly onStep?: (step: KmemleakStep) => void;
  readonly onBytes?: (bytes: number) => void;
}

/** A kernel's own tools for its memory, as the editor calls them; what needs root is run by memlens.rootCommand. */
export interface KernelServices {
  state(target: NamedTarget, cancel: Cancel): Promise<Result<KmemleakState, Fault>>;
  scan(target: NamedTarget, work: KernelWork): Promise<Result<OpenedReport, Fault>>;
  read(target: NamedTarget, work: KernelWork): Promise<Result<OpenedReport, Fault>>;
  clear(target: NamedTarget, work: KernelWork): Promise<Result<unknown, Fault>>;
  mount(target: NamedTarget, state: KmemleakState, cancel: Cancel): Promise<Result<void, Fault>>;
  unmount(target: NamedTarget, state: KmemleakState, cancel: Cancel): Promise<Result<void, Fault>>;
  sources(target: NamedTarget, cancel: Cancel): Promise<Result<KernelSources, Fault>>;
  profile(target: NamedTarget, source: KernelSource, work: KernelWork): Promise<Result<HeapProfile, Fault>>;
  /** Of a table: its text. */
  text(target: NamedTarget, source: KernelSource, cancel: Cancel): Promise<Result<string, Fault>>;
}

/** Loaded with the first kernel that is asked. */
export type LoadKernel = () => Promise<KernelServices>;
