import type { RunCandidate } from '../app/discover.js';
import type { EngineAvailability } from '../app/engines.js';
import type { OpenedReport } from '../app/open-report.js';
import type { ProfileOptions, ProfileOutcome } from '../app/profile.js';
import type { Variable } from '../app/run-settings.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Subject } from '../engines/engine.js';
import type { PathMapping, RunConfig } from '../model/run-config.js';
import type { NamedTarget } from '../model/target-config.js';

/** A file that has a page of its own: a heap profile, a table of a kernel's memory, a log of the OOM killer. */
export interface ElsewhereShown {
  readonly page: 'heap' | 'system' | 'oom';
}

/** The use cases as the editor calls them. */
export interface Services {
  profile(config: RunConfig, options: ProfileOptions): Promise<Result<ProfileOutcome, Fault>>;
  /** `subject`: what would be run; undefined: a C source file. `named`: where; undefined: on this machine. */
  engines(subject: Subject | undefined, named?: NamedTarget): Promise<Result<readonly EngineAvailability[], Fault>>;
  /** What engines need to know of a program file; a fault when it is none. */
  subjectOf(config: RunConfig): Promise<Result<Subject, Fault>>;
  discover(folder: string, variable: Variable, cancel: Cancel): Promise<readonly RunCandidate[]>;
  openReport(
    path: string,
    roots: { readonly workspaceFolders: readonly string[]; readonly mappings: readonly PathMapping[] },
    cancel: Cancel,
    onNames: () => void,
  ): Promise<Result<OpenedReport | ElsewhereShown, Fault>>;
  /** How the user's folder holds these files of a report; undefined when it has none of them. */
  fitFolder(files: readonly string[], folder: string): Promise<PathMapping | undefined>;
}

/** Engines and parsers are loaded when they are first needed: `activate` stays quick. */
export type LoadServices = () => Promise<Services>;
