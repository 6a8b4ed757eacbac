import * as vscode from 'vscode';
import type { FindingsStore, StoredReport } from '../app/findings-store.js';
import { openFrames, openPlace } from '../app/line-entries.js';
import { indentationOf, moveLine, settleLine, type TrackedLine } from '../app/tracked-line.js';
import { DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';

/** Where a line of a report is now. Lines count from 0. */
export interface LineNow {
  readonly line: number;
  readonly text: string;
  /** The line as it was when the result came. */
  readonly original: string;
  /** Its code is not the same any more. */
  readonly stale: boolean;
}

interface Entry {
  tracked: TrackedLine;
  readonly original: string;
  current: string;
}

/** The lines of one file, by their number in the report (from 1). */
type FileLines = Map<number, Entry>;

const MAX_FILES = 300;
const MAX_FILE_BYTES = 16 << 20;

/** Follows every line that the shown reports name, through edits of its file. */
export class LineTracker implements vscode.Disposable {
  private readonly reports = new Map<StoredReport, Map<string, FileLines>>();
  private readonly changes = new Emitter<string | undefined>();
  private readonly disposables = new DisposableStore();
  private pending: Promise<void> = Promise.resolve();

  constructor(private readonly store: FindingsStore) {
    this.disposables.add(store.onChange(() => this.update()));
    this.disposables.add(vscode.workspace.onDidChangeTextDocument((event) => this.edited(event)));
    this.disposables.add(vscode.workspace.onDidOpenTextDocument((document) => this.opened(document)));
    this.disposables.add(this.changes);
  }

  /** Tells the path of the file whose lines moved; undefined: everything is new. */
  readonly onChange = (listener: (file: string | undefined) => void): { dispose(): void } => this.changes.on(listener);

  /** When everything that was put into the store until now has been looked up. */
  async settled(): Promise<void> {
    await this.pending;
  }

  /** undefined when the file has no such line, or has lost it. */
  find(stored: StoredReport, file: string, line: number): LineNow | undefined {
    const entry = this.reports.get(stored)?.get(file)?.get(line);
    if (entry === undefined || entry.tracked.lost) return undefined;
    return {
      line: entry.tracked.line,
      text: entry.current,
      original: entry.original,
      stale: entry.current.trim() !== entry.original.trim(),
    };
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private update(): void {
    const shown = new Set(this.store.all());
    for (const known of [...this.reports.keys()]) if (!shown.has(known)) this.reports.delete(known);
    const added = [...shown].filter((stored) => !this.reports.has(stored));
    for (const stored of added) this.reports.set(stored, new Map());
    this.pending = Promise.all(added.map((stored) => this.load(stored))).then(() => this.changes.emit(undefined));
  }

  private async load(stored: StoredReport): Promise<void> {
    const wanted = wantedLines(stored);
    const files = this.reports.get(stored);
    await Promise.all(
      [...wanted].slice(0, MAX_FILES).map(async ([file, numbers]) => {
        const lines = await readLines(file);
        if (lines === undefined) return;
        const entries: FileLines = new Map();
        for (const number of numbers) {
          const original = lines[number - 1];
          if (original === undefined) continue;
          const tracked = { line: number - 1, character: indentationOf(original), text: original.trim(), lost: false };
          entries.set(number, { tracked, original, current: original });
        }
        files?.set(file, entries);
        const document = vscode.workspace.textDocuments.find((open) => pathOf(open) === file);
        if (document !== undefined) settle(entries, document);
      }),
    );
  }

  private edited(event: vscode.TextDocumentChangeEvent): void {
    const file = pathOf(event.document);
    if (file === undefined || event.contentChanges.length === 0) return;
    let touched = false;
    for (const files of this.reports.values()) {
      const entries = files.get(file);
      if (entries === undefined) continue;
      touched = true;
      for (const entry of entries.values()) {
        for (const { range, text } of event.contentChanges) {
          entry.tracked = moveLine(entry.tracked, {
            startLine: range.start.line,
            startCharacter: range.start.character,
            endLine: range.end.line,
            endCharacter: range.end.character,
            text,
          });
        }
        entry.current = lineOf(event.document, entry.tracked.line) ?? entry.current;
      }
    }
    if (touched) this.changes.emit(file);
  }

  private opened(document: vscode.TextDocument): void {
    const file = pathOf(document);
    if (file === undefined) return;
    const found = [...this.reports.values()].flatMap((files) => files.get(file) ?? []);
    if (found.length === 0) return;
    for (const entries of found) settle(entries, document);
    this.changes.emit(file);
  }
}

function wantedLines(stored: StoredReport): Map<string, Set<number>> {
  const wanted = new Map<string, Set<number>>();
  const want = (file: string, line: number): void => {
    const numbers = wanted.get(file) ?? new Set();
    wanted.set(file, numbers.add(line));
  };
  // Places first: there is a limit on files.
  for (const finding of stored.report.findings) {
    const place = openPlace(finding);
    if (place !== undefined) want(place.file, place.line);
  }
  for (const finding of stored.report.findings) for (const { file, line } of openFrames(finding)) want(file, line);
  return wanted;
}

/** The file as it was profiled: what is on the disk, not what is being edited. */
async function readLines(file: string): Promise<readonly string[] | undefined> {
  const uri = vscode.Uri.file(file);
  const open = vscode.workspace.textDocuments.find((document) => pathOf(document) === file && !document.isDirty);
  try {
    if (open === undefined && (await vscode.workspace.fs.stat(uri)).size > MAX_FILE_BYTES) return undefined;
    const text = open?.getText() ?? (await vscode.workspace.decode(await vscode.workspace.fs.readFile(uri), { uri }));
    return text.split(/\r\n|\r|\n/);
  } catch {
    // Gone since, or no text: it gets no squiggle.
    return undefined;
  }
}

/** The document may differ from what was profiled: unsaved, or changed while it was closed. */
function settle(entries: FileLines, document: vscode.TextDocument): void {
  let lines: readonly string[] | undefined;
  for (const entry of entries.values()) {
    if (lineOf(document, entry.tracked.line)?.trim() !== entry.tracked.text) {
      lines ??= document.getText().split(/\r\n|\r|\n/);
      entry.tracked = settleLine(entry.tracked, lines);
    }
    entry.current = lineOf(document, entry.tracked.line) ?? '';
  }
}

const lineOf = (document: vscode.TextDocument, line: number): string | undefined =>
  line < document.lineCount ? document.lineAt(line).text : undefined;

const pathOf = (document: vscode.TextDocument): string | undefined =>
  document.uri.scheme === 'file' ? document.uri.fsPath : undefined;
