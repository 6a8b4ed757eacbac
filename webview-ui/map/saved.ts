import { savedFields } from '../shared/saved-state.js';

export const VIEWS = ['space', 'treemap', 'table', 'changes'] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the page keeps over a reload of the window. */
export interface Saved {
  readonly view: ViewName;
}

/** What is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { view } = savedFields(state);
  return { view: VIEWS.find((name) => name === view) ?? 'space' };
}
