import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { keptSystem } from '../../../../src/app/system/kept-system.js';
import { LocalTarget } from '../../../../src/node/local-target.js';
import { type FromSystemPage, SYSTEM_PROTOCOL, type ToSystemPage } from '../../../../src/protocol/system.js';
import type { FromPage, ToPage } from '../../../../src/protocol/trends.js';
import { SystemMarks } from '../../../../src/vscode/system-marks.js';
import { type SystemPageSubject, SystemPanels } from '../../../../src/vscode/system-panels.js';
import type { TrendServices } from '../../../../src/vscode/trend-services.js';
import { noSshd, startSshd } from '../../../tools/servers.js';
import { Answers } from '../../answers.js';
import { HeardPage, hearPages } from '../../maps.js';
import { closeTabs, ourTabs } from '../../trends.js';
import { until } from '../../workspace.js';

type Page = HeardPage<ToSystemPage, FromSystemPage>;

const LOCAL = { name: 'local', config: { kind: 'local' } } as const;
const totalOf = (text: string): number => Number(/^MemTotal:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024;
const cached = (): number => Number(/^Cached:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;

describe('the system memory', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  let pages: readonly Page[];
  let trends: readonly HeardPage<ToPage, FromPage>[];
  const folder = mkdtempSync(join(tmpdir(), 'memlens-system-'));
  const saved = join(folder, 'saved');
  const exported = join(folder, 'state.json');
  const opened = async (count: number): Promise<Page> => {
    const page = await until(`${count} pages`, () => pages[count - 1]);
    await page.hears('system');
    await page.hears('state', ({ state }) => state.kind === 'still');
    return page;
  };
  const read = async (page: Page): Promise<void> => {
    const { id } = (await page.hears('system')).shown;
    page.says({ kind: 'refresh' });
    await page.hears('system', ({ shown }) => shown.id > id);
    await until('the end of the reading', () => page.last('state')?.state.kind === 'still');
  };
  const mark = async (page: Page): Promise<number> => {
    const known = page.last('marks')?.marks.length ?? 0;
    page.says({ kind: 'mark' });
    const { marks } = await page.hears('marks', (message) => message.marks.length > known);
    await until('the end of the reading', () => page.last('state')?.state.kind === 'still');
    return marks.at(-1)?.id ?? 0;
  };
  const open = (...files: readonly string[]) =>
    vscode.commands.executeCommand(
      'memlens.openSystem',
      vscode.Uri.file(files[0] ?? ''),
      files.map((file) => vscode.Uri.file(file)),
    );

  before(() => {
    answers = new Answers();
    pages = hearPages<ToSystemPage, FromSystemPage>(answers, vscode.window, 'memlens.system');
    trends = hearPages<ToPage, FromPage>(answers, vscode.window, 'memlens.trend');
    mkdirSync(saved);
    for (const name of ['meminfo', 'buddyinfo', 'zoneinfo']) writeFileSync(join(saved, name), readFileSync(`/proc/${name}`));
  });
  afterEach(() => answers.asked.splice(0));
  after(async () => {
    answers.restore();
    await closeTabs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of this machine has one page, whose items are exactly MemTotal', async () => {
    await vscode.commands.executeCommand('memlens.showSystem');
    const page = await opened(1);
    const { shown } = await page.hears('system');
    assert.equal(shown.total, totalOf(readFileSync('/proc/meminfo', 'utf8')));
    assert.equal(
      shown.items.reduce((sum, { bytes }) => sum + bytes, 0),
      shown.total,
    );
    const processes = shown.tables.find(({ id }) => id === 'processes');
    assert.ok(processes?.rows.some(({ process: one }) => one?.pid === process.pid));
    await vscode.commands.executeCommand('memlens.showSystem');
    assert.deepEqual(
      ourTabs('memlens.system').map(({ label }) => label),
      ['System: local'],
    );
  });

  it('is compared with a mark, which has a name, and can be deleted', async () => {
    const page = await opened(1);
    const before = await mark(page);
    answers.stub('showInputBox', async () => 'before the run');
    page.says({ kind: 'name-mark', mark: before });
    await page.hears('marks', ({ marks }) => marks.at(-1)?.label === 'before the run');
    page.says({ kind: 'compare', before, after: undefined });
    await read(page);
    const { diff } = await page.hears('diff', (message) => message.diff !== undefined);
    assert.match(diff?.before ?? '', /^before the run, \d\d:\d\d:\d\d$/);
    assert.equal(diff?.after, 'now');
    page.says({ kind: 'remove-mark', mark: before });
    await page.hears('marks', ({ marks }) => marks.every(({ id }) => id !== before));
    await until('no comparison', () => page.last('diff')?.diff === undefined);
  });

  it('keeps its caches unless the user says yes', async () => {
    const page = await opened(1);
    page.says({ kind: 'drop-caches' });
    const asked = await until('the question', () => answers.said(/Drop the caches of local\?/));
    const [words] = asked.buttons as unknown as readonly { readonly modal: boolean; readonly detail: string }[];
    assert.equal(words?.modal, true);
    assert.match(words?.detail ?? '', /sync.*3 to \/proc\/sys\/vm\/drop_caches.*Nothing is lost.*nothing to undo/s);
    // What it would have done comes before this.
    await read(page);
    assert.ok(!(page.last('marks')?.marks ?? []).some(({ label }) => label.includes('caches')));
  });

  it('drops its caches when the user says yes, and says what stays; without root it says what is missing', async () => {
    const page = await opened(1);
    answers.answer = ({ message }) => (/Drop the caches/.test(message) ? 'Drop Caches' : undefined);
    const file = join(folder, 'to be cached');
    writeFileSync(file, Buffer.alloc(64 << 20, 1));
    readFileSync(file);
    const before = cached();
    page.says({ kind: 'drop-caches' });
    if (process.getuid?.() === 0) {
      const { diff } = await page.hears('diff', (message) => message.diff?.after.startsWith('after dropping caches') === true);
      assert.match(diff?.words[0] ?? '', /That was cache, and no leak/);
      assert.ok(cached() < before - (32 << 20), `${before} to ${cached()}`);
    } else {
      const fault = await page.hears('fault');
      assert.equal(fault.needsRoot, true);
      assert.match(fault.nextStep, /memlens\.rootCommand/);
      assert.ok(!(page.last('marks')?.marks ?? []).some(({ label }) => label.includes('caches')));
    }
    await until('the end', () => page.last('state')?.state.kind === 'still');
    answers.answer = () => undefined;
  });

  it('is saved as a file that opens again, and its changes as CSV', async () => {
    const page = await opened(1);
    const before = await mark(page);
    answers.stub('showSaveDialog', async () => vscode.Uri.file(exported));
    page.says({ kind: 'export', format: 'json' });
    await until('the file', () => answers.said(/saved to/));
    assert.equal((JSON.parse(readFileSync(exported, 'utf8')) as { format: string }).format, 'memlens-system');
    page.says({ kind: 'compare', before, after: undefined });
    await page.hears('diff', (message) => message.diff !== undefined);
    const csv = join(folder, 'changes.csv');
    answers.stub('showSaveDialog', async () => vscode.Uri.file(csv));
    answers.asked.splice(0);
    page.says({ kind: 'export', format: 'csv' });
    await until('the other file', () => answers.said(/saved to/) !== undefined && existsSync(csv));
    assert.match(readFileSync(csv, 'utf8'), /^kind,name,change,before,after,news\r\n/);
    const known = pages.length;
    await open(exported);
    const again = await opened(known + 1);
    assert.equal((await again.hears('system')).shown.total, (await page.hears('system')).shown.total);
    assert.equal((await again.hears('state')).subject.isLive, false);
  });

  it('of a folder of files of /proc, and of two of them as moments of one machine', async () => {
    const known = pages.length;
    await open(saved);
    const page = await opened(known + 1);
    const { shown } = await page.hears('system');
    assert.equal(shown.total, totalOf(readFileSync(join(saved, 'meminfo'), 'utf8')));
    assert.ok(shown.tables.some(({ id }) => id === 'zones'));
    await open(saved, exported);
    const both = await opened(known + 2);
    assert.equal((await both.hears('marks')).marks.length, 1);
    assert.ok((await both.hears('diff')).diff !== undefined);
  });

  it('of a file that is none of these is refused in words', async () => {
    const known = pages.length;
    const other = join(folder, 'other.txt');
    writeFileSync(other, 'nothing of the kind\n');
    await open(other);
    await until('the words', () => answers.said(/holds no memory of a machine/));
    assert.equal(pages.length, known);
  });

  it('leads to the Trend page of the machine, and to the Memory Map of a process', async () => {
    const page = await opened(1);
    page.says({ kind: 'step', step: 'watch-trend' });
    await until('the Trend page', () => ourTabs('memlens.trend').find(({ label }) => label.includes('local')));
    // And back, to the page that is there.
    const trend = await until('the Trend page', () => trends.at(-1));
    const { sources } = await trend.hears('sources', (message) => message.sources.length > 0);
    const known = pages.length;
    trend.says({ kind: 'show-system', source: sources[0]?.id ?? '' });
    await until('the System Memory', () =>
      ourTabs('memlens.system').some(({ isActive, label }) => isActive && label.includes('local')),
    );
    assert.equal(pages.length, known);
    page.says({ kind: 'show-map', pid: process.pid, name: '' });
    await until('the map', () => ourTabs('memlens.map').find(({ label }) => label.includes(`(${process.pid})`)));
    page.says({ kind: 'show-map', pid: process.pid, name: 'another name' });
    await until('the refusal', () => answers.said(/does not exist/));
  });

  it('of a target over ssh is read there, and leads to its Trend page', async function () {
    if (noSshd !== undefined) this.skip();
    const settings = vscode.workspace.getConfiguration('memlens');
    const server = await startSshd();
    try {
      await settings.update('ssh.configFile', server.configFile, vscode.ConfigurationTarget.Global);
      const known = pages.length;
      const target = { name: 'board', config: { kind: 'ssh', host: server.alias } };
      await vscode.commands.executeCommand('memlens.showSystem', { target });
      const page = await opened(known + 1);
      assert.equal(page.panel.title, 'System: board');
      const { shown } = await page.hears('system');
      assert.equal(shown.total, totalOf(readFileSync('/proc/meminfo', 'utf8')));
      const processes = shown.tables.find(({ id }) => id === 'processes');
      assert.ok(processes?.rows.some(({ process: one }) => one?.pid === server.pid));
      await mark(page);
      page.says({ kind: 'step', step: 'watch-trend' });
      await until('the Trend page', () => ourTabs('memlens.trend').find(({ label }) => label.includes('board')));
      assert.deepEqual(answers.asked, []);
    } finally {
      await closeTabs();
      await settings.update('ssh.configFile', undefined, vscode.ConfigurationTarget.Global);
      await server.stop();
    }
  });

  describe('after a reload of the window', () => {
    let panels: SystemPanels;
    let marks: SystemMarks;
    let isOffered = true;
    const services = {
      epochMs: () => Date.now(),
      target: () => new LocalTarget(),
      monitors: { of: () => ({ system: { points: () => ({ at: [], value: [] }) } }) },
    } as unknown as TrendServices;
    const restore = async (state: unknown): Promise<Page> => {
      const panel = vscode.window.createWebviewPanel('memlens.restored', 'x', vscode.ViewColumn.Active);
      const page: Page = new HeardPage<ToSystemPage, FromSystemPage>(panel);
      await panels.tabs.deserializeWebviewPanel(page.panel, state);
      // Nobody is in the page of the test's panel: it has no script that says so.
      page.says({ kind: 'ready', version: SYSTEM_PROTOCOL });
      return page;
    };

    before(() => {
      // Nobody may have this view type twice in a window.
      answers.stub('registerWebviewPanelSerializer', () => ({ dispose: () => undefined }));
      marks = new SystemMarks(
        async () => ({ ...services, createFile: (await import('../../../../src/node/line-file.js')).createLineFile }),
        vscode.Uri.file(join(folder, 'marks')),
        'memlens test',
      );
      panels = new SystemPanels(async () => services, {
        extension: vscode.Uri.file(folder),
        state: { get: () => undefined, update: async () => undefined, keys: () => [] } as unknown as vscode.Memento,
        nonce: () => 'n',
        marks,
        rootCommand: () => [],
        wishes: { fulfil: () => undefined },
        isOffered: () => isOffered,
        openFiles: async (paths): Promise<SystemPageSubject | undefined> =>
          paths[0] === '/gone' ? undefined : assert.fail('no other files'),
      });
    });
    after(() => panels.dispose());

    it('is there again with its marks, and asks to be kept again', async () => {
      const page = await restore(keptSystem({ kind: 'target', target: LOCAL }));
      await page.hears('system');
      assert.deepEqual((await page.hears('keep')).state, keptSystem({ kind: 'target', target: LOCAL }));
      await until('the end of the reading', () => page.last('state')?.state.kind === 'still');
      await mark(page);
      await until('the file of marks', () => existsSync(join(folder, 'marks')));
      page.real.dispose();
      const later = new SystemMarks(async () => services, vscode.Uri.file(join(folder, 'marks')), 'memlens test');
      await until('the mark', async () => (await later.of(JSON.stringify(LOCAL)).load()).length === 1);
    });

    it('is not read when the settings do not offer its target any more', async () => {
      isOffered = false;
      const page = await restore(keptSystem({ kind: 'target', target: LOCAL }));
      await page.hears('state', ({ state }) => state.kind === 'failed');
      assert.equal(page.last('system'), undefined);
      page.real.dispose();
      isOffered = true;
    });

    it('of what nobody knows, and of files that are gone, is closed', async () => {
      for (const state of [keptSystem({ kind: 'files', paths: ['/gone'] }), { what: 'else' }, undefined]) {
        const closed: Page = new HeardPage(vscode.window.createWebviewPanel('memlens.restored', 'x', vscode.ViewColumn.Active));
        let isClosed = false;
        closed.real.onDidDispose(() => {
          isClosed = true;
        });
        await panels.tabs.deserializeWebviewPanel(closed.panel, state);
        await until('its end', () => isClosed);
      }
    });
  });
});
