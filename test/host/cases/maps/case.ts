import * as assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { keptMap } from '../../../../src/app/map/kept-map.js';
import type { Notice, Notices } from '../../../../src/app/notices.js';
import type { Watched } from '../../../../src/app/watch-list.js';
import { Emitter } from '../../../../src/base/emitter.js';
import { SEGMENTS } from '../../../../src/model/segment.js';
import type { Verdict } from '../../../../src/model/verdict.js';
import { LocalTarget } from '../../../../src/node/local-target.js';
import { nodeClock } from '../../../../src/node/node-clock.js';
import type { ToPage } from '../../../../src/protocol/trends.js';
import { MapPanels, type MapSubject } from '../../../../src/vscode/map-panels.js';
import { NoticeMessages } from '../../../../src/vscode/notice-messages.js';
import type { TrendServices } from '../../../../src/vscode/trend-services.js';
import { Answers } from '../../answers.js';
import { choosesInLists } from '../../live.js';
import { HeardPage, hearPages, spawnGrowing } from '../../maps.js';
import { chooses, choosesProcess, closeTabs, ourTabs } from '../../trends.js';
import { until } from '../../workspace.js';

const settings = () => vscode.workspace.getConfiguration('memlens');
const LOCAL = { name: 'local', config: { kind: 'local' } } as const;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const REPORT = [
  '==12==ERROR: LeakSanitizer: detected memory leaks',
  '',
  'Direct leak of 40 byte(s) in 1 object(s) allocated from:',
  '    #0 0x7f in malloc ../../../../src/libsanitizer/lsan/lsan_interceptors.cpp:75',
  '    #1 0x56 in main /nowhere/a.c:3:12',
  '',
  'SUMMARY: LeakSanitizer: 40 byte(s) leaked in 1 allocation(s).',
  '',
].join('\n');

