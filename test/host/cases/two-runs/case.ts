import * as assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { fileOf, until } from '../../workspace.js';

describe('a run while another one goes on', () => {
  const [first, second] = [fileOf('two-runs', 'first.c'), fileOf('two-runs', 'second.c')];
  const [goingOn, mayEnd] = [fileOf('two-runs', 'going-on').fsPath, fileOf('two-runs', 'may-end').fsPath];
  const marks = (file: vscode.Uri) => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');
  let answers: Answers;

  beforeEach(async () => {
    for (const sign of [goingOn, mayEnd]) rmSync(sign, { force: true });
    await vscode.commands.executeCommand('memlens.clear');
    answers = new Answers();
  });
  afterEach(() => answers.restore());
  after(() => vscode.commands.executeCommand('memlens.clear'));

  const startBoth = async (answer: string | undefined) => {
    answers.answer = ({ buttons }) => (buttons.includes('Replace') ? answer : undefined);
    const one = vscode.commands.executeCommand('memlens.profile', first);
    await until('the first program', () => existsSync(goingOn));
    const two = vscode.commands.executeCommand('memlens.profile', second);
    await until('the question', () => answers.said(/first\.c is still being profiled/));
    return { one, two };
  };

  it('waits for its end', async () => {
    const { one, two } = await startBoth('Wait');
    writeFileSync(mayEnd, '');
    await one;
    await two;
    await until('both squiggles', () => marks(first).length === 1 && marks(second).length === 1);
  });

  it('takes its place', async () => {
    const { one, two } = await startBoth('Replace');
    await one;
    await two;
    await until('the second one’s squiggle', () => marks(second).length === 1);
    assert.equal(marks(first).length, 0);
  });

  it('is given up when nothing is answered', async () => {
    const { one, two } = await startBoth(undefined);
    await two;
    assert.equal(marks(second).length, 0);
    writeFileSync(mayEnd, '');
    await one;
    await until('the first one’s squiggle', () => marks(first).length === 1);
  });
});
