import * as vscode from 'vscode';
import { type FindingGroup, type Grouping, groupFindings } from '../app/finding-groups.js';
import type { FindingsStore, StoredReport } from '../app/findings-store.js';
import { openPlace, type StoredFinding, sourceOf } from '../app/line-entries.js';
import { DisposableStore } from '../base/dispose.js';
import { formatBytes, formatCount } from '../base/units.js';
import { plainFunctionName } from '../findings/function-name.js';
import { visibleText } from '../findings/visible-text.js';
import {
  explainKind,
  headline,
  kindTitle,
  roleTitle,
  type Severity,
  severityOf,
  summaryLine,
  summaryTooltip,
  worstSeverity,
} from '../findings/wording.js';
import type { Note } from '../model/finding.js';
import type { Frame, Stack } from '../model/stack.js';
import { engineTitle } from './engine-titles.js';
import type { OpenFrameArgs } from './frame-opener.js';

export type FindingsNode =
  | { readonly form: 'summary'; readonly stored: StoredReport }
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

const ICONS: Readonly<Record<Severity, vscode.ThemeIcon>> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  information: new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground')),
};
const NOTE_ICONS = { error: ICONS.error, warning: ICONS.warning, info: ICONS.information } as const;

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
    for (const owned of [this.changed, this.view, store.onChange(() => this.refresh())]) this.disposables.add(owned);
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
      case 'note':
      case 'frame':
        return [];
    }
  }

  getTreeItem(node: FindingsNode): vscode.TreeItem {
    const item = this.itemOf(node);
    item.id = idOf(node);
    item.contextValue = node.form;
    return item;
  }

  private roots(): FindingsNode[] {
    const reports = this.store.all();
    const heads = [...reports]
      .reverse()
      .flatMap((stored): FindingsNode[] => [
        { form: 'summary', stored },
        ...stored.report.notes.map((note, index): FindingsNode => ({ form: 'note', stored, note, index })),
      ]);
    const groups = groupFindings(reports, this.shownGrouping, this.shownFilter);
    return [...heads, ...groups.map((group): FindingsNode => ({ form: 'group', group }))];
  }

  private itemOf(node: FindingsNode): vscode.TreeItem {
    switch (node.form) {
      case 'summary':
        return summaryItem(node.stored, this.store.all().length > 1);
      case 'note':
        return noteItem(node.note);
      case 'group':
        return groupItem(node.group, this.shownGrouping);
      case 'finding':
        return findingItem(node.of, this.shownGrouping, this.store.all().length > 1);
      case 'stack': {
        const item = new vscode.TreeItem(roleTitle(node.stack.role), vscode.TreeItemCollapsibleState.Expanded);
        item.iconPath = new vscode.ThemeIcon('list-tree');
        if (node.stack.label !== undefined) item.description = visibleText(node.stack.label);
        return item;
      }
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

function framesOf(of: StoredFinding, group: string, { frames }: Stack, stack: number): FindingsNode[] {
  return frames.map((frame, index) => ({ form: 'frame', of, group, frame, stack, index }));
}

/** Stable over runs, so that the view keeps what is open and selected. */
function idOf(node: FindingsNode): string {
  switch (node.form) {
    case 'summary':
      return `summary\n${node.stored.key}`;
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

function summaryItem({ title, report }: StoredReport, several: boolean): vscode.TreeItem {
  const line = summaryLine(report.summary, report.errors);
  const item = new vscode.TreeItem(several ? `${visibleText(title)}: ${line}` : line);
  item.iconPath =
    report.findings.length === 0
      ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('graph');
  const { run } = report;
  const facts = [
    visibleText(title),
    ...(run === undefined ? [] : [`${engineTitle(run.engine)}, ${(run.durationMs / 1000).toFixed(1)} s`]),
    ...(run?.engineReason === undefined ? [] : [run.engineReason]),
    ...(report.partial ? [vscode.l10n.t('The report is not complete.')] : []),
  ];
  if (!several) item.description = run === undefined ? visibleText(title) : `${visibleText(title)} · ${engineTitle(run.engine)}`;
  item.tooltip = [...facts, '', summaryTooltip(report.summary, report.errors)].join('\n');
  item.accessibilityInformation = { label: `${visibleText(title)}: ${line}` };
  return item;
}

function noteItem(note: Note): vscode.TreeItem {
  const text = visibleText(note.text);
  const item = new vscode.TreeItem(text);
  item.iconPath = NOTE_ICONS[note.severity];
  item.tooltip = text;
  return item;
}

function groupItem(group: FindingGroup, grouping: Grouping): vscode.TreeItem {
  const item = new vscode.TreeItem('', vscode.TreeItemCollapsibleState.Expanded);
  const count = formatCount(group.findings.length, 'finding');
  const size = group.bytes === 0 ? count : `${formatBytes(group.bytes)} · ${count}`;
  item.description = size;
  if (grouping === 'file' && group.label.startsWith('/')) {
    item.resourceUri = vscode.Uri.file(group.label);
    item.label = baseName(group.label);
    item.iconPath = vscode.ThemeIcon.File;
    item.description = `${vscode.workspace.asRelativePath(group.label)} · ${size}`;
    item.tooltip = group.label;
  } else {
    item.label =
      group.label === ''
        ? vscode.l10n.t('no line of your code')
        : grouping === 'engine'
          ? engineTitle(group.label)
          : visibleText(group.label);
    item.iconPath = ICONS[worstSeverity(group.findings.map(({ finding }) => finding))];
    const first = group.findings[0];
    if (grouping === 'kind' && first !== undefined) item.tooltip = explainKind(first.finding);
  }
  item.accessibilityInformation = { label: `${String(item.label)}, ${size}` };
  return item;
}

function findingItem({ stored, finding }: StoredFinding, grouping: Grouping, several: boolean): vscode.TreeItem {
  const title = headline(finding);
  const item = new vscode.TreeItem(
    title,
    finding.stacks.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const { place } = finding;
  const at =
    place === null
      ? vscode.l10n.t('no line of your code')
      : [
          place.function === null ? undefined : plainFunctionName(place.function),
          place.file === null ? undefined : `${baseName(place.file)}${place.line === null ? '' : `:${place.line}`}`,
        ]
          .filter((part) => part !== undefined)
          .map(visibleText)
          .join(' · ');
  item.description = several ? `${at} · ${visibleText(stored.title)}` : at;
  item.iconPath = ICONS[severityOf(finding)];
  item.tooltip = [
    title,
    at,
    '',
    ...(grouping === 'kind' ? [] : [kindTitle(finding)]),
    explainKind(finding),
    engineTitle(finding.engine),
  ].join('\n');
  item.accessibilityInformation = { label: `${title}, ${at}` };
  const open = openPlace(finding);
  if (open !== undefined) {
    const args: OpenFrameArgs = { file: open.file, line: open.line, ...(open.column === null ? {} : { column: open.column }) };
    item.command = { command: 'memlens.openFrame', title: vscode.l10n.t('Open'), arguments: [args] };
  }
  return item;
}

function frameItem({ finding }: StoredFinding, frame: Frame, stack: number, index: number): vscode.TreeItem {
  const name = visibleText(frame.function === undefined ? (frame.address ?? '??') : plainFunctionName(frame.function));
  const item = new vscode.TreeItem(name);
  const source = sourceOf(finding, frame);
  const where =
    frame.file !== undefined
      ? `${baseName(source ?? frame.file)}${frame.line === undefined ? '' : `:${frame.line}`}`
      : frame.module === undefined
        ? ''
        : baseName(frame.module);
  const isPlace = finding.placeFrame?.stack === stack && finding.placeFrame.frame === index;
  item.description = visibleText(frame.inlined === true ? `${where} (inlined)` : where);
  item.iconPath = new vscode.ThemeIcon(
    isPlace ? 'debug-stackframe-focused' : source === undefined ? 'circle-small' : 'debug-stackframe-dot',
  );
  item.tooltip = visibleText(
    `${frame.function ?? '??'} — ${source ?? frame.file ?? frame.module ?? '??'}${frame.offset === undefined ? '' : ` +${frame.offset}`}`,
  );
  item.accessibilityInformation = { label: `${name}, ${visibleText(where)}` };
  if (source !== undefined && frame.line !== undefined) {
    const args: OpenFrameArgs = {
      file: source,
      line: frame.line,
      ...(frame.column === undefined ? {} : { column: frame.column }),
    };
    item.command = { command: 'memlens.openFrame', title: vscode.l10n.t('Open'), arguments: [args] };
  }
  return item;
}

const baseName = (path: string): string => visibleText(path.slice(path.lastIndexOf('/') + 1) || path);
