import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, openFile } from '../../workspace.js';

describe('a correct program', () => {
  it('gets no mark', async () => {
    const file = fileOf('clean-file', 'clean.c');
    await openFile(file);
    await vscode.commands.executeCommand('memlens.profile', file);
    assert.deepEqual(vscode.languages.getDiagnostics(file), []);
  });
});
