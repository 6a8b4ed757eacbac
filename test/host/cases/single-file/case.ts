import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, openFile, until } from '../../workspace.js';

describe('a single C file that leaks', () => {
  const file = fileOf('single-file', 'leak.c');
  const marks = () => vscode.languages.getDiagnostics(file).filter(({ source }) => source?.startsWith('MemLens'));

  before(() => openFile(file));
  after(() => vscode.commands.executeCommand('memlens.clear'));

  it('has Profile Memory above main', async () => {
    const lenses = await until('the CodeLens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', file, 10);
      return found.length > 0 && found;
    });
    const lens = lenses.find(({ command }) => command?.title.includes('Profile Memory'));
    assert.equal(lens?.range.start.line, 11);
  });

  it('is marked on the allocating call, as a sure fault, with its size', async () => {
    await vscode.commands.executeCommand('memlens.profile', file);
    const [mark] = await until('the squiggle', () => marks().length > 0 && marks());
    assert.equal(marks().length, 1);
    assert.match(mark?.message ?? '', /120 KiB in 10 blocks/);
    assert.equal(mark?.severity, vscode.DiagnosticSeverity.Error);
    const document = await vscode.workspace.openTextDocument(file);
    assert.equal(mark?.range.start.line, 5);
    assert.match(document.getText(mark?.range), /malloc\(size\)/);
  });

  it('leads from the mark to the caller', () => {
    const callers = marks().flatMap(({ relatedInformation }) => relatedInformation ?? []);
    assert.ok(callers.some(({ location }) => location.uri.fsPath === file.fsPath && location.range.start.line === 14));
  });

  it('shows the stack in the hover', async () => {
    const [mark] = marks();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', file, mark?.range.start);
    const text = hovers
      .flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)))
      .join('\n');
    assert.match(text, /fill/);
    assert.match(text, /main/);
    assert.match(text, /120 KiB/);
  });

  it('loses the mark on Clear, and gets it back by Profile Memory Again', async () => {
    await vscode.commands.executeCommand('memlens.clear');
    await until('no squiggle', () => marks().length === 0);
    await vscode.commands.executeCommand('memlens.profileAgain');
    await until('the squiggle', () => marks().length === 1);
  });
});
