import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, until } from '../../workspace.js';

describe('what can’t be profiled', () => {
  const told: string[] = [];
  const shown = vscode.window.showErrorMessage;

  before(() => {
    // No toast is shown under the test driver, and nobody answers one.
    (vscode.window as { showErrorMessage: unknown }).showErrorMessage = (message: string) => {
      told.push(message);
      return Promise.resolve(undefined);
    };
  });
  after(() => {
    (vscode.window as { showErrorMessage: unknown }).showErrorMessage = shown;
  });
  const says = async (file: vscode.Uri, words: RegExp) => {
    told.length = 0;
    await vscode.commands.executeCommand('memlens.profile', file);
    const [message] = await until('a message', () => told.length > 0 && told);
    assert.match(message ?? '', words);
  };

  it('says so of a file that is no program', () => says(fileOf('refusals', 'text.out'), /not a program/));
  it('says so of a file that is not there', () => says(fileOf('refusals', 'nowhere'), /does not exist/));
  it('says so of a directory', () => says(fileOf('refusals'), /is a directory/));
  it('says so of a source without main', () => says(fileOf('refusals', 'lib.c'), /no main function/));

  it('says what is wrong with a setting', async () => {
    const configuration = vscode.workspace.getConfiguration('memlens', vscode.workspace.workspaceFolders?.[0]);
    await configuration.update('runs', [{ name: 'odd', program: '${nope}/x' }], vscode.ConfigurationTarget.Workspace);
    try {
      told.length = 0;
      const task = (await vscode.tasks.fetchTasks({ type: 'memlens' })).find(({ name }) => name === 'odd');
      assert.ok(task);
      await vscode.tasks.executeTask(task);
      const [message] = await until('a message', () => told.length > 0 && told);
      assert.match(message ?? '', /memlens\.runs.*\$\{nope\} is not known/);
    } finally {
      await configuration.update('runs', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
