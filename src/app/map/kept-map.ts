import type { NamedTarget } from '../../model/target-config.js';
import { readKeptFiles } from '../kept-files.js';
import { readKeptSubjects } from '../kept-trend.js';
import type { KeptProcess } from '../subject.js';

/** What a Memory Map shows, in a form that outlives the window: a process, or files (absolute paths). */
export type KeptMap =
  | { readonly kind: 'process'; readonly target: NamedTarget; readonly process: KeptProcess }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

/** As `readKeptMap` takes it. */
export function keptMap(kept: KeptMap): unknown {
  return kept.kind === 'files' ? { files: kept.paths } : { subjects: [{ target: kept.target, process: kept.process }] };
}

/** Of an older or newer version, or of nobody: undefined. */
export function readKeptMap(state: unknown): KeptMap | undefined {
  const [subject] = readKeptSubjects(state);
  if (subject?.process !== undefined) return { kind: 'process', target: subject.target, process: subject.process };
  const paths = readKeptFiles(state);
  return paths === undefined ? undefined : { kind: 'files', paths };
}
