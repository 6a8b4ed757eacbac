import { systemJson } from '../../export/system-json.js';
import { readSystemJson } from '../../formats/system-json.js';
import type { NamedTarget } from '../../model/target-config.js';
import { readKeptFiles } from '../kept-files.js';
import { readKeptSubjects } from '../kept-trend.js';
import type { KeptState } from './system-feed.js';

/** What a page of a machine's memory shows, in a form that outlives the window: a target, or files and folders (absolute paths). */
export type KeptSystem =
  | { readonly kind: 'target'; readonly target: NamedTarget }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

/** As `readKeptSystem` takes it. */
export function keptSystem(kept: KeptSystem): unknown {
  return kept.kind === 'files' ? { files: kept.paths } : { subjects: [{ target: kept.target }] };
}

/** Of an older or newer version, or of nobody: undefined. */
export function readKeptSystem(state: unknown): KeptSystem | undefined {
  const [subject] = readKeptSubjects(state);
  if (subject !== undefined) return { kind: 'target', target: subject.target };
  const paths = readKeptFiles(state);
  return paths === undefined ? undefined : { kind: 'files', paths };
}

const VERSION = 1;

/** Marks as a text that `readMarks` reads. */
export function writeMarks(marks: readonly KeptState[], tool: string): string {
  return JSON.stringify({
    version: VERSION,
    marks: marks.map(({ state, ...mark }) => ({ ...mark, state: [...systemJson(state, [], tool)].join('') })),
  });
}

/** Marks of an earlier window; what is not understood is left out. */
export function readMarks(text: string): readonly KeptState[] {
  const told = parsed(text);
  if (told['version'] !== VERSION || !Array.isArray(told['marks'])) return [];
  return told['marks'].flatMap((one): readonly KeptState[] => {
    const { id, at, label, droppedTo, state } = record(one);
    if (typeof id !== 'number' || typeof at !== 'number' || typeof label !== 'string' || typeof state !== 'string') return [];
    const read = readSystemJson(state);
    if (read === undefined) return [];
    return [{ id, at, label, state: read, ...(typeof droppedTo === 'number' ? { droppedTo } : {}) }];
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
