import * as vscode from 'vscode';
import type { FindingGroup, Grouping } from '../app/finding-groups.js';
import type { StoredReport } from '../app/findings-store.js';
import { openPlace, type StoredFinding, sourceOf } from '../app/line-entries.js';
import { baseName } from '../base/path.js';
import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { shortTrackWords, trackOf, trackWordsIn } from '../findings/check-words.js';
import { plainFunctionName } from '../findings/function-name.js';
import { isRuntimeFrame } from '../findings/runtime-frame.js';
import { besideHeadline, shortStandingWords, standingWords } from '../findings/standing.js';
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
import type { RunRecord } from '../model/report.js';
import type { Frame, Stack } from '../model/stack.js';
import { engineTitle } from './engine-titles.js';
import type { OpenFrameArgs } from './frame-opener.js';
import { type SummaryRow, shortTitle, shortTotal } from './result-text.js';

const ICONS: Readonly<Record<Severity, vscode.ThemeIcon>> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  information: new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground')),
};
const NOTE_ICONS = { error: ICONS.error, warning: ICONS.warning, info: ICONS.information } as const;
/** Of addresses that lead nowhere: an item of the view can be dimmed by what decorates its address only. */
const RUNTIME_SCHEME = 'memlens-runtime';

/** Frames of libc, of the C++ library and of the engines step back. */
export const runtimeFrameDimmer: vscode.FileDecorationProvider = {
  provideFileDecoration: ({ scheme }) =>
    scheme === RUNTIME_SCHEME ? { color: new vscode.ThemeColor('disabledForeground') } : undefined,
};

const join = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' · ');

/** `list.c  1.6 KiB lost · 2 errors`, with every total below it. */
export function summaryItem({ title, report }: StoredReport): vscode.TreeItem {
  const { run } = report;
  const line = summaryLine(report.summary, report.errors, report.findings);
  const total = shortTotal(report);
  const item = new vscode.TreeItem(visibleText(title), vscode.TreeItemCollapsibleState.Collapsed);
  item.iconPath =
    report.findings.length === 0
      ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('graph');
  item.description = total;
  const facts = [
    `${visibleText(title)}: ${line}`,
    ...(run === undefined ? [] : [`${engineTitle(run.engine)}, ${(run.durationMs / 1000).toFixed(1)} s`]),
    ...(run?.engineReason === undefined ? [] : [run.engineReason]),
    ...(report.partial ? [vscode.l10n.t('The report is not complete.')] : []),
  ];
  item.tooltip = [...facts, '', summaryTooltip(report.summary, report.errors)].join('\n');
  item.accessibilityInformation = { label: `${visibleText(title)}: ${line}` };
  return item;
}

/** Which engine it was, and why `auto` took it. */
export function engineItem(run: RunRecord): vscode.TreeItem {
  const item = new vscode.TreeItem(engineTitle(run.engine));
  item.description = join(vscode.l10n.t('{0} s', (run.durationMs / 1000).toFixed(1)), run.engineReason);
  item.tooltip = run.engineReason ?? engineTitle(run.engine);
  item.iconPath = new vscode.ThemeIcon('pulse');
  return item;
}

/** One total of the summary, and what it means. */
export function totalItem({ title, size, meaning }: SummaryRow): vscode.TreeItem {
  const item = new vscode.TreeItem(title);
  item.description = size;
  item.iconPath = new vscode.ThemeIcon('blank');
  item.tooltip = meaning;
  item.accessibilityInformation = { label: `${title}: ${size}. ${meaning}` };
  return item;
}

export function noteItem(note: Note): vscode.TreeItem {
  const text = visibleText(note.text);
  const item = new vscode.TreeItem(text);
  item.iconPath = NOTE_ICONS[note.severity];
  item.tooltip = text;
  return item;
}

