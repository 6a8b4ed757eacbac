import * as vscode from 'vscode';
import type { LineAmount, LineAmounts } from '../app/heap/line-amounts.js';
import { DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import { formatCount } from '../base/units.js';
import { heapAmount, heapChange } from '../export/heap-amounts.js';
import { measureLabel } from '../insight/heap/measure-words.js';
import type { HeapMeasure } from '../model/heap-profile.js';
import type { HeapFrames } from './heap-frames.js';

/** Lines that hold less than this share of the largest one are not told: they would be noise. */
const LEAST_SHARE = 0.0005;

/** What a heap profile says of each line, faintly, at the end of the line: of one profile at a time. */
export class HeapAnnotations implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch', color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly disposables = new DisposableStore();
  private readonly changed = new Emitter<void>();
  /** Lines of another owner are told. */
  readonly onDidChange = this.changed.on.bind(this.changed);
  private current: { readonly owner: object; readonly title: string; readonly measure: HeapMeasure } | undefined;
  /** By absolute path. */
  private lines: ReadonlyMap<string, readonly LineAmount[]> = new Map();

  constructor(
    private readonly frames: HeapFrames,
    private readonly enabled: () => boolean,
  ) {
    this.disposables.add(this.decoration);
    this.disposables.add(vscode.window.onDidChangeVisibleTextEditors((editors) => this.showIn(editors)));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('memlens.heap.annotations')) this.showIn(vscode.window.visibleTextEditors);
      }),
    );
  }

  /** The page whose profile is told. */
  get owner(): object | undefined {
    return this.current?.owner;
  }

  async show(owner: object, title: string, { measure, byFile }: LineAmounts): Promise<void> {
    const current = { owner, title, measure };
    this.current = current;
    this.changed.emit();
    const lines = new Map<string, readonly LineAmount[]>();
    for (const [file, amounts] of byFile) {
      const path = await this.frames.fileOf(file);
      // Meanwhile another profile may be told.
      if (this.current !== current) return;
      if (path !== undefined) lines.set(path, merged([...(lines.get(path) ?? []), ...amounts]));
    }
    this.lines = withoutNoise(lines);
    this.showIn(vscode.window.visibleTextEditors);
  }

  /** No longer of this owner. */
  hide(owner: object): void {
    if (this.current?.owner !== owner) return;
    this.current = undefined;
    this.lines = new Map();
    this.changed.emit();
    this.showIn(vscode.window.visibleTextEditors);
  }

  dispose(): void {
    this.changed.dispose();
    this.disposables.dispose();
  }

  private showIn(editors: readonly vscode.TextEditor[]): void {
    const { current } = this;
    for (const editor of editors) {
      if (editor.document.uri.scheme !== 'file') continue;
      const lines = current !== undefined && this.enabled() ? (this.lines.get(editor.document.uri.fsPath) ?? []) : [];
      editor.setDecorations(
        this.decoration,
        current === undefined ? [] : lines.flatMap((line) => decorationOf(line, editor.document, current)),
      );
    }
  }
}

function decorationOf(
  { line, self, total, count }: LineAmount,
  document: vscode.TextDocument,
  { measure, title }: { readonly measure: HeapMeasure; readonly title: string },
): vscode.DecorationOptions[] {
  if (line > document.lineCount) return [];
  const { end } = document.lineAt(line - 1).range;
  // What one moment has more than another would look like what a line holds.
  const isChange = measure.quantity === 'growth';
  const told = (value: number): string => (isChange ? heapChange(value, measure) : heapAmount(value, measure));
  const contentText =
    self === 0
      ? vscode.l10n.t('{0} with callees', told(total))
      : Math.round(self) === Math.round(total)
        ? told(self) + countWords(count ?? 0, isChange)
        : vscode.l10n.t('{0}, {1} with callees', told(self), told(total));
  const hoverMessage = vscode.l10n.t(
    '{0}: {1} by this line itself, {2} with all that is called from it ({3})',
    measureLabel(measure),
    told(self),
    told(total),
    title,
  );
  return [{ range: new vscode.Range(end, end), hoverMessage, renderOptions: { after: { contentText } } }];
}

function countWords(count: number, isChange: boolean): string {
  if (count === 0) return '';
  const words = formatCount(count, 'allocation');
  return isChange ? `, ${count > 0 ? '+' : ''}${words}` : vscode.l10n.t(' in {0}', words);
}

/** Two spellings of a file are one file. */
function merged(amounts: readonly LineAmount[]): readonly LineAmount[] {
  const byLine = new Map<number, LineAmount>();
  for (const one of amounts) {
    const there = byLine.get(one.line);
    byLine.set(
      one.line,
      there === undefined
        ? one
        : {
            line: one.line,
            self: there.self + one.self,
            total: Math.max(there.total, one.total),
            ...(one.count === undefined ? {} : { count: (there.count ?? 0) + one.count }),
          },
    );
  }
  return [...byLine.values()];
}

function withoutNoise(lines: ReadonlyMap<string, readonly LineAmount[]>): ReadonlyMap<string, readonly LineAmount[]> {
  let largest = 0;
  for (const amounts of lines.values()) for (const { total } of amounts) largest = Math.max(largest, Math.abs(total));
  const least = largest * LEAST_SHARE;
  return new Map([...lines].map(([path, amounts]) => [path, amounts.filter(({ total }) => Math.abs(total) >= least)]));
}
