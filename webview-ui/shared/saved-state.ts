import type { Span } from './time-view.js';

/** What a page has saved may be of an older or newer version, or of nobody: the fields of an object, none of anything else. */
export const savedFields = (saved: unknown): Readonly<Record<string, unknown>> =>
  typeof saved === 'object' && saved !== null ? (saved as Readonly<Record<string, unknown>>) : {};

/** The texts of a list; undefined: there is no list. */
export const savedTexts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;

export const savedSpan = (value: unknown, otherwise: Span): Span =>
  value === 'all' || (typeof value === 'number' && value > 0) ? value : otherwise;
