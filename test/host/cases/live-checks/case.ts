import * as assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { marksOf } from '../../live.js';
import { fileOf, openFile, until } from '../../workspace.js';

const check = () => vscode.commands.executeCommand('memlens.checkLeaks');

/** What the editor shows at a line, as text. */
async function hoverAt(file: vscode.Uri, line: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    file,
    new vscode.Position(line, 16),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((part) => (typeof part === 'string' ? part : part.value))
    .join('\n');
}

describe('a program that goes on', function () {
  this.timeout(240_000);

  const file = fileOf('live-checks', 'server.c');
  const sign = fileOf('live-checks', 'going-on').fsPath;
  let answers: Answers;

  before(async () => {
    answers = new Answers();
    await openFile(file);
  });
  beforeEach(() => {
    answers.asked.splice(0);
    rmSync(sign, { force: true });
  });
  after(async () => {
    answers.restore();
    await vscode.commands.executeCommand('memlens.clear');
  });

  it('can’t be checked before there is one, and it is said what can be done', async () => {
    await check();
    const said = answers.said(/no program that MemLens started is running/);
    assert.deepEqual(said?.buttons, ['Profile Memory', 'Profile Process…']);
  });

  it('is checked as often as wanted; what grows is told from what was lost once; Stop keeps it', async () => {
    const done = vscode.commands.executeCommand('memlens.profile', file);
    await until('some rounds of the program', () => existsSync(sign));
    await check();
    assert.ok(answers.said(/Check 1 of server\.c/), JSON.stringify(answers.asked));
    const first = await until('two squiggles', () => marksOf(file).length === 2 && marksOf(file));
    assert.deepEqual(first.map(({ range }) => range.start.line).sort(), [12, 7]);

    await check();
    assert.ok(answers.said(/Check 2 of server\.c.*1 still growing.*1 once only/), JSON.stringify(answers.asked));
    assert.match(await hoverAt(file, 7), /Still growing since check 1.* a minute/);
    assert.match(await hoverAt(file, 12), /Once only/);

    await vscode.commands.executeCommand('memlens.stop');
    await done;
    assert.equal(marksOf(file).length, 2);
    assert.match(await hoverAt(file, 7), /the last one before its end.*still growing/);
    await until('the end of its terminal', () => !vscode.tasks.taskExecutions.some(({ task }) => task.name === 'server.c'));
  });
});
