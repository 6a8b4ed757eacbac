import type { NamedTarget } from '../../model/target-config.js';
import type { OomEntry, OomTab } from '../../protocol/oom.js';
import { readKeptFiles } from '../kept-files.js';
import { readKeptSubjects } from '../kept-trend.js';

/** What a page OOM reads, in a form that outlives the window. */
export type KeptOomSource =
  | { readonly kind: 'machine'; readonly target: NamedTarget }
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'text';
      readonly title: string;
      /** The same for what takes the place of an earlier text. */
      readonly key: string;
      /** Absent: it was too long to be kept. */
      readonly text?: string;
    };

/** What of it is looked at. */
export interface OomPlace {
  readonly tab: OomTab;
  /** As it stands in the list; absent: there is none. */
  readonly event?: OomEntry;
}

/** The editor keeps it among its own: a report of a thousand tasks has some 100,000 letters. */
const MOST_LETTERS = 500_000;

/** As `readKeptOom` takes it. */
export function keptOom(source: KeptOomSource, place: OomPlace): unknown {
  return { ...keptSource(source), place };
}

/** Of an older or newer version, or of nobody: undefined. */
export function readKeptOom(state: unknown): { readonly source: KeptOomSource; readonly place: OomPlace } | undefined {
  const source = sourceOf(state);
  return source === undefined ? undefined : { source, place: placeOf(record(state)['place']) };
}

function keptSource(source: KeptOomSource): object {
  switch (source.kind) {
    case 'machine':
      return { subjects: [{ target: source.target }] };
    case 'file':
      return { files: [source.path] };
    case 'text': {
      const { title, key, text } = source;
      return { text: { title, key, ...(text === undefined || text.length > MOST_LETTERS ? {} : { text }) } };
    }
  }
}

function sourceOf(state: unknown): KeptOomSource | undefined {
  const [subject] = readKeptSubjects(state);
  if (subject !== undefined) return { kind: 'machine', target: subject.target };
  const [path] = readKeptFiles(state) ?? [];
  if (path !== undefined) return { kind: 'file', path };
  const { title, key, text } = record(record(state)['text']);
  if (typeof title !== 'string' || typeof key !== 'string') return undefined;
  return { kind: 'text', title, key, ...(typeof text === 'string' ? { text } : {}) };
}

function placeOf(raw: unknown): OomPlace {
  const { tab, event } = record(raw);
  const { headline, when } = record(event);
  return {
    tab: tab === 'next' ? 'next' : 'events',
    ...(typeof headline === 'string' && typeof when === 'string' ? { event: { headline, when } } : {}),
  };
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
