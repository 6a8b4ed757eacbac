import * as vscode from 'vscode';
import { type FindingGroup, type Grouping, groupFindings } from '../app/finding-groups.js';
import type { FindingsStore, StoredReport } from '../app/findings-store.js';
import type { StoredFinding } from '../app/line-entries.js';
import { DisposableStore } from '../base/dispose.js';
import { formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { Note } from '../model/finding.js';
import type { LeakCheckTotals } from '../model/leak-check.js';
import type { RunRecord } from '../model/report.js';
import type { Frame, Stack } from '../model/stack.js';
import {
  engineItem,
  findingItem,
  frameItem,
  groupItem,
  noteItem,
  runtimeFrameDimmer,
  stackItem,
  summaryItem,
  totalItem,
} from './findings-tree-items.js';
import { checkItem, checksItem } from './leak-check-items.js';
import { type SummaryRow, summaryRows } from './result-text.js';

export type FindingsNode =
  | { readonly form: 'summary'; readonly stored: StoredReport }
  | { readonly form: 'engine'; readonly stored: StoredReport; readonly run: RunRecord }
  | { readonly form: 'checks'; readonly stored: StoredReport; readonly checks: readonly LeakCheckTotals[] }
  | { readonly form: 'check'; readonly stored: StoredReport; readonly totals: LeakCheckTotals }
  | { readonly form: 'total'; readonly stored: StoredReport; readonly row: SummaryRow }
  | { readonly form: 'note'; readonly stored: StoredReport; readonly note: Note; readonly index: number }
  | { readonly form: 'group'; readonly group: FindingGroup }
  | { readonly form: 'finding'; readonly of: StoredFinding; readonly group: string }
  | { readonly form: 'stack'; readonly of: StoredFinding; readonly group: string; readonly stack: Stack; readonly index: number }
  | {
      readonly form: 'frame';
      readonly of: StoredFinding;
      readonly group: string;
      readonly frame: Frame;
      readonly stack: number;
      readonly index: number;
    };

/** The Findings view: what was found, in groups, with every stack. */
export class FindingsTree implements vscode.TreeDataProvider<FindingsNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<FindingsNode>;
  private readonly disposables = new DisposableStore();
  private shownGrouping: Grouping;
  private shownFilter = '';

  constructor(
    private readonly store: FindingsStore,
    private readonly memento: vscode.Memento,
  ) {
    this.shownGrouping = memento.get<Grouping>('memlens.grouping', 'kind');
    this.view = vscode.window.createTreeView('memlens.findings', { treeDataProvider: this, showCollapseAll: true });
    const dimmer = vscode.window.registerFileDecorationProvider(runtimeFrameDimmer);
    for (const owned of [this.changed, this.view, dimmer, store.onChange(() => this.refresh())]) this.disposables.add(owned);
    this.setContext();
  }

  get filter(): string {
    return this.shownFilter;
  }

  setFilter(filter: string): void {
    this.shownFilter = filter.trim();
    this.refresh();
  }

  async setGrouping(grouping: Grouping): Promise<void> {
    this.shownGrouping = grouping;
    this.refresh();
    await this.memento.update('memlens.grouping', grouping);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  getChildren(node?: FindingsNode): FindingsNode[] {
    if (node === undefined) return this.roots();
    switch (node.form) {
      case 'group':
        return node.group.findings.map((of) => ({ form: 'finding', of, group: node.group.key }));
      case 'finding': {
        const { stacks } = node.of.finding;
        const [only] = stacks;
        if (stacks.length === 1 && only !== undefined) return framesOf(node.of, node.group, only, 0);
        return stacks.map((stack, index) => ({ form: 'stack', of: node.of, group: node.group, stack, index }));
      }
      case 'stack':
        return framesOf(node.of, node.group, node.stack, node.index);
      case 'summary':
        return [
          ...summaryRows(node.stored.report).map((row): FindingsNode => ({ form: 'total', stored: node.stored, row })),
          ...notesOf(node.stored, 'info'),
          ...(node.stored.report.run === undefined
            ? []
            : [{ form: 'engine' as const, stored: node.stored, run: node.stored.report.run }]),
          ...(node.stored.checks === undefined || node.stored.checks.length === 0
            ? []
            : [{ form: 'checks' as const, stored: node.stored, checks: node.stored.checks }]),
        ];
      case 'checks':
        return node.checks.toReversed().map((totals) => ({ form: 'check', stored: node.stored, totals }));
      case 'check':
      case 'engine':
      case 'total':
      case 'note':
      case 'frame':
        return [];
    }
  }

  getTreeItem(node: FindingsNode): vscode.TreeItem {
    const item = this.itemOf(node);
    item.id = idOf(node);
    item.contextValue = contextOf(node);
    return item;
  }

  private roots(): FindingsNode[] {
    const reports = this.store.all();
    const heads = [...reports].reverse().flatMap((stored): FindingsNode[] => [
      { form: 'summary', stored },
      // What should not be overlooked; the others stand below the summary.
      ...notesOf(stored, 'warning', 'error'),
    ]);
    const groups = groupFindings(reports, this.shownGrouping, this.shownFilter);
    return [...heads, ...groups.map((group): FindingsNode => ({ form: 'group', group }))];
  }

  private itemOf(node: FindingsNode): vscode.TreeItem {
    switch (node.form) {
      case 'summary':
        return summaryItem(node.stored);
      case 'engine':
        return engineItem(node.run);
      case 'checks':
        return checksItem(node.checks);
      case 'check':
        return checkItem(node.totals);
      case 'total':
        return totalItem(node.row);
      case 'note':
        return noteItem(node.note);
      case 'group':
        return groupItem(node.group, this.shownGrouping);
      case 'finding':
        return findingItem(node.of, this.shownGrouping, this.store.all().length > 1);
      case 'stack':
        return stackItem(node.stack);
      case 'frame':
        return frameItem(node.of, node.frame, node.stack, node.index);
    }
  }

  private refresh(): void {
    const findings = this.store.all().flatMap(({ report }) => report.findings);
    this.view.badge =
      findings.length === 0 ? undefined : { value: findings.length, tooltip: formatCount(findings.length, 'finding') };
    this.view.description = this.shownFilter === '' ? '' : vscode.l10n.t('filter: {0}', visibleText(this.shownFilter));
    this.setContext();
    this.changed.fire(undefined);
  }

  private setContext(): void {
    for (const [key, value] of Object.entries({
      'memlens.hasFindings': this.store.all().length > 0,
      'memlens.filtered': this.shownFilter !== '',
      'memlens.grouping': this.shownGrouping,
    })) {
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}

/** What menus ask for: whose process may still go on can show its trend and map. */
function contextOf(node: FindingsNode): string {
  const stored = node.form === 'finding' ? node.of.stored : node.form === 'summary' ? node.stored : undefined;
  return stored?.subject === undefined ? node.form : `${node.form}-live`;
}

function framesOf(of: StoredFinding, group: string, { frames }: Stack, stack: number): FindingsNode[] {
  return frames.map((frame, index) => ({ form: 'frame', of, group, frame, stack, index }));
}

function notesOf(stored: StoredReport, ...severities: readonly Note['severity'][]): FindingsNode[] {
  return stored.report.notes.flatMap((note, index): FindingsNode[] =>
    severities.includes(note.severity) ? [{ form: 'note', stored, note, index }] : [],
  );
}

/** Stable over runs, so that the view keeps what is open and selected. */
function idOf(node: FindingsNode): string {
  switch (node.form) {
    case 'summary':
      return `summary\n${node.stored.key}`;
    case 'engine':
      return `engine\n${node.stored.key}`;
    case 'total':
      return `total\n${node.stored.key}\n${node.row.key}`;
    case 'checks':
      return `checks\n${node.stored.key}`;
    case 'check':
      return `check\n${node.stored.key}\n${node.totals.number}`;
    case 'note':
      return `note\n${node.stored.key}\n${node.index}`;
    case 'group':
      return `group\n${node.group.key}`;
    case 'finding':
    case 'stack':
    case 'frame': {
      // Findings of several processes may have one fingerprint: the position in the report tells them apart.
      const position = node.of.stored.report.findings.indexOf(node.of.finding);
      const finding = `${node.group}\n${node.of.stored.key}\n${node.of.finding.fingerprint}\n${position}`;
      if (node.form === 'finding') return `finding\n${finding}`;
      return node.form === 'stack' ? `stack\n${finding}\n${node.index}` : `frame\n${finding}\n${node.stack}\n${node.index}`;
    }
  }
}
