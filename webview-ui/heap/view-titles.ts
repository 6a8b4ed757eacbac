import type { ViewName } from './saved.js';

/** Forms of the profile. */
export const VIEW_TITLES: Readonly<Record<ViewName, string>> = {
  flame: 'Flame Graph',
  tree: 'Call Tree',
  functions: 'Functions',
  lines: 'Lines',
  modules: 'Modules',
  stacks: 'Stacks',
};
