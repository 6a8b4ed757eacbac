import type { Theme } from '../shared/theme.js';
import { blocks, blockTotals } from './block-counts.js';
import { CallTree } from './call-tree.js';
import { FlameView } from './flame-view.js';
import { GroupRows } from './group-rows.js';
import { HeapGrid } from './heap-grid.js';
import type { HeapActions, HeapView } from './heap-model.js';
import type { ViewName } from './saved.js';
import { StackRows } from './stack-rows.js';
import { VIEW_TITLES } from './view-titles.js';

/** The forms of the profile. */
export function makeViews(actions: HeapActions, theme: () => Theme): Readonly<Record<ViewName, HeapView>> {
  const groups = (name: 'functions' | 'lines' | 'modules', by: 'function' | 'line' | 'module'): HeapView =>
    new HeapGrid({ name, label: VIEW_TITLES[name], kind: by, source: new GroupRows(by) }, actions);
  return {
    flame: new FlameView(actions, theme),
    tree: new CallTree(actions, blocks, blockTotals),
    functions: groups('functions', 'function'),
    lines: groups('lines', 'line'),
    modules: groups('modules', 'module'),
    stacks: new HeapGrid({ name: 'stacks', label: VIEW_TITLES.stacks, kind: 'stack', source: new StackRows(blocks) }, actions),
  };
}
