import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../../workspace.js';

describe('activation', () => {
  it('loads and activates the extension', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, `${extensionId} is not there`);
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('knows every command that the manifest names', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    const named: { command: string }[] = extension?.packageJSON.contributes?.commands ?? [];
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      named.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
  });
});
