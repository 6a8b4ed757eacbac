import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { fileOf } from '../../workspace.js';

// What a shell, VS Code's variables or a terminal could read as their own.
const words = [
  "it's",
  '$(touch /tmp/memlens-evil)',
  '`id`',
  '${env:HOME}',
  '$${command:x}',
  'two\nlines',
  '"quoted" \\',
  '',
  '*',
  '-n',
  'ü 漢',
];

describe('a run of memlens.runs', () => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const configuration = () => vscode.workspace.getConfiguration('memlens', folder);
  const output = fileOf('arguments', "what it's told").fsPath;

  after(() => configuration().update('runs', undefined, vscode.ConfigurationTarget.Workspace));

  it('gives the program its words and its environment as they are', async () => {
    // In the settings a `${` that is meant as data comes from a variable's value only.
    const written = words.map((word) =>
      word.replace('${env:HOME}', '${env:MEMLENS_WORD}').replace('$${command:x}', '${env:MEMLENS_OTHER}'),
    );
    process.env['MEMLENS_WORD'] = '${env:HOME}';
    process.env['MEMLENS_OTHER'] = '$${command:x}';
    const run = {
      name: "words ${and} 'quotes'",
      file: fileOf('arguments', 'tell.c').fsPath,
      args: [output, ...written],
      env: { MEMLENS_CASE: "${env:MEMLENS_WORD} isn't $(id)" },
    };
    await configuration().update('runs', [run], vscode.ConfigurationTarget.Workspace);
    const tasks = await vscode.tasks.fetchTasks({ type: 'memlens' });
    const task = tasks.find(({ name }) => name === run.name);
    assert.ok(task, 'a run of the settings is a task');
    const code = new Promise<number | undefined>((done) => {
      const ended = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.name !== run.name || execution.task.definition.type !== 'memlens') return;
        ended.dispose();
        done(exitCode);
      });
    });
    await vscode.tasks.executeTask(task);
    assert.equal(await code, 0, 'nothing found');
    assert.deepEqual(readFileSync(output, 'utf8').split('\0'), [...words, "${env:HOME} isn't $(id)"]);
  });
});
