import * as vscode from 'vscode';
import { engineTitle } from './engine-titles.js';
import { HOVER_COMMANDS, hoverText } from './hover-text.js';
import type { FindingsByLine } from './line-findings.js';

/** Shows the whole stacks of the findings of a line; the squiggle's own message stands above. */
export class FindingHovers implements vscode.HoverProvider {
  constructor(
    private readonly lines: FindingsByLine,
    private readonly canRepeat: () => boolean,
    private readonly canCheck: () => boolean,
  ) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const entries = this.lines
      .of(document.uri.fsPath)
      .filter(({ now, range }) => now.line === position.line && range.contains(position));
    const [first] = entries;
    if (first === undefined) return undefined;
    const text = hoverText({
      findings: entries.flatMap(({ findings }) => findings),
      stale: first.now.stale,
      canRepeat: this.canRepeat(),
      canCheck: this.canCheck(),
      engineTitle,
    });
    const markdown = new vscode.MarkdownString(text);
    markdown.isTrusted = { enabledCommands: HOVER_COMMANDS };
    return new vscode.Hover(markdown, first.range);
  }
}
