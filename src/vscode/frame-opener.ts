import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import type { FindingsByLine } from './line-findings.js';
import type { LineTracker } from './line-tracker.js';

/** A line of a report: from 1, as the report has it. */
export interface OpenFrameArgs {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** Opens the line of a frame, where that line is now. */
export class FrameOpener {
  constructor(
    private readonly store: FindingsStore,
    private readonly tracker: LineTracker,
  ) {}

  async open(args: unknown): Promise<void> {
    if (!isOpenFrameArgs(args)) return;
    const now = this.store
      .all()
      .map((stored) => this.tracker.find(stored, args.file, args.line))
      .find((found) => found !== undefined);
    const line = now?.line ?? args.line - 1;
    const column = now?.stale === true ? 0 : Math.max(0, (args.column ?? 1) - 1);
    const at = new vscode.Position(
      Math.max(0, line),
      args.column === undefined && now !== undefined ? now.text.length - now.text.trimStart().length : column,
    );
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(args.file));
      const editor = await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
      editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    } catch {
      void vscode.window.showWarningMessage(vscode.l10n.t('{0} can’t be opened any more.', args.file));
    }
  }
}

/**
 * After a run: brings the worst finding into view in an editor that shows its file already. Nothing is opened, and the
 * cursor stays where the user left it.
 */
export async function revealWorst(lines: FindingsByLine, tracker: LineTracker): Promise<void> {
  await tracker.settled();
  for (const editor of vscode.window.visibleTextEditors) {
    const entries = editor.document.uri.scheme === 'file' ? lines.of(editor.document.uri.fsPath) : [];
    const visible = entries.some(({ range }) => editor.visibleRanges.some((shown) => shown.contains(range)));
    const [first] = entries;
    if (first !== undefined && !visible) editor.revealRange(first.range, vscode.TextEditorRevealType.InCenter);
  }
}

/** Links of a hover can be made by anybody who can run commands. */
function isOpenFrameArgs(value: unknown): value is OpenFrameArgs {
  if (typeof value !== 'object' || value === null) return false;
  const { file, line, column } = value as Partial<Record<keyof OpenFrameArgs, unknown>>;
  return typeof file === 'string' && Number.isSafeInteger(line) && (column === undefined || Number.isSafeInteger(column));
}
