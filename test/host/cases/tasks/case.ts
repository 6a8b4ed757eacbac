import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { fileOf, until } from '../../workspace.js';

describe('tasks of type memlens in tasks.json', () => {
  const folder = dirname(fileOf('tasks').fsPath);
  const tasksJson = join(folder, '.vscode/tasks.json');
  const sign = fileOf('tasks', 'going-on').fsPath;
  const configuration = () => vscode.workspace.getConfiguration('memlens', vscode.workspace.workspaceFolders?.[0]);
  const type = 'memlens';
  const tasks = [
    { label: 'by run', type, run: 'the leak' },
    { label: 'by file', type, file: 'tasks/leak.c' },
    { label: 'by program', type, program: '${workspaceFolder}/tasks/leak', engine: 'memcheck' },
    { label: 'nothing found', type, file: '${workspaceFolder}/tasks/leak.c', args: ['clean'] },
    { label: 'no such run', type, run: 'nothing of the kind' },
    { label: 'no such file', type, file: 'tasks/nowhere.c' },
    { label: 'endless', type, file: 'tasks/forever.c', args: [sign] },
  ];
  let answers: Answers;

  before(async () => {
    execFileSync('cc', ['-g', '-o', fileOf('tasks', 'leak').fsPath, fileOf('tasks', 'leak.c').fsPath]);
    mkdirSync(dirname(tasksJson), { recursive: true });
    writeFileSync(tasksJson, JSON.stringify({ version: '2.0.0', tasks }));
    const runs = [{ name: 'the leak', file: 'tasks/leak.c', engine: 'lsan' }];
    await configuration().update('runs', runs, vscode.ConfigurationTarget.Workspace);
    answers = new Answers();
  });
  after(async () => {
    answers.restore();
    rmSync(tasksJson);
    await configuration().update('runs', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('memlens.clear');
  });

  const taskOf = (label: string) =>
    until(`the task ${label}`, async () => (await vscode.tasks.fetchTasks()).find(({ name }) => name === label));
  const start = async (label: string) => {
    const task = await taskOf(label);
    const code = new Promise<number | undefined>((done) => {
      const ended = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        // The program is a task of the same name.
        if (execution.task.name !== label || execution.task.definition.type !== type) return;
        ended.dispose();
        done(exitCode);
      });
    });
    return { execution: await vscode.tasks.executeTask(task), code };
  };
  const statusOf = async (label: string) => (await start(label)).code;
  const marks = () => vscode.languages.getDiagnostics(fileOf('tasks', 'leak.c')).filter(({ source }) => source === 'MemLens');

  for (const label of ['by run', 'by file', 'by program']) {
    it(`ends with 1 and marks the line, ${label}`, async () => {
      await vscode.commands.executeCommand('memlens.clear');
      assert.equal(await statusOf(label), 1);
      const [mark] = await until('the squiggle', () => marks().length > 0 && marks());
      assert.equal(mark?.range.start.line, 5);
      assert.match(mark?.message ?? '', /100 bytes in 1 block/);
    });
  }

  it('ends with 0 when nothing is found', async () => {
    assert.equal(await statusOf('nothing found'), 0);
    assert.ok(answers.said(/found no leak and no memory error/));
  });

  it('ends with 2 and says why when it can’t be done', async () => {
    assert.equal(await statusOf('no such run'), 2);
    assert.ok(answers.said(/it has no run "nothing of the kind"/));
    assert.equal(await statusOf('no such file'), 2);
    assert.ok(answers.said(/nowhere\.c does not exist/));
  });

  it('ends its program when it is terminated', async () => {
    rmSync(sign, { force: true });
    const { execution, code } = await start('endless');
    await until('the program', () => existsSync(sign));
    execution.terminate();
    await code;
    await until(
      'the end of the program',
      () => !vscode.tasks.taskExecutions.some(({ task }) => task.name === 'endless' && task.definition.type === type),
    );
    const alive = () => {
      try {
        return execFileSync('pgrep', ['-f', sign], { encoding: 'utf8' }).trim() !== '';
      } catch {
        return false;
      }
    };
    await until('the end of its process', () => !alive());
  });

  it('stops no run but its own when its terminal goes', async () => {
    rmSync(sign, { force: true });
    assert.equal(await statusOf('nothing found'), 0);
    const endless = await start('endless');
    await until('the program', () => existsSync(sign));
    for (const terminal of vscode.window.terminals) if (terminal.name.includes('nothing found')) terminal.dispose();
    await new Promise((later) => setTimeout(later, 500));
    assert.ok(vscode.tasks.taskExecutions.some(({ task }) => task.name === 'endless' && task.definition.type === type));
    await vscode.commands.executeCommand('memlens.stop');
    await endless.code;
  });
});
