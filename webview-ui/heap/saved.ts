import { savedFields } from '../shared/saved-state.js';

export const VIEWS = ['flame', 'tree', 'functions', 'lines', 'modules', 'stacks'] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the page keeps over a reload of the window. */
export interface Saved {
  readonly view: ViewName;
  readonly direction: 'top-down' | 'bottom-up';
  readonly ownCode: boolean;
  /** What a view keeps of its own; each reads its part. */
  readonly views: Readonly<Partial<Record<ViewName, unknown>>>;
}

/** What is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { view, direction, ownCode, views } = savedFields(state);
  const kept = savedFields(views);
  return {
    view: VIEWS.find((name) => name === view) ?? 'flame',
    direction: direction === 'bottom-up' ? 'bottom-up' : 'top-down',
    ownCode: ownCode === true,
    views: Object.fromEntries(VIEWS.flatMap((name) => (Object.hasOwn(kept, name) ? [[name, kept[name]]] : []))),
  };
}
