import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { until } from '../../workspace.js';

const settings = () => vscode.workspace.getConfiguration('memlens');

describe('a notice', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  before(() => {
    answers = new Answers();
  });

  after(async () => {
    answers.restore();
    for (const id of ['notifications.lowMemoryBelow', 'notifications.lowMemory']) {
      await settings().update(id, undefined, vscode.ConfigurationTarget.Global);
    }
    await vscode.commands.executeCommand('workbench.view.explorer');
  });

  it('of memory that runs out is given once, and never again when the user says so', async () => {
    answers.answer = ({ message, buttons }) => (/available/.test(message) ? buttons[1] : undefined);
    // There is always less than all of it available.
    await settings().update('notifications.lowMemoryBelow', 100, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('memlens.showMemory');
    const notice = await until('the notice', () => answers.said(/local has .* of memory available, [\d.]+ % of all/));
    assert.deepEqual(notice.buttons, ['Show', "Don't Ask Again"]);
    await until('the setting', () => settings().get('notifications.lowMemory') === false);
    await new Promise((done) => setTimeout(done, 2500));
    assert.equal(answers.asked.filter(({ message }) => /available/.test(message)).length, 1);
  });
});
