import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { chooses, closeTabs, countOpens, ourTabs, pressesInList, spawnWaiting, watch } from '../../trends.js';
import { until } from '../../workspace.js';

const settings = () => vscode.workspace.getConfiguration('memlens');
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const hideViews = async () => {
  await vscode.commands.executeCommand('workbench.action.closePanel');
  await vscode.commands.executeCommand('workbench.view.explorer');
};

/** Shells that this extension host has started for a target. */
function shells(): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sh\0');
      } catch {
        return false;
      }
    });
}

describe('trends', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  before(() => {
    answers = new Answers();
  });
  const child = spawnWaiting();

  afterEach(() => answers.asked.splice(0));
  after(async () => {
    answers.restore();
    child.kill();
    await closeTabs();
    await hideViews();
    await settings().update('targets', undefined, vscode.ConfigurationTarget.Global);
    await settings().update('sampling.interval', undefined, vscode.ConfigurationTarget.Global);
  });

  it('reads nothing before a view is shown, and again nothing when it is hidden', async () => {
    await hideViews();
    await vscode.extensions.getExtension('memlens.memlens')?.activate();
    const opens = countOpens('/proc/meminfo');
    try {
      // What an earlier test looked at ends a moment later.
      let before = -1;
      for (let tries = 0; tries < 5 && opens.count() !== before; tries++) {
        before = opens.count();
        await pause(1500);
      }
      assert.equal(opens.count(), before);
      await vscode.commands.executeCommand('memlens.showMemory');
      await until('some samples', () => opens.count() > before + 2);
      await hideViews();
      await pause(1500);
      const then = opens.count();
      await pause(2500);
      assert.equal(opens.count(), then);
    } finally {
      opens.restore();
    }
  });

  it('samples as often as the setting says, as soon as it is changed', async () => {
    await vscode.commands.executeCommand('memlens.showMemory');
    const opens = countOpens('/proc/meminfo');
    try {
      await settings().update('sampling.interval', 60, vscode.ConfigurationTarget.Global);
      await pause(1500);
      const slow = opens.count();
      await pause(2500);
      assert.equal(opens.count(), slow);
      await settings().update('sampling.interval', 0.1, vscode.ConfigurationTarget.Global);
      await until('ten samples', () => opens.count() >= slow + 10, 5000);
    } finally {
      opens.restore();
      await settings().update('sampling.interval', undefined, vscode.ConfigurationTarget.Global);
      await hideViews();
    }
  });

  it('opens a Trend page for the process that the user chooses, and no second one', async () => {
    const tab = await watch(answers, child.pid);
    assert.match(tab.label, /^Trend: sh \(\d+\)$/);
    await watch(answers, child.pid);
    assert.equal(ourTabs('memlens.trend').length, 1);
    await vscode.commands.executeCommand('memlens.showTrend');
    assert.equal(ourTabs('memlens.trend').length, 1);
    assert.deepEqual(answers.asked, []);
  });

  it('samples a watched process while nothing shows it, until it is watched no more', async () => {
    await closeTabs();
    await hideViews();
    const opens = countOpens(`/proc/${child.pid}/status`);
    try {
      await until('some samples', () => opens.count() > 1);
      await vscode.commands.executeCommand('memlens.unwatch');
      await pause(1500);
      const then = opens.count();
      await pause(1500);
      assert.equal(opens.count(), then);
    } finally {
      opens.restore();
    }
  });

  it('looks at the target that the user chooses, over one shell, which ends when nobody looks', async () => {
    await settings().update('targets', { 'my shell': 'command:sh' }, vscode.ConfigurationTarget.Global);
    const before = shells().length;
    chooses(answers, /my shell/);
    await vscode.commands.executeCommand('memlens.selectTarget');
    await until('its shell', () => shells().length === before + 1);
    await pause(1500);
    assert.equal(shells().length, before + 1);
    chooses(answers, /local/);
    await vscode.commands.executeCommand('memlens.selectTarget');
    await until('the end of the shell', () => shells().length === before);
    assert.deepEqual(answers.asked, []);
  });

  it('says what is wrong with a target of the settings, and takes the others', async () => {
    await settings().update('targets', { bad: 'ssh:-oProxyCommand=x', good: 'command:sh' }, vscode.ConfigurationTarget.Global);
    const labels = pressesInList(answers, /^nothing$/, /./);
    await vscode.commands.executeCommand('memlens.selectTarget');
    assert.ok(answers.said(/memlens\.targets.*may not begin with/), JSON.stringify(answers.asked));
    assert.ok(labels.some((label) => label.includes('good')));
    assert.ok(!labels.some((label) => label.includes('bad')));
  });

  it('the list of targets opens the System Memory and the Trend of one without choosing it', async () => {
    await settings().update('targets', { 'my shell': 'command:sh' }, vscode.ConfigurationTarget.Global);
    const before = shells().length;
    pressesInList(answers, /my shell/, /System Memory/);
    await vscode.commands.executeCommand('memlens.selectTarget');
    await until('its page', () => ourTabs('memlens.system').find(({ label }) => label.includes('my shell')));
    pressesInList(answers, /my shell/, /Trend/);
    await vscode.commands.executeCommand('memlens.selectTarget');
    const trend = await until('its trend', () => ourTabs('memlens.trend').find(({ label }) => label.includes('my shell')));
    await vscode.window.tabGroups.close([trend, ...ourTabs('memlens.system')]);
    await until('the end of its shells', () => shells().length === before);
    assert.deepEqual(answers.asked, []);
  });

  it('tells of a target that can’t be reached, when a process of it is asked for', async () => {
    await settings().update('targets', { nowhere: 'command:/nowhere/sh' }, vscode.ConfigurationTarget.Global);
    chooses(answers, /nowhere/);
    await vscode.commands.executeCommand('memlens.selectTarget');
    answers.stub('createQuickPick', () => {
      let hide: () => void = () => undefined;
      return {
        items: [],
        onDidAccept: () => ({ dispose: () => undefined }),
        onDidHide: (listener: () => void) => {
          hide = listener;
          return { dispose: () => undefined };
        },
        show: () => undefined,
        hide: () => hide(),
        dispose: () => undefined,
      };
    });
    await vscode.commands.executeCommand('memlens.watchProcess');
    await until('a word about it', () => answers.said(/nowhere/));
    chooses(answers, /local/);
    await vscode.commands.executeCommand('memlens.selectTarget');
  });
});
