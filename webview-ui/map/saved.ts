import { savedFields } from '../shared/saved-state.js';

export const VIEWS = ['space', 'treemap', 'table', 'changes'] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the page keeps over a reload of the window. */
export interface Saved {
  readonly view: ViewName;
  /** What a form keeps of its own; each reads its part. */
  readonly forms: Readonly<Partial<Record<ViewName, unknown>>>;
}

/** What is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { view, forms } = savedFields(state);
  const kept = savedFields(forms);
  return {
    view: VIEWS.find((name) => name === view) ?? 'space',
    forms: Object.fromEntries(VIEWS.flatMap((name) => (Object.hasOwn(kept, name) ? [[name, kept[name]]] : []))),
  };
}
