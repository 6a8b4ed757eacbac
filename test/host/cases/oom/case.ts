import * as assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Monitor } from '../../../../src/app/monitor.js';
import type { Notice, Notices } from '../../../../src/app/notices.js';
import { type KeptOomSource, keptOom, readKeptOom } from '../../../../src/app/oom/kept-oom.js';
import { Emitter } from '../../../../src/base/emitter.js';
import { LocalTarget } from '../../../../src/node/local-target.js';
import { type FromOomPage, OOM_PROTOCOL, type ToOomPage } from '../../../../src/protocol/oom.js';
import { NoticeMessages } from '../../../../src/vscode/notice-messages.js';
import { OomPanels } from '../../../../src/vscode/oom-panels.js';
import type { TrendServices } from '../../../../src/vscode/trend-services.js';
import { Answers } from '../../answers.js';
import { HeardPage, hearPages } from '../../maps.js';
import { closeTabs } from '../../trends.js';
import { until } from '../../workspace.js';

const LOG = `shop invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[    443]  1000   443   123312   105970   880640        0             0 shop
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=shop,pid=443,uid=1000
Out of memory: Killed process 443 (shop) total-vm:493248kB, anon-rss:423880kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:860kB oom_score_adj:0
`;

type Told<Kind extends ToOomPage['kind']> = Extract<ToOomPage, { kind: Kind }>;

/** A page OOM, which speaks another language than a map. */
class HeardOom {
  constructor(private readonly page: HeardPage) {}

  says(message: FromOomPage): void {
    this.page.says(message as unknown as Parameters<HeardPage['says']>[0]);
  }

  async hears<Kind extends ToOomPage['kind']>(kind: Kind, fits: (told: Told<Kind>) => boolean = () => true): Promise<Told<Kind>> {
    return until(`a message ${kind}`, () => {
      const told = this.page.told as readonly unknown[] as readonly ToOomPage[];
      return told.findLast((message): message is Told<Kind> => message.kind === kind && fits(message as Told<Kind>));
    });
  }
}

const tabs = (): readonly vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs: all }) => all)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('memlens.oom'));