export function groupItem(group: FindingGroup, grouping: Grouping): vscode.TreeItem {
  const item = new vscode.TreeItem('', vscode.TreeItemCollapsibleState.Expanded);
  const count = formatCount(group.findings.length, 'finding');
  const size = group.bytes === 0 ? count : `${formatBytes(group.bytes)} · ${count}`;
  item.description = size;
  if (grouping === 'file' && group.label.startsWith('/')) {
    item.resourceUri = vscode.Uri.file(group.label);
    item.label = visibleText(baseName(group.label));
    item.iconPath = vscode.ThemeIcon.File;
    const path = vscode.workspace.asRelativePath(group.label);
    item.description = join(size, visibleText(path.slice(0, Math.max(0, path.lastIndexOf('/')))));
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

export function stackItem({ role, label }: Stack): vscode.TreeItem {
  const item = new vscode.TreeItem(roleTitle(role), vscode.TreeItemCollapsibleState.Expanded);
  item.iconPath = new vscode.ThemeIcon('list-tree');
  if (label !== undefined) {
    item.description = visibleText(label);
    item.tooltip = `${roleTitle(role)} — ${visibleText(label)}`;
  }
  return item;
}

/** In few words, for a narrow view: what the groups above it say is not said again. The tooltip has the whole sentence. */
export function findingItem({ stored, finding }: StoredFinding, grouping: Grouping, several: boolean): vscode.TreeItem {
  const kind = kindTitle(finding);
  // Only a group of the kind has said it already.
  const short = finding.kind !== 'leak' && grouping !== 'kind' ? kind : shortTitle(finding, kind);
  const item = new vscode.TreeItem(
    short,
    finding.stacks.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const { place } = finding;
  const name = place?.function == null ? undefined : visibleText(plainFunctionName(place.function));
  const at =
    place?.file == null ? undefined : `${visibleText(baseName(place.file))}${place.line === null ? '' : `:${place.line}`}`;
  const line = place?.line == null ? undefined : vscode.l10n.t('line {0}', place.line);
  const where = place === null ? vscode.l10n.t('no line of your code') : join(name, at);
  const track = stored.check === undefined ? undefined : trackOf(stored.check, finding);
  // Of others their kind, or what the checks say, has said it already.
  const stands =
    finding.standing === undefined || finding.certainty !== 'growing' ? undefined : shortStandingWords(finding.standing);
  item.description = join(
    track === undefined ? undefined : shortTrackWords(track),
    stands,
    grouping === 'file' && place !== null ? join(line, name) : where,
    grouping === 'kind' || short.startsWith(kind) ? undefined : kind,
    several && !(place?.file ?? '').endsWith(`/${stored.title}`) ? visibleText(stored.title) : undefined,
  );
  const title = headline(finding);
  item.iconPath = ICONS[severityOf(finding)];
  const followed = track === undefined || stored.check === undefined ? [] : [trackWordsIn(stored.report, track, stored.check)];
  const beside = besideHeadline(finding);
  const said = [
    ...followed.filter((words) => !beside.includes(words)),
    ...(finding.standing === undefined ? [] : [standingWords(finding.standing)]),
    ...beside.map(visibleText),
  ];
  item.tooltip = [
    title,
    where,
    ...(said.length === 0 ? [] : ['', ...said]),
    '',
    `${kind}. ${explainKind(finding)}`,
    `${engineTitle(finding.engine)} · ${visibleText(stored.title)}`,
  ].join('\n');
  const spoken = track === undefined ? undefined : shortTrackWords(track);
  item.accessibilityInformation = { label: [title, spoken, stands, where].filter(Boolean).join(', ') };
  const open = openPlace(finding);
  if (open !== undefined) {
    const args: OpenFrameArgs = { file: open.file, line: open.line, ...(open.column === null ? {} : { column: open.column }) };
    item.command = { command: 'memlens.openFrame', title: vscode.l10n.t('Open'), arguments: [args] };
  }
  return item;
}

export function frameItem({ finding }: StoredFinding, frame: Frame, stack: number, index: number): vscode.TreeItem {
  const name = visibleText(frame.function === undefined ? (frame.address ?? '??') : plainFunctionName(frame.function));
  const item = new vscode.TreeItem(name);
  const isRuntime = isRuntimeFrame(frame);
  if (isRuntime) item.resourceUri = vscode.Uri.from({ scheme: RUNTIME_SCHEME, path: '/frame' });
  const source = sourceOf(finding, frame);
  const where =
    frame.file !== undefined
      ? `${baseName(source ?? frame.file)}${frame.line === undefined ? '' : `:${frame.line}`}`
      : frame.module === undefined
        ? ''
        : baseName(frame.module);
  const isPlace = finding.placeFrame?.stack === stack && finding.placeFrame.frame === index;
  item.description = visibleText(frame.inlined === true ? `${where} (inlined)` : where);
  item.iconPath = isPlace
    ? new vscode.ThemeIcon('debug-stackframe-focused', new vscode.ThemeColor('debugIcon.breakpointCurrentStackframeForeground'))
    : isRuntime
      ? new vscode.ThemeIcon('circle-small', new vscode.ThemeColor('disabledForeground'))
      : new vscode.ThemeIcon(source === undefined ? 'circle-small' : 'debug-stackframe-dot');
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
