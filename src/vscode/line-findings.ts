import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { calleeAtPlace, type LineEntry, lineEntries, openPlace } from '../app/line-entries.js';
import { indentationOf } from '../app/tracked-line.js';
import { Emitter } from '../base/emitter.js';
import { callRange } from '../findings/call-range.js';
import { plainFunctionName } from '../findings/function-name.js';
import type { LineNow, LineTracker } from './line-tracker.js';

/** The findings of one line, where the line is now. */
export interface LineFindings extends LineEntry {
  readonly now: LineNow;
  /** The call that is at fault, or the code of the line. */
  readonly range: vscode.Range;
}

/** What the editor shows at its lines: the one source of squiggles, hovers and sizes. */
export class FindingsByLine implements vscode.Disposable {
  private byFile = new Map<string, readonly LineFindings[]>();
  private readonly changes = new Emitter<string | undefined>();
  private readonly subscription: { dispose(): void };

  constructor(
    private readonly store: FindingsStore,
    private readonly tracker: LineTracker,
  ) {
    this.subscription = tracker.onChange((file) => this.update(file));
  }

  readonly onChange = (listener: (file: string | undefined) => void): { dispose(): void } => this.changes.on(listener);

  files(): readonly string[] {
    return [...this.byFile.keys()];
  }

  of(file: string): readonly LineFindings[] {
    return this.byFile.get(file) ?? [];
  }

  dispose(): void {
    this.subscription.dispose();
    this.changes.dispose();
  }

  private update(file: string | undefined): void {
    const entries = lineEntries(this.store.all()).filter((entry) => file === undefined || entry.file === file);
    const found = new Map<string, LineFindings[]>();
    for (const entry of entries) {
      const first = entry.findings[0];
      const now = first === undefined ? undefined : this.tracker.find(first.stored, entry.file, entry.line);
      if (now === undefined) continue;
      const lines = found.get(entry.file) ?? [];
      lines.push({ ...entry, now, range: rangeOf(entry, now) });
      found.set(entry.file, lines);
    }
    if (file === undefined) this.byFile = found;
    else if (this.byFile.has(file) || found.has(file)) this.byFile.set(file, found.get(file) ?? []);
    this.changes.emit(file);
  }
}

function rangeOf(entry: LineEntry, now: LineNow): vscode.Range {
  const columns = new Set(entry.findings.map(({ finding }) => openPlace(finding)?.column ?? undefined));
  const [column] = columns;
  const callee = entry.findings[0] === undefined ? undefined : calleeAtPlace(entry.findings[0].finding);
  // Different calls of the line: all of it. A line that has changed: its columns say nothing.
  const exact = columns.size === 1 && !now.stale ? column : undefined;
  const { start, end } = now.stale
    ? callRange(now.text)
    : callRange(now.original, exact, callee === undefined ? undefined : plainFunctionName(callee));
  const shift = now.stale ? 0 : indentationOf(now.text) - indentationOf(now.original);
  return new vscode.Range(now.line, Math.max(0, start + shift), now.line, Math.max(0, end + shift));
}