describe('an out-of-memory kill', () => {
  let answers: Answers;
  let pages: readonly HeardPage[];
  let child: ChildProcess;
  const folder = mkdtempSync(join(tmpdir(), 'memlens-oom-'));
  const file = (name: string): vscode.Uri => vscode.Uri.file(join(folder, name));
  const page = async (): Promise<HeardOom> => new HeardOom(await until('the page', () => pages.at(-1)));

  before(() => {
    answers = new Answers();
    pages = hearPages(answers, vscode.window, 'memlens.oom');
    writeFileSync(file('kern.log').fsPath, LOG);
    writeFileSync(file('quiet.log').fsPath, 'nothing happened\n');
    child = spawn('sleep', ['300'], { stdio: 'ignore' });
  });
  afterEach(async () => {
    answers.asked.splice(0);
    answers.answer = () => undefined;
    await closeTabs();
  });
  after(() => {
    child.kill('SIGKILL');
    answers.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of a file is explained in a page', async () => {
    await vscode.commands.executeCommand('memlens.explainOom', file('kern.log'), [file('kern.log')]);
    const { event } = await (await page()).hears('event');
    assert.equal(event.headline, 'Memory ran out in the machine: shop (443) with 413.9 MiB of its own was killed');
    assert.equal(tabs().length, 1);
  });

  it('of the text in the editor is explained, or of what is selected in it', async () => {
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file('kern.log')));
    await vscode.commands.executeCommand('memlens.explainOomText');
    const { event } = await (await page()).hears('event');
    assert.equal(event.tasks.length, 1);
    await vscode.window.showTextDocument(editor.document);
    const last = vscode.window.activeTextEditor;
    assert.ok(last);
    last.selection = new vscode.Selection(4, 0, 5, 0);
    await vscode.commands.executeCommand('memlens.explainOomText');
    const selected = await (await page()).hears('event', (told) => told.event.tasks.length === 0);
    assert.match(selected.event.headline, /shop \(443\)/);
  });

  it('a text that tells of none opens no page', async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file('quiet.log')));
    await vscode.commands.executeCommand('memlens.explainOomText');
    assert.ok(answers.said(/quiet\.log tells of no process that was killed/));
    assert.equal(tabs().length, 0);
  });

  it('of the clipboard is chosen among the sources', async () => {
    await vscode.env.clipboard.writeText(LOG);
    answers.stub('showQuickPick', async (items: readonly vscode.QuickPickItem[]) =>
      items.find(({ label }) => label.includes('Clipboard')),
    );
    await vscode.commands.executeCommand('memlens.explainOom');
    const { event } = await (await page()).hears('event');
    assert.match(event.headline, /shop \(443\)/);
  });

  it('the next victim is shown; oom_score_adj is changed after a question, and taken back', async () => {
    const pid = child.pid ?? 0;
    const adj = (): string => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();
    await vscode.commands.executeCommand('memlens.showNextVictim');
    const next = await page();
    const { victims } = await next.hears('victims', (told) => told.victims.kind === 'shown');
    const row = victims.kind === 'shown' ? victims.rows.find((one) => one.pid === pid) : undefined;
    assert.ok(row);
    assert.equal(row.name, 'sleep');
    answers.stub('showInputBox', async ({ validateInput }: vscode.InputBoxOptions) => {
      assert.ok(await validateInput?.('1001'));
      assert.equal(await validateInput?.('300'), undefined);
      return '300';
    });
    // Not confirmed: nothing is written.
    next.says({ kind: 'set-adj', pid, startTicks: row.startTicks });
    const asked = await until('the question', () =>
      answers.said(/Change oom_score_adj of sleep \(\d+\) on local from 0 to 300\?/),
    );
    const [words] = asked.buttons as unknown as readonly { readonly modal: boolean; readonly detail: string }[];
    assert.equal(words?.modal, true);
    assert.match(words?.detail ?? '', /choose it sooner.*until it is changed again or the process ends.*can be taken back/s);
    assert.equal(adj(), '0');
    answers.answer = ({ message }) => (/^Change/.test(message) ? 'Change' : undefined);
    next.says({ kind: 'set-adj', pid, startTicks: row.startTicks });
    await until('the value', () => adj() === '300');
    const { changed } = await next.hears('victims', (told) => told.victims.kind === 'shown' && told.changed !== undefined);
    assert.deepEqual(changed, { name: 'sleep', pid, before: 0, after: 300 });
    assert.deepEqual(answers.said(/^MemLens: oom_score_adj of sleep \(\d+\) is 300 now/)?.buttons, ['Undo']);
    next.says({ kind: 'undo-adj' });
    await until('the value as it was', () => adj() === '0');
  });

  it('is explained from the message that tells of it', async () => {
    const noticed = new Emitter<Notice>();
    const explained: string[] = [];
    const messages = new NoticeMessages(
      { onDidNotice: noticed.on.bind(noticed) } as unknown as Notices,
      () => assert.fail('the trend was not asked for'),
      () => assert.fail('the map was not asked for'),
      ({ target }) => explained.push(target.name),
    );
    answers.answer = ({ buttons }) => buttons.find((button) => button === 'Explain');
    const monitor = { target: { name: 'board', config: { kind: 'local' } } } as unknown as Monitor;
    noticed.emit({ kind: 'oom-kill', monitor, event: { at: 1, kind: 'oom-kill', detail: '2' } });
    await until('the page is asked for', () => explained.length === 1);
    assert.deepEqual(explained, ['board']);
    messages.dispose();
  });

  describe('after a reload of the window', () => {
    let panels: OomPanels;
    let isOffered = true;
    const BOARD = { name: 'board', config: { kind: 'local' } } as const;
    const services = {
      epochMs: () => Date.now(),
      target: () => new LocalTarget(),
      readChunks: (path: string) => new LocalTarget().readChunks(path),
    } as unknown as TrendServices;
    const restore = async (state: unknown): Promise<HeardPage> => {
      const heard = new HeardPage(vscode.window.createWebviewPanel('memlens.restored', 'x', vscode.ViewColumn.Active));
      await panels.tabs.deserializeWebviewPanel(heard.panel, state);
      // Nobody is in the page of the test's panel: it has no script that says so.
      new HeardOom(heard).says({ kind: 'ready', version: OOM_PROTOCOL });
      return heard;
    };
    const kept = async (heard: HeardPage): Promise<unknown> => (await new HeardOom(heard).hears('keep')).state;

    before(() => {
      // Nobody may have this view type twice in a window.
      answers.stub('registerWebviewPanelSerializer', () => ({ dispose: () => undefined }));
      panels = new OomPanels({
        extension: vscode.Uri.file(folder),
        state: { get: () => undefined, update: async () => undefined, keys: () => [] } as unknown as vscode.Memento,
        nonce: () => 'n',
        load: async () => services,
        rootCommand: () => [],
        unpackers: async () => (await import('../../../../src/node/unpack.js')).nodeUnpackers(),
        isOffered: () => isOffered,
      });
    });
    after(() => panels.dispose());

    it('that of a file is read anew, and shows the event that was looked at', async () => {
      const two = `${LOG}${LOG.replaceAll('443', '444')}`;
      writeFileSync(file('two.log').fsPath, two);
      const source: KeptOomSource = { kind: 'file', path: file('two.log').fsPath };
      const first = new HeardOom(await restore(keptOom(source, { tab: 'events' })));
      assert.match((await first.hears('event')).event.headline, /shop \(444\)/);
      first.says({ kind: 'show-event', index: 0 });
      await first.hears('event', ({ event }) => event.index === 0);
      const { state } = await first.hears('keep', ({ state }) => JSON.stringify(state).includes('shop (443)'));
      const again = new HeardOom(await restore(state));
      assert.match((await again.hears('event')).event.headline, /shop \(443\)/);
    });

    it('that of a file that is gone says so, and what to do', async () => {
      const source: KeptOomSource = { kind: 'file', path: file('gone.log').fsPath };
      const heard = await restore(keptOom(source, { tab: 'events' }));
      const { state } = await new HeardOom(heard).hears('state', (told) => told.state.kind === 'failed');
      assert.match(JSON.stringify(state), /gone\.log is not there any more\.","nextStep":"Put it back and try again/);
      // It comes back with its file.
      writeFileSync(source.path, LOG);
      new HeardOom(heard).says({ kind: 'retry' });
      await new HeardOom(heard).hears('event');
    });

    it('that of a text is there again; a text that was too long is named', async () => {
      const source: KeptOomSource = { kind: 'text', title: 'the clipboard', key: 'clipboard', text: LOG };
      const heard = await restore(keptOom(source, { tab: 'events' }));
      await new HeardOom(heard).hears('event');
      assert.deepEqual(readKeptOom(await kept(heard))?.source, source);
      const long = await restore(keptOom({ ...source, text: LOG + ' '.repeat(500_000) }, { tab: 'events' }));
      const { state } = await new HeardOom(long).hears('state', (told) => told.state.kind === 'failed');
      assert.match(JSON.stringify(state), /the clipboard held more text than is kept/);
    });

    it('that of a machine is at its tab again, unless the settings do not offer it any more', async () => {
      const state = keptOom({ kind: 'machine', target: BOARD }, { tab: 'next' });
      const heard = await restore(state);
      await new HeardOom(heard).hears('victims', (told) => told.victims.kind === 'shown');
      assert.equal((await new HeardOom(heard).hears('show')).tab, 'next');
      assert.equal(readKeptOom(await kept(heard))?.place.tab, 'next');
      isOffered = false;
      const refused = new HeardOom(await restore(state));
      const { victims } = await refused.hears('victims', (told) => told.victims.kind === 'failed');
      assert.match(JSON.stringify(victims), /no target .*board/);
      refused.says({ kind: 'set-adj', pid: child.pid ?? 0, startTicks: 1 });
      assert.match((await refused.hears('fault')).message, /no target .*board/);
      isOffered = true;
    });

    it('what nobody knows is closed', async () => {
      const closed = new HeardPage(vscode.window.createWebviewPanel('memlens.restored', 'x', vscode.ViewColumn.Active));
      let isClosed = false;
      closed.real.onDidDispose(() => {
        isClosed = true;
      });
      await panels.tabs.deserializeWebviewPanel(closed.panel, { what: 'else' });
      await until('its end', () => isClosed);
    });
  });

  it('of a process that has ended meanwhile nothing is asked and nothing written', async () => {
    await vscode.commands.executeCommand('memlens.showNextVictim');
    const next = await page();
    await next.hears('victims', (told) => told.victims.kind === 'shown');
    answers.stub('showInputBox', () => assert.fail('nothing is to be asked'));
    next.says({ kind: 'set-adj', pid: child.pid ?? 0, startTicks: 1 });
    assert.match((await next.hears('fault')).message, /does not exist/);
  });
});
