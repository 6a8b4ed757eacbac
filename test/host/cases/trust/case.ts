import * as assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { choosesInLists, Grower, processOf } from '../../live.js';
import { type HeardPage, hearPages } from '../../maps.js';
import { closeTabs } from '../../trends.js';
import { fileOf, openFile, until } from '../../workspace.js';

/** What the bundle calls: each start of a process of ours is noted here, with its words. */
const started: string[] = [];
const NO_TRUST = /has not been trusted|have not trusted|not trusted/;

describe('a workspace that is not trusted', function () {
  // A program is built and started, while it is trusted still.
  this.timeout(240_000);

  const processes = createRequire(__filename)('node:child_process') as { spawn: (...words: readonly unknown[]) => unknown };
  const { spawn } = processes;
  const trust = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted');
  const trusts = (is: boolean) => Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => is });
  const server = fileOf('live-checks', 'server.c');
  const sign = fileOf('live-checks', 'going-on').fsPath;
  let answers: Answers;
  let grower: Grower;
  let pages: readonly HeardPage[];
  const refusals = () => answers.asked.filter(({ message }) => NO_TRUST.test(message)).length;
  const nothingIsChosen = () => answers.stub('createQuickPick', () => assert.fail('nothing is to be chosen'));

  before(async () => {
    answers = new Answers();
    pages = hearPages(answers, vscode.window);
    grower = Grower.start(fileOf('live-attach', 'grower.c').fsPath);
    processes.spawn = (...words) => {
      if (new Error().stack?.includes('program.js')) started.push(JSON.stringify(words.slice(0, 2)));
      return Reflect.apply(spawn, processes, words);
    };
    rmSync(sign, { force: true });
    await openFile(server);
  });
  beforeEach(() => {
    trusts(false);
    answers.asked.splice(0);
    started.splice(0);
  });
  afterEach(() => {
    if (trust !== undefined) Object.defineProperty(vscode.workspace, 'isTrusted', trust);
  });
  after(async () => {
    processes.spawn = spawn;
    answers.restore();
    grower.end();
    await closeTabs();
    await vscode.commands.executeCommand('memlens.clear');
  });

  it('has no look into a process: not one that is chosen, nor one of a page or a view', async () => {
    nothingIsChosen();
    await vscode.commands.executeCommand('memlens.attach');
    await vscode.commands.executeCommand('memlens.attach', processOf(grower.pid, 'grower'));
    assert.equal(refusals(), 2, JSON.stringify(answers.asked));
    assert.deepEqual(started, []);
    await grower.goesOn();
  });

  it('has no run, and no process that is started again', async () => {
    await vscode.commands.executeCommand('memlens.profile', server);
    assert.equal(refusals(), 1, JSON.stringify(answers.asked));
    assert.deepEqual(started, []);
    assert.equal(existsSync(sign), false);
  });

  it('has the memory map of a process of this machine, which is only read', async () => {
    choosesInLists(answers, grower.pid, /^$/);
    await vscode.commands.executeCommand('memlens.showMap');
    const page = await until('the page', () => pages[0]);
    const { snapshot } = await page.hears('map');
    assert.ok(snapshot.table.length > 5, String(snapshot.table.length));
    assert.deepEqual(answers.asked, []);
    // The system's own shell reads /proc; no tool of the workspace or of ours is started.
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    for (const words of started) assert.ok(words.startsWith('["sh",["-c",') && !words.includes(folder), words);
    await grower.goesOn();
  });

  it('has no leak check, not even of a program that goes on from before', async () => {
    trusts(true);
    const done = vscode.commands.executeCommand('memlens.profile', server);
    await until('some rounds of the program', () => existsSync(sign), 120_000);
    // That what is started is noted, is seen here.
    assert.ok(started.length > 0);
    trusts(false);
    started.splice(0);
    answers.asked.splice(0);
    await vscode.commands.executeCommand('memlens.checkLeaks');
    assert.equal(refusals(), 1, JSON.stringify(answers.asked));
    assert.deepEqual(started, []);
    // To end what runs needs no trust.
    await vscode.commands.executeCommand('memlens.stop');
    await done;
  });
});
