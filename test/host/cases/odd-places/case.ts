import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { fileOf, openFile, until } from '../../workspace.js';

const text =
  '#include <stdlib.h>\n\nint main(void)\n{\n    void *volatile lost = malloc(77);\n    lost = NULL;\n    return lost != NULL;\n}\n';

describe('a file in an odd place', () => {
  const outside = mkdtempSync(join(tmpdir(), 'memlens-outside-'));
  const marks = (file: vscode.Uri) => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');
  let answers: Answers;

  beforeEach(() => {
    answers = new Answers();
  });
  afterEach(() => answers.restore());
  after(async () => {
    rmSync(outside, { recursive: true });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('memlens.clear');
  });

  const profiled = async (file: vscode.Uri) => {
    mkdirSync(dirname(file.fsPath), { recursive: true });
    writeFileSync(file.fsPath, text);
    await openFile(file);
    await vscode.commands.executeCommand('memlens.profile');
    return until(`the squiggle (${answers.asked.map(({ message }) => message).join(' ')})`, () => marks(file)[0], 5_000);
  };

  it('is profiled outside of the workspace', async () => {
    const mark = await profiled(vscode.Uri.file(join(outside, 'leak.c')));
    assert.equal(mark.range.start.line, 4);
  });

  it('is profiled whatever its path is made of', async () => {
    const file = fileOf('odd-places', 'it\'s 100% "q" #1 [x] ü漢', 'a b#c%20d é&$(x).c');
    const mark = await profiled(file);
    assert.equal(mark.range.start.line, 4);
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', file, mark.range.start);
    const content = hover?.contents[0];
    const markdown = typeof content === 'object' ? content.value : '';
    const link = /command:memlens\.openFrame\?([^)]*)\)/.exec(markdown)?.[1] ?? '';
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('memlens.openFrame', ...(JSON.parse(decodeURIComponent(link)) as unknown[]));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file.fsPath);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 4);
  });

  it('is saved first when it has no place at all', async () => {
    const file = vscode.Uri.file(join(outside, 'saved.c'));
    const { save } = vscode.workspace;
    (vscode.workspace as { save: unknown }).save = () => {
      writeFileSync(file.fsPath, text);
      return Promise.resolve(file);
    };
    try {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'c', content: text }));
      await vscode.commands.executeCommand('memlens.profile');
      await until('the squiggle', () => marks(file)[0], 5_000);
      (vscode.workspace as { save: unknown }).save = () => Promise.resolve(undefined);
      await vscode.commands.executeCommand('memlens.clear');
      await vscode.commands.executeCommand('memlens.profile');
      assert.equal(marks(file).length, 0, 'nothing is run when it is not saved');
    } finally {
      (vscode.workspace as { save: unknown }).save = save;
    }
  });
});