describe('a memory map', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  let child: Awaited<ReturnType<typeof spawnGrowing>>;
  let pages: readonly HeardPage[];
  let trends: readonly HeardPage[];
  const folder = mkdtempSync(join(tmpdir(), 'memlens-maps-'));
  const mapped = join(folder, 'a b.txt');
  const saved = join(folder, 'one.smaps');
  const opened = async (count: number): Promise<HeardPage> => {
    const page = await until(`${count} pages`, () => pages[count - 1]);
    await page.hears('map');
    return page;
  };
  /** Of a Trend page, which speaks another language than a map. */
  const sourcesOf = (trend: HeardPage) =>
    (trend.told as readonly unknown[] as readonly ToPage[]).findLast((message) => message.kind === 'sources')?.sources;
  const running = () => {
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    return { pid: child.pid, startTicks: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) };
  };
  // By its bytes: a file of /proc says that it has none, and copyFileSync believes it.
  const save = (file: string) => writeFileSync(file, readFileSync(`/proc/${child.pid}/smaps`));
  const open = (...files: readonly string[]) =>
    vscode.commands.executeCommand(
      'memlens.openMap',
      vscode.Uri.file(files[0] ?? ''),
      files.map((file) => vscode.Uri.file(file)),
    );

  before(async () => {
    answers = new Answers();
    pages = hearPages(answers, vscode.window);
    trends = hearPages(answers, vscode.window, 'memlens.trend');
    writeFileSync(mapped, 'x'.repeat(4096));
    child = await spawnGrowing(folder, mapped);
    await settings().update('map.interval', 0.5, vscode.ConfigurationTarget.Global);
  });
  afterEach(() => answers.asked.splice(0));
  after(async () => {
    answers.restore();
    child.kill();
    await closeTabs();
    for (const id of ['map.interval', 'targets']) await settings().update(id, undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('memlens.unwatch');
    await vscode.commands.executeCommand('memlens.clear');
    rmSync(folder, { recursive: true, force: true });
  });

  it('of the process that the user chooses is told as its page asks for it, and has one page', async () => {
    choosesProcess(answers, child.pid);
    await vscode.commands.executeCommand('memlens.showMap');
    const page = await opened(1);
    assert.deepEqual(
      ourTabs('memlens.map').map(({ label }) => label),
      [`Memory Map: growing (${child.pid})`],
    );
    const { snapshot, totals, notes } = await page.hears('map');
    const segments = new Set(Array.from(snapshot.classes.segment, (id) => SEGMENTS[id]));
    for (const segment of ['text', 'heap', 'main-stack', 'thread-stack', 'file', 'library-text', 'vdso'] as const)
      assert.ok(segments.has(segment), segment);
    assert.ok(snapshot.classes.owner.texts.some((owner) => owner.startsWith('resting (')));
    assert.ok((totals.whole.rss ?? 0) > 0 && totals.byFile.some(({ file }) => file === mapped));
    assert.deepEqual(notes, []);
    assert.equal((await page.hears('state')).description, `${join(folder, 'growing')} ${mapped}`);
    await vscode.commands.executeCommand('memlens.showMap');
    await pause(500);
    assert.equal(ourTabs('memlens.map').length, 1);
    // As the link of the status bar asks for it: the same page, with no question.
    answers.stub('createQuickPick', () => assert.fail('nothing is to be chosen'));
    await vscode.commands.executeCommand('memlens.showMap', { target: LOCAL, process: { ...running(), command: 'growing' } });
    await pause(500);
    assert.equal(ourTabs('memlens.map').length, 1);
    assert.deepEqual(answers.asked, []);
  });

  it('is offered where growth is told of', async () => {
    const noticed = new Emitter<Notice>();
    const shown: Watched[] = [];
    const messages = new NoticeMessages(
      { onDidNotice: noticed.on.bind(noticed) } as unknown as Notices,
      () => assert.fail('the trend was not asked for'),
      (watched) => shown.push(watched),
      () => assert.fail('no kill was told of'),
    );
    const verdict: Verdict = {
      state: 'leak',
      measure: 'heap',
      unit: 'bytes',
      windowMs: 4e6,
      samples: 99,
      ratePerHour: 1e6,
      reasons: [],
    };
    const watched = { watch: { key: { pid: child.pid }, command: 'growing', verdict } } as unknown as Watched;
    answers.answer = ({ buttons }) => buttons.find((button) => button === 'Show Memory Map');
    noticed.emit({ kind: 'growth', watched, verdict });
    await until('the map', () => shown.length === 1);
    assert.equal(shown[0], watched);
    messages.dispose();
    answers.answer = () => undefined;
  });

  it('is read as often as the setting says, as soon as it is changed', async () => {
    const page = await opened(1);
    await page.hears('state', ({ state }) => state.kind === 'live' && state.askedMs === 500);
    await until('three readings', () => page.all('map').length >= 3);
    await settings().update('map.interval', 0, vscode.ConfigurationTarget.Global);
    await until('no more readings', () => page.last('state')?.state.kind === 'still');
    const then = page.all('map').length;
    await pause(1500);
    assert.equal(page.all('map').length, then);
    await settings().update('map.interval', 0.5, vscode.ConfigurationTarget.Global);
    await until('readings', () => page.all('map').length > then + 1);
  });

  it('is not read while another editor lies over it', async () => {
    const page = await opened(1);
    const over = await vscode.window.showTextDocument(vscode.Uri.file(mapped), { viewColumn: page.panel.viewColumn ?? 1 });
    await until('the page to be hidden', () => !page.panel.visible);
    await pause(500);
    const then = page.all('map').length;
    await pause(2000);
    assert.equal(page.all('map').length, then);
    assert.ok(over);
    page.panel.reveal();
    await until('readings', () => page.all('map').length > then + 1);
  });

  it('is compared with a marked moment: the heap has grown', async () => {
    const page = await opened(1);
    page.says({ kind: 'mark' });
    const { moments } = await page.hears('moments', ({ moments }) => moments.some(({ kind }) => kind === 'mark'));
    const before = moments.findLast(({ kind }) => kind === 'mark')?.id ?? -1;
    page.says({ kind: 'compare', before, after: undefined });
    const { diff } = await page.hears('diff', ({ diff }) =>
      diff.changes.some(({ kind, now }) => kind === 'grown' && now?.segment === 'heap'),
    );
    assert.ok((diff.total.rss ?? 0) > 0);
    page.says({ kind: 'stop-comparing' });
  });

  it('is exported as CSV and JSON, and the JSON opens as a map again', async () => {
    const page = await opened(1);
    const to = (name: string) => {
      answers.stub('showSaveDialog', async () => vscode.Uri.file(join(folder, name)));
      return join(folder, name);
    };
    const [csv, json, svg] = ['a.csv', 'a.memory-map.json', 'a.svg'].map(to) as [string, string, string];
    to('a.csv');
    page.says({ kind: 'export', format: 'csv' });
    await until('a word about it', () => answers.said(/saved to .*a\.csv/));
    to('a.memory-map.json');
    page.says({ kind: 'export', format: 'json' });
    await until('a word about it', () => answers.said(/saved to .*a\.memory-map\.json/));
    to('a.svg');
    page.says({ kind: 'export-image', format: 'svg', bytes: new TextEncoder().encode('<svg/>') });
    await until('a word about it', () => answers.said(/saved to .*a\.svg/));
    assert.equal(readFileSync(svg, 'utf8'), '<svg/>');
    const rows = readFileSync(csv, 'utf8').trim().split(/\r?\n/);
    assert.ok(rows.length > 20 && rows.some((row) => row.includes(mapped) && row.includes('file')), rows[0]);
    await open(json);
    const again = await opened(2);
    const { snapshot, moment } = await again.hears('map');
    assert.equal(snapshot.table.length, rows.length - 1);
    assert.equal(moment.kind, 'file');
    assert.equal(again.panel.title, 'Memory Map: a.memory-map.json');
    again.panel.dispose();
  });

  it('that can’t be saved says so', async () => {
    answers.stub('showSaveDialog', async () => vscode.Uri.file('/proc/nowhere/a.csv'));
    const page = await opened(1);
    page.says({ kind: 'export', format: 'csv' });
    await until('a word about it', () => answers.said(/\/proc\/nowhere\/a\.csv/));
    page.says({ kind: 'export-image', format: 'png', bytes: new Uint8Array([1]) });
    await until('another word', () => answers.asked.filter(({ message }) => message.includes('/proc/nowhere')).length === 2);
  });

  it('leads on: to the clipboard, to a mapped file, to the rule, and to the trend', async () => {
    const page = await opened(1);
    page.says({ kind: 'copy', text: '7f00-7f01' });
    await until('the clipboard', async () => (await vscode.env.clipboard.readText()) === '7f00-7f01');
    const tab = (label: RegExp) => () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find((one) => label.test(one.label));
    page.says({ kind: 'open-file', path: mapped });
    await until('the file', () => vscode.window.activeTextEditor?.document.uri.fsPath === mapped);
    page.says({ kind: 'open-file', path: join(folder, 'gone.txt') });
    await until('a word about it', () => answers.said(/gone\.txt does not exist/));
    page.says({ kind: 'open-link', link: '#heap-grows' });
    await until('the page of rules', tab(/map\.md/));
    page.says({ kind: 'open-link', link: 'https://evil.example/' });
    page.says({ kind: 'show-trend' });
    await until('the trend', tab(new RegExp(`^Trend: growing \\(${child.pid}\\)$`)));
    // And back: the page that is there.
    const trend = await until('the trend page', () => trends[0]);
    const [source] = await until('its sources', () => sourcesOf(trend));
    trend.says({ kind: 'step', source: source?.id, action: 'show-map' } as never);
    await until('the map again', () => page.panel.active);
    assert.equal(ourTabs('memlens.map').length, 1);
    page.says({ kind: 'step', rule: 'heap-grows', action: 'keep-watching' });
    answers.answer = () => undefined;
    // The ways into it; to start it again is one of them.
    const { lists } = choosesInLists(answers, child.pid as number, /Start Again/);
    page.says({ kind: 'step', rule: 'heap-grows', action: 'profile' });
    await until('a question', () => answers.said(/Start growing once more under a memory engine/));
    assert.ok(lists.at(-1)?.some(({ description }) => description?.includes('suits what grows')));
  });

  it('leads to a recording of its process', async () => {
    const page = await opened(1);
    const file = join(folder, 'grown.memlens');
    answers.stub('showSaveDialog', async () => vscode.Uri.file(file));
    page.says({ kind: 'step', rule: 'heap-grows', action: 'record' });
    await until('lines of the process', () => existsSync(file) && readFileSync(file, 'utf8').includes(`"pid":${child.pid}`));
    page.says({ kind: 'step', rule: 'heap-grows', action: 'record' });
    await until('a word about it', () => answers.said(/grown\.memlens is being recorded already/));
    await vscode.commands.executeCommand('memlens.stopRecording');
    await until('a word about it', () => answers.said(/recorded to .*grown\.memlens/));
  });

  it('has its pages marked only with consent, and says why they can’t be', async () => {
    const page = await opened(1);
    answers.answer = () => undefined;
    page.says({ kind: 'mark-pages' });
    const question = await until('a question', () => answers.said(/Mark all pages of growing \(\d+\) as unwritten/));
    assert.ok(question.buttons.includes('Mark Pages'));
    await pause(300);
    assert.equal(answers.asked.length, 1);
    const [heap] = (await page.hears('map')).snapshot.table.start;
    page.says({ kind: 'pages', start: heap ?? 0, end: (heap ?? 0) + 4096, cells: 1 });
    const { strip } = await page.hears('strip');
    answers.answer = ({ buttons }) => buttons.find((button) => button === 'Mark Pages');
    page.says({ kind: 'mark-pages' });
    // By the kernel: it keeps track of written pages, or it doesn't.
    if (strip.softDirty === undefined)
      await until('a word about it', () => answers.said(/can’t be marked: .*CONFIG_MEM_SOFT_DIRTY/));
    else await until('the pages anew', () => page.all('strip').length === 2);
    answers.answer = () => undefined;
  });

  it('of a saved file opens, with what it holds and no more', async () => {
    save(saved);
    const known = pages.length;
    await open(saved);
    const page = await opened(known + 1);
    assert.deepEqual((await page.hears('state')).state, { kind: 'file', name: 'one.smaps' });
    const { totals } = await page.hears('map');
    const kib = [...readFileSync(saved, 'utf8').matchAll(/^Rss: +(\d+) kB$/gm)].reduce((sum, [, text]) => sum + Number(text), 0);
    assert.equal(totals.whole.rss, kib * 1024);
    page.says({ kind: 'pages', start: 0, end: 4096, cells: 1 });
    assert.match((await page.hears('no-strip')).message, /A file does not tell/);
    await open(saved);
    await pause(500);
    assert.equal(pages.length, known + 1);
    page.panel.dispose();
  });

  it('of several files is one with moments, or each has a page, as the user wants', async () => {
    const later = join(folder, 'two.smaps');
    save(later);
    const known = pages.length;
    chooses(answers, /Each in a Page/);
    await open(saved, later);
    await opened(known + 2);
    for (const page of pages.slice(known)) page.panel.dispose();
    chooses(answers, /Moments of One Map/);
    await open(later, saved);
    const page = await opened(known + 3);
    const { moments } = await page.hears('moments');
    assert.deepEqual(
      moments.map(({ label }) => label),
      ['one.smaps', 'two.smaps'],
    );
    page.says({ kind: 'compare', before: moments[0]?.id ?? 0, after: moments[1]?.id });
    assert.ok(((await page.hears('diff')).diff.total.rss ?? 0) > 0);
    page.panel.dispose();
  });

  it('is not made of a file that holds none: it is said what it is', async () => {
    const known = pages.length;
    const foreign = join(folder, 'foreign.maps');
    writeFileSync(foreign, 'hello\n\0\0\n');
    const report = join(folder, 'asan.log');
    writeFileSync(report, REPORT);
    await open(foreign);
    await until('a word about it', () => answers.said(/foreign\.maps holds no memory map that MemLens knows\. Known are/));
    await open(join(folder, 'missing.maps'));
    await until('a word about it', () => answers.said(/missing\.maps does not exist/));
    answers.answer = ({ buttons }) => buttons.find((button) => button === 'Open as Memory Report');
    await open(report);
    await until('a word about it', () => answers.said(/asan\.log holds no memory map but a memory report/));
    await until('what it asks for', () => answers.said(/The report names sources in \/nowhere.* Where are they/));
    assert.equal(pages.length, known);
    answers.answer = () => undefined;
  });

  it('opens as what it is when it is given as a report', async () => {
    const known = pages.length;
    await vscode.commands.executeCommand('memlens.openReport', vscode.Uri.file(saved));
    const page = await opened(known + 1);
    assert.equal(page.panel.title, 'Memory Map: one.smaps');
    assert.deepEqual(answers.asked, []);
    page.panel.dispose();
  });

  it('of a closed page is not read any more', async () => {
    const page = await opened(1);
    page.panel.dispose();
    const then = page.told.length;
    await pause(1500);
    assert.equal(page.told.length, then);
  });

  describe('after a reload of the window', () => {
    /** The pages' own code, with an editor that gives back what was kept. */
    let restore: (state: unknown) => Promise<HeardPage>;
    let panels: MapPanels;
    let services: TrendServices;
    let isOffered = true;
    let openFiles: readonly string[] | undefined;

    before(() => {
      services = {
        clock: nodeClock,
        epochMs: () => Date.now(),
        target: () => new LocalTarget(),
      } as unknown as TrendServices;
      answers.stub('registerWebviewPanelSerializer', () => ({ dispose: () => undefined }));
      const subject: MapSubject = { kind: 'file', name: 'x', paths: [saved], snapshots: [] };
      panels = new MapPanels(async () => services, {
        extension: vscode.extensions.getExtension('memlens.memlens')?.extensionUri ?? vscode.Uri.file('/'),
        state: { get: () => undefined, update: async () => undefined, keys: () => [] } as unknown as vscode.Memento,
        nonce: () => '00',
        everyMs: () => 500,
        budget: () => 0.5,
        wishes: { fulfil: () => undefined },
        isOffered: () => isOffered,
        openFiles: async (paths) => {
          openFiles = paths;
          return paths[0] === saved ? subject : undefined;
        },
      });
      restore = async (state) => {
        const page = new HeardPage(vscode.window.createWebviewPanel('memlens.restored', 'x', vscode.ViewColumn.Active));
        await panels.tabs.deserializeWebviewPanel(page.panel, state);
        // Nobody is in the page of the test's panel: it has no script that says so.
        page.says({ kind: 'ready', version: 1 });
        return page;
      };
    });
    after(() => panels.dispose());

    it('is there again, and asks to be kept again', async () => {
      const process = { ...running(), command: 'growing' };
      const state = keptMap({ kind: 'process', target: LOCAL, process });
      const page = await restore(state);
      await page.hears('map', ({ snapshot }) => snapshot.table.length > 20);
      assert.deepEqual(page.last('keep')?.state, state);
      page.panel.dispose();
    });

    it('says that its process has ended', async () => {
      const process = { ...running(), startTicks: running().startTicks + 1, command: 'growing' };
      const page = await restore(keptMap({ kind: 'process', target: LOCAL, process }));
      const { state } = await page.hears('state', ({ state }) => state.kind === 'failed');
      assert.match(state.kind === 'failed' ? state.message : '', /^growing \(\d+\) ended while the window was closed\.$/);
      page.panel.dispose();
    });

    it('says that its target is not there any more, and comes back with it', async () => {
      isOffered = false;
      const process = { ...running(), command: 'growing' };
      const page = await restore(keptMap({ kind: 'process', target: { ...LOCAL, name: 'board' }, process }));
      const { state } = await page.hears('state', ({ state }) => state.kind === 'failed');
      assert.match(state.kind === 'failed' ? state.message : '', /memlens\.targets .* no target "board"/);
      assert.deepEqual(page.all('map'), []);
      isOffered = true;
      await page.hears('map');
      page.panel.dispose();
    });

    it('of a recording has one page, however often it is asked for', async () => {
      const known = pages.length;
      const snapshot = pages[0]?.last('map')?.snapshot;
      assert.ok(snapshot);
      const show = (...at: readonly number[]) => {
        // As they come each time the recording is read.
        const snapshots = at.map((one) => ({ ...snapshot, at: one }));
        const labels = new Map(snapshots.slice(0, 1).map((first) => [first, 'warm']));
        panels.show(services, { kind: 'recorded', name: 'a.memlens', process: 'growing (1)', snapshots, labels });
      };
      show(1000);
      show(1000);
      assert.equal(pages.length, known + 1);
      // It has grown meanwhile.
      show(1000, 2000);
      assert.equal(pages.length, known + 2);
      for (const page of pages.slice(known)) page.panel.dispose();
    });

    it('reads its file again; one that was kept by another version is closed', async () => {
      const page = await restore({ files: [saved] });
      assert.deepEqual(openFiles, [saved]);
      assert.deepEqual(page.last('keep')?.state, { files: [saved] });
      page.panel.dispose();
      for (const state of [{ files: ['/nowhere'] }, { what: 'else' }, undefined]) {
        const closed = new HeardPage(vscode.window.createWebviewPanel('memlens.restored', 'x', vscode.ViewColumn.Active));
        let isClosed = false;
        closed.real.onDidDispose(() => {
          isClosed = true;
        });
        await panels.tabs.deserializeWebviewPanel(closed.panel, state);
        await until('its end', () => isClosed);
      }
    });
  });

  // Mocha runs it after the suites before it only when it is one, too.
  describe('of a process that ends', () => {
    it('says that the process has ended, and keeps what was read', async () => {
      const known = pages.length;
      choosesProcess(answers, child.pid);
      await vscode.commands.executeCommand('memlens.showMap');
      const page = await opened(known + 1);
      child.kill('SIGKILL');
      await page.hears('state', ({ state }) => state.kind === 'ended');
      page.says({ kind: 'show-trend' });
      await until('a word about it', () => answers.said(/process .*does not exist/));
      page.panel.dispose();
    });
  });
});
