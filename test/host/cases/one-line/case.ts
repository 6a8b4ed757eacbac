import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, openFile, until } from '../../workspace.js';

describe('several findings on one line', () => {
  const file = fileOf('one-line', 'several.c');
  const marks = () => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');

  before(() => openFile(file));
  after(() => vscode.commands.executeCommand('memlens.clear'));

  it('are one squiggle with the sum, and the parts below it', async () => {
    await vscode.commands.executeCommand('memlens.profile', file);
    await until('the squiggles', () => marks().length > 0);
    assert.deepEqual(
      marks().map(({ range }) => range.start.line),
      [4, 9],
    );
    const [sum, ...parts] = marks()[0]?.message.split('\n') ?? [];
    assert.equal(sum, '2 findings: leaks 1 KiB in 2 blocks');
    assert.match(parts[0] ?? '', /^• Leaks 1000 bytes in 1 block/);
    assert.match(parts[1] ?? '', /^• Leaks 24 bytes in 1 block/);
    assert.equal(parts.length, 2);
    // Each call of its own: the whole code of the line is marked.
    const document = await vscode.workspace.openTextDocument(file);
    assert.equal(document.getText(marks()[1]?.range), 'sink = malloc(5), sink = malloc(6);');
  });

  it('say the same in the hover', async () => {
    const [mark] = marks();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', file, mark?.range.start);
    const text = hovers
      .flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)))
      .join('\n');
    const found = ['2 findings', '1000 bytes', '24 bytes'].map((words) => text.indexOf(words));
    assert.ok(
      found.every((at, i) => at >= 0 && at > (found[i - 1] ?? -1)),
      text,
    );
    assert.equal(text.match(/\*\*main\*\*|\*\*grab\*\*/g)?.length, 2);
  });
});
