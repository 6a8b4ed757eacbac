import * as assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { fileOf, openFile, until } from '../../workspace.js';

describe('a program that never ends', () => {
  const file = fileOf('stop', 'forever.c');
  const marks = () => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');
  const runs = () => vscode.tasks.taskExecutions.some(({ task }) => task.name === 'forever.c');

  const sign = fileOf('stop', 'going-on').fsPath;

  before(() => openFile(file));
  beforeEach(() => rmSync(sign, { force: true }));
  after(() => vscode.commands.executeCommand('memlens.clear'));

  it('is stopped, and what it leaked until then is shown', async () => {
    const done = vscode.commands.executeCommand('memlens.profile', file);
    await until('three rounds of the program', () => existsSync(sign));
    await vscode.commands.executeCommand('memlens.stop');
    await done;
    const [mark] = await until('the squiggle', () => marks().length > 0 && marks());
    assert.equal(mark?.range.start.line, 7);
    assert.match(mark?.message ?? '', /in \d+ blocks/);
    await until('the end of its terminal', () => !runs());
  });

  it('takes what was found until its terminal is closed', async () => {
    await vscode.commands.executeCommand('memlens.clear');
    const done = vscode.commands.executeCommand('memlens.profileAgain');
    await until('three rounds of the program', () => existsSync(sign));
    for (const terminal of vscode.window.terminals) if (terminal.name.includes('forever.c')) terminal.dispose();
    await done;
    assert.equal(runs(), false);
  });
});
