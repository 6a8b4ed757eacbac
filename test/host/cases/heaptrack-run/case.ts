import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as vscode from 'vscode';
import type { ToHeapPage } from '../../../../src/protocol/heap.js';
import { Answers } from '../../answers.js';
import { type HeardPage, hearPages } from '../../maps.js';
import { closeTabs } from '../../trends.js';
import { fileOf, openFile, until } from '../../workspace.js';

const hasHeaptrack = spawnSync('heaptrack', ['--version'], { stdio: 'ignore' }).error === undefined;

(hasHeaptrack ? describe : describe.skip)('heaptrack, chosen for a file', () => {
  const file = fileOf('heaptrack-run', 'orders.c');
  const marks = () => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');
  const markOf = (line: number) => marks().find(({ range }) => range.start.line === line);
  let answers: Answers;
  let pages: readonly HeardPage[];

  before(async () => {
    answers = new Answers(({ buttons }) => buttons.find((button) => button === 'Show Heap Profile'));
    pages = hearPages(answers, vscode.window, 'memlens.heapResult');
    answers.stub('showQuickPick', (items: readonly { readonly engine: string }[]) =>
      Promise.resolve(items.find(({ engine }) => engine === 'heaptrack')),
    );
    await openFile(file);
  });
  after(async () => {
    answers.restore();
    await closeTabs();
    await vscode.commands.executeCommand('memlens.clear');
  });

  it('marks what was not freed as information: it may be lost, or in use to the end', async () => {
    await vscode.commands.executeCommand('memlens.profileWith', file);
    await until(`the squiggles (${answers.asked.map(({ message }) => message).join(' ')})`, () => marks().length === 2, 10_000);
    for (const line of [6, 12]) assert.equal(markOf(line)?.severity, vscode.DiagnosticSeverity.Information);
    assert.match(markOf(6)?.message ?? '', /Not freed at the end: 500 bytes in 5 blocks/);
    assert.match(markOf(12)?.message ?? '', /Not freed at the end: 3\.9 KiB in 1 block/);
  });

  it('says it in one sentence, whose button opens all that was recorded', async () => {
    assert.deepEqual(
      answers.asked.map(({ message }) => message),
      ['heaptrack: orders.c has not freed 4.4 KiB in 6 blocks at its end.'],
    );
    const page = await until('the page', () => pages.at(-1));
    const told = await until('the profile', () =>
      (page.told as readonly unknown[] as readonly ToHeapPage[]).findLast((message) => message.kind === 'profile'),
    );
    assert.ok(told.kind === 'profile');
    const quantities = told.profile.measures.map(({ quantity }) => quantity);
    for (const quantity of ['live', 'total', 'peak', 'temporary'] as const) assert.ok(quantities.includes(quantity), quantity);
    assert.notEqual(told.profile.timeline, undefined);
  });
});
