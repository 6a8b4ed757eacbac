import * as assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { choosesInLists, Grower, marksOf, processOf } from '../../live.js';
import { chooses } from '../../trends.js';
import { fileOf, openFile, until } from '../../workspace.js';

const settings = () => vscode.workspace.getConfiguration('memlens');
const lasts = (seconds: number | undefined) => settings().update('attach.duration', seconds, vscode.ConfigurationTarget.Global);
const attach = (process: Grower) => vscode.commands.executeCommand('memlens.attach', processOf(process.pid, 'grower'));

/** It is attached to; before that its rates are measured, by tools that stay for a moment only. */
/** The chosen way, not what measures before it how busy the process is. */
const isAttached = (process: Grower) => toolsAt(process).some((words) => /^\S*perf record .* page-faults/.test(words));

/** Tools that look into this process now. */
function toolsAt({ pid }: Grower): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((words) => /^\S*(perf|gdb|strace|heaptrack) /.test(words) && words.includes(` ${pid} `));
}

describe('a process that MemLens did not start', function () {
  // Tools attach, and what they saw is read, on a machine that may be busy with much else.
  this.timeout(240_000);

  const file = fileOf('live-attach', 'grower.c');
  const growers: Grower[] = [];
  let answers: Answers;
  const start = (): Grower => {
    const grower = Grower.start(file.fsPath);
    growers.push(grower);
    return grower;
  };

  before(async () => {
    answers = new Answers();
    await openFile(file);
  });
  beforeEach(() => answers.asked.splice(0));
  afterEach(async () => {
    for (const grower of growers.splice(0)) grower.end();
    await vscode.commands.executeCommand('memlens.clear');
  });
  after(async () => {
    answers.restore();
    await lasts(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('gets a squiggle at the line that makes it grow, and goes on', async () => {
    await lasts(4);
    const grower = start();
    const { lists } = choosesInLists(answers, grower.pid, /Page faults/);
    await attach(grower);
    const labels = lists.at(-1)?.map(({ label }) => label) ?? [];
    assert.ok(
      labels.some((label) => /Start Again and Profile/.test(label)),
      labels.join('\n'),
    );
    assert.ok(answers.said(/grower \(\d+\).*It goes on running/), JSON.stringify(answers.asked));
    const marks = await until('the squiggle', () => marksOf(file).length > 0 && marksOf(file));
    assert.deepEqual(
      marks.map(({ range }) => range.start.line),
      [7],
      marks.map(({ message }) => message).join('\n'),
    );
    await grower.goesOn();
    assert.deepEqual(toolsAt(grower), []);
  });

  it('of a target is looked into there, and its line is found here', async () => {
    await lasts(4);
    const grower = start();
    const targets = (value: Readonly<Record<string, string>> | undefined) =>
      settings().update('targets', value, vscode.ConfigurationTarget.Global);
    try {
      await targets({ 'my shell': 'command:sh' });
      chooses(answers, /my shell/);
      await vscode.commands.executeCommand('memlens.selectTarget');
      // The process from the list of that target, then the way.
      const { lists } = choosesInLists(answers, grower.pid, /Page faults/);
      await vscode.commands.executeCommand('memlens.attach');
      assert.ok(answers.said(/grower \(\d+\) · my shell.*It goes on running/), JSON.stringify(answers.asked));
      assert.equal(lists.length, 2);
      const marks = await until('the squiggle', () => marksOf(file).length > 0 && marksOf(file));
      assert.deepEqual(
        marks.map(({ range }) => range.start.line),
        [7],
      );
      await grower.goesOn();
      assert.deepEqual(toolsAt(grower), []);
    } finally {
      chooses(answers, /local/);
      await vscode.commands.executeCommand('memlens.selectTarget');
      await targets(undefined);
    }
  });

  it('is looked into once at a time, and another one meanwhile; Stop keeps what was seen', async () => {
    await lasts(600);
    const [one, other] = [start(), start()];
    choosesInLists(answers, one.pid, /Page faults/);
    const first = attach(one);
    await until('the first tool', () => isAttached(one), 60_000);
    await attach(one);
    assert.ok(answers.said(/is being profiled already \(Page faults/), JSON.stringify(answers.asked));
    const second = attach(other);
    await until('the second tool', () => isAttached(other), 60_000);
    // Of several, the user is asked which.
    answers.stub('showQuickPick', async (items: readonly { readonly label: string }[]) =>
      items.find(({ label }) => label.includes(`(${one.pid})`)),
    );
    await vscode.commands.executeCommand('memlens.stopLive');
    await first;
    assert.ok(answers.said(/You stopped looking; it goes on running/), JSON.stringify(answers.asked));
    assert.deepEqual(toolsAt(one), []);
    assert.ok(isAttached(other), JSON.stringify(answers.asked));
    await vscode.commands.executeCommand('memlens.stopLive');
    await second;
    assert.deepEqual(toolsAt(other), []);
    await Promise.all([one.goesOn(), other.goesOn()]);
  });

  it('is shown as far as it was seen, in a page that goes on until it is stopped', async function () {
    if (!existsSync('/usr/lib/heaptrack/libheaptrack_inject.so')) this.skip();
    await lasts(600);
    const grower = start();
    choosesInLists(answers, grower.pid, /heaptrack/);
    answers.answer = ({ message, buttons }) => (/could stall/.test(message) ? buttons.at(-1) : undefined);
    let isOver = false;
    const looking = attach(grower).then(() => (isOver = true));
    const page = () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label === `Heap: grower (${grower.pid})`);
    await until(
      'the page',
      async () => {
        await vscode.commands.executeCommand('memlens.showLive');
        return page().length > 0;
      },
      120_000,
    );
    assert.ok(!isOver, JSON.stringify(answers.asked));
    await vscode.commands.executeCommand('memlens.stopLive');
    await looking;
    answers.answer = () => undefined;
    assert.ok(answers.said(/You stopped looking; it goes on running/), JSON.stringify(answers.asked));
    assert.equal(page().length, 1);
    assert.match(readFileSync(`/proc/${grower.pid}/status`, 'utf8'), /^TracerPid:\t0$/m);
    await grower.goesOn();
  });

  it('is told to have ended when it has', async () => {
    const grower = start();
    grower.end();
    await grower.isOver;
    await attach(grower);
    assert.ok(answers.said(/ended|no process/i), JSON.stringify(answers.asked));
  });

  it('is offered the way that suits what grows, when that is known', async () => {
    const grower = start();
    const reason = { way: 'mappings', words: 'Mappings become more.' };
    const { lists } = choosesInLists(answers, grower.pid, /Start Again/);
    await vscode.commands.executeCommand('memlens.attach', { ...processOf(grower.pid, 'grower'), reason });
    const suits = lists.at(-1)?.filter(({ description }) => description?.includes('suits what grows'));
    assert.deepEqual(
      suits?.map(({ label }) => label.replace(/^\$\([^)]*\) /, '')),
      ['Mappings (perf or strace)'],
    );
  });

  it('can be started again instead; it is asked first, and the process is not touched', async () => {
    const grower = start();
    choosesInLists(answers, grower.pid, /Start Again/);
    await attach(grower);
    assert.ok(answers.said(/Start grower once more/), JSON.stringify(answers.asked));
    await grower.goesOn();
  });
});
