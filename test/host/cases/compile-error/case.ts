import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, openFile, until } from '../../workspace.js';

describe('a file that does not compile', () => {
  it("gets the compiler's own message on its line", async () => {
    const file = fileOf('compile-error', 'broken.c');
    await openFile(file);
    // What the user is told stays on the screen until it is answered: not awaited.
    void vscode.commands.executeCommand('memlens.profile', file);
    const [first] = await until('a diagnostic', () => {
      const found = vscode.languages.getDiagnostics(file);
      return found.length > 0 && found;
    });
    assert.equal(first?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(first?.message ?? '', /expected/);
    assert.ok((first?.range.start.line ?? 0) >= 4 && (first?.range.start.line ?? 99) <= 5);
  });
});
