import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, openFile, until } from '../../workspace.js';

describe('squiggles while the text is edited', () => {
  const file = fileOf('edits', 'edited.c');
  let editor: vscode.TextEditor;
  const marks = () =>
    vscode.languages
      .getDiagnostics(file)
      .filter(({ source }) => source === 'MemLens')
      .sort((a, b) => a.range.start.compareTo(b.range.start));
  /** `code: message` of every mark, where the code is what it stands under. */
  const shown = () => marks().map(({ range, tags }) => `${editor.document.getText(range)}${tags?.length ? ' (stale)' : ''}`);
  const becomes = async (wanted: readonly string[], lines: readonly number[]) => {
    await until(
      `${wanted.join(' and ')}, not ${shown().join(' and ')}`,
      () => JSON.stringify(shown()) === JSON.stringify(wanted),
    );
    assert.deepEqual(
      marks().map(({ range }) => range.start.line),
      lines,
    );
  };

  before(async () => {
    editor = await openFile(file);
    await vscode.commands.executeCommand('memlens.profile', file);
    await becomes(['malloc(111)', 'malloc(222)'], [6, 7]);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('memlens.clear');
  });

  it('follow their lines', async () => {
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), '// one\n// two\n'));
    await becomes(['malloc(111)', 'malloc(222)'], [8, 9]);
  });

  it('follow deeper indentation', async () => {
    await editor.edit((edit) => edit.insert(new vscode.Position(8, 0), '        '));
    await becomes(['malloc(111)', 'malloc(222)'], [8, 9]);
  });

  it('are marked stale when their line changes, and no more when it changes back', async () => {
    await editor.edit((edit) => edit.replace(new vscode.Range(9, 26, 9, 29), '333'));
    await becomes(['malloc(111)', 'void *second = malloc(333); (stale)'], [8, 9]);
    assert.match(marks()[1]?.message ?? '', /changed since/);
    await editor.edit((edit) => edit.replace(new vscode.Range(9, 26, 9, 29), '222'));
    await becomes(['malloc(111)', 'malloc(222)'], [8, 9]);
  });

  it('go with their line, and come back with it', async () => {
    const line = editor.document.lineAt(9).text;
    await editor.edit((edit) => edit.delete(new vscode.Range(9, 0, 10, 0)));
    await becomes(['malloc(111)'], [8]);
    await editor.edit((edit) => edit.insert(new vscode.Position(9, 0), `${line}\n`));
    await becomes(['malloc(111)', 'malloc(222)'], [8, 9]);
  });

  it('are gone when the next run no longer finds them; the file is saved first', async () => {
    await editor.edit((edit) => edit.replace(editor.document.lineAt(9).range, '    void *second = NULL;'));
    await vscode.commands.executeCommand('memlens.profileAgain');
    assert.equal(editor.document.isDirty, false);
    await becomes(['malloc(111)'], [8]);
  });
});
