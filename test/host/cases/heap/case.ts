import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { neverCancelled } from '../../../../src/base/cancel.js';
import { LocalTarget } from '../../../../src/node/local-target.js';
import { writePackedFile, writeTextFile } from '../../../../src/node/packed-output.js';
import { nodeUnpackers } from '../../../../src/node/unpack.js';
import type { FromHeapPage, ToHeapPage } from '../../../../src/protocol/heap.js';
import { HeapAnnotations } from '../../../../src/vscode/heap-annotations.js';
import type { HeapExport } from '../../../../src/vscode/heap-export.js';
import { HeapFrames } from '../../../../src/vscode/heap-frames.js';
import { KeptHeaps } from '../../../../src/vscode/heap-kept.js';
import { HeapPanels } from '../../../../src/vscode/heap-panels.js';
import { HeapReader } from '../../../../src/vscode/heap-reader.js';
import type { HeapServices } from '../../../../src/vscode/heap-services.js';
import { createHeap } from '../../../../src/vscode/heap-use-cases.js';
import { Answers } from '../../answers.js';
import { HeardPage, hearPages } from '../../maps.js';
import { closeTabs } from '../../trends.js';
import { fileOf, until } from '../../workspace.js';

/** As heaptrack 1.4.0 has written it. */
const orders = (): Buffer => readFileSync(fileOf('heap', 'orders.heaptrack').fsPath);

type Told<Kind extends ToHeapPage['kind']> = Extract<ToHeapPage, { kind: Kind }>;

/** A page of a heap profile, which speaks another language than a map. */
class HeardHeap {
  constructor(private readonly page: HeardPage) {}

  get panel(): vscode.WebviewPanel {
    return this.page.panel;
  }

  says(message: FromHeapPage): void {
    this.page.says(message as unknown as Parameters<HeardPage['says']>[0]);
  }

  last<Kind extends ToHeapPage['kind']>(kind: Kind): Told<Kind> | undefined {
    const told = this.page.told as readonly unknown[] as readonly ToHeapPage[];
    return told.findLast((message): message is Told<Kind> => message.kind === kind);
  }

  async hears<Kind extends ToHeapPage['kind']>(
    kind: Kind,
    fits: (told: Told<Kind>) => boolean = () => true,
  ): Promise<Told<Kind>> {
    return until(`a message ${kind}`, () => {
      const told = this.last(kind);
      return told !== undefined && fits(told) ? told : undefined;
    });
  }
}

const customTabs = (): readonly vscode.TabInputCustom[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputCustom && input.viewType.startsWith('memlens.heap') ? [input] : []));

const allocinfo = (bytes: number, calls: number): string =>
  `allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n  ${bytes} ${calls} mm/filemap.c:3 func:__filemap_get_folio\n  512 1 mm/slub.c:7 func:get\n`;

describe('a heap profile', () => {
  let answers: Answers;
  let results: readonly HeardPage[];
  const folder = mkdtempSync(join(tmpdir(), 'memlens-heap-'));
  const file = (name: string): string => join(folder, name);
  const report = [
    '==12==ERROR: LeakSanitizer: detected memory leaks',
    '',
    'Direct leak of 4096 byte(s) in 2 object(s) allocated from:',
    '    #0 0x7f in malloc ../../../../src/libsanitizer/lsan/lsan_interceptors.cpp:75',
    `    #1 0x56 in grow ${file('shop.c')}:2:10`,
    `    #2 0x57 in main ${file('shop.c')}:4:3`,
    '',
    'SUMMARY: LeakSanitizer: 4096 byte(s) leaked in 2 allocation(s).',
    '',
  ].join('\n');

  before(() => {
    answers = new Answers();
    results = hearPages(answers, vscode.window, 'memlens.heapResult');
    writeFileSync(file('heaptrack.orders.4711.gz'), gzipSync(orders()));
    writeFileSync(file('orders.bin'), orders());
    writeFileSync(file('shop.c'), 'char *grow(void) {\n  return malloc(2048);\n}\nint main(void) { grow(); grow(); }\n');
    writeFileSync(file('poem.heap'), 'No heap profile but a poem.\n');
    writeFileSync(file('leaks.log'), report);
  });
  afterEach(async () => {
    answers.asked.splice(0);
    await closeTabs();
  });
  after(() => {
    answers.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a file that heaptrack has named opens as its page', async () => {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file('heaptrack.orders.4711.gz')));
    const tab = await until('the tab', () => customTabs()[0]);
    assert.equal(tab.viewType, 'memlens.heap');
  });

  it('a heap profile of a kernel that is opened as a report opens as its page', async () => {
    const uri = vscode.Uri.file(file('saved-memory.txt'));
    writeFileSync(uri.fsPath, allocinfo(8192, 2));
    await vscode.commands.executeCommand('memlens.openReport', uri);
    const tab = await until('the tab', () => customTabs()[0]);
    assert.deepEqual([tab.viewType, tab.uri.fsPath], ['memlens.heap', uri.fsPath]);
  });

  it('any other file opens by the command, and is not opened twice', async () => {
    const uri = vscode.Uri.file(file('orders.bin'));
    await vscode.commands.executeCommand('memlens.openHeap', uri, [uri]);
    await vscode.commands.executeCommand('memlens.openHeap', uri, [uri]);
    assert.deepEqual(
      customTabs().map((tab) => tab.uri.fsPath),
      [uri.fsPath],
    );
  });

  it('findings of leaks are shown by stack, their frames open their lines, and what is shown is exported', async () => {
    await vscode.commands.executeCommand('memlens.openReport', vscode.Uri.file(file('leaks.log')));
    await vscode.commands.executeCommand('memlens.showHeap');
    const page = new HeardHeap(await until('the page', () => results.at(-1)));
    const { profile, system } = await page.hears('profile');
    assert.deepEqual(profile.measures[profile.chief], { quantity: 'live', unit: 'bytes', name: 'leaked' });
    assert.equal(
      profile.self[profile.chief]?.reduce((sum, bytes) => sum + bytes, 0),
      4096,
    );
    const frame = [...profile.frames.function].findIndex((name) => profile.texts[name] === 'grow');
    assert.equal(system[frame], 0);
    page.says({ kind: 'open-frame', frame });
    const editor = await until('the editor', () => vscode.window.activeTextEditor);
    assert.equal(editor.document.uri.fsPath, file('shop.c'));
    assert.equal(editor.selection.active.line, 1);

    const saved = file('leaks.folded');
    answers.stub('showSaveDialog', () => Promise.resolve(vscode.Uri.file(saved)));
    page.says({ kind: 'export', format: 'folded', narrowing: { measure: profile.chief, ownCode: true } });
    await until('the file', () => existsSync(saved) && readFileSync(saved, 'utf8') !== '');
    assert.equal(readFileSync(saved, 'utf8'), 'main;grow 4096\n');
  });

  describe('as a file', () => {
    const target = new LocalTarget();
    const pages: HeardHeap[] = [];
    let panels: HeapPanels;
    let services: HeapServices;
    let annotations: HeapAnnotations;
    const open = (name: string): HeardHeap => {
      const heard = new HeardPage(vscode.window.createWebviewPanel('test.heap', name, vscode.ViewColumn.One));
      const page = new HeardHeap(heard);
      pages.push(page);
      panels.adoptFile(vscode.Uri.file(file(name)), page.panel);
      return page;
    };

    before(async () => {
      services = createHeap({
        local: target,
        epochMs: () => Date.now(),
        unpackers: await nodeUnpackers(),
        writeText: writeTextFile,
        writePacked: writePackedFile,
        sources: () => ({ workspaceFolders: [folder], sourcePathMap: [] }),
      });
      const load = () => Promise.resolve(services);
      const frames = new HeapFrames(load);
      annotations = new HeapAnnotations(frames, () => true);
      const extension = vscode.extensions.getExtension('memlens.memlens')?.extensionUri ?? vscode.Uri.file('/');
      // The extension itself has one.
      answers.stub('registerWebviewPanelSerializer', () => ({ dispose: () => undefined }));
      panels = new HeapPanels({
        extension,
        state: { keys: () => [], get: () => undefined, update: () => Promise.resolve() } as vscode.Memento,
        nonce: () => 'n0nce',
        reader: new HeapReader(load),
        frames,
        annotations,
        exports: {} as HeapExport,
        annotates: () => false,
        kept: new KeptHeaps(load, vscode.Uri.file(file('kept')), 'memlens test'),
        now: () => Date.now(),
      });
    });
    after(() => {
      panels.dispose();
      annotations.dispose();
    });

    it('is read, unpacked, and told as a whole', async () => {
      const page = open('heaptrack.orders.4711.gz');
      const { profile } = await page.hears('profile');
      assert.equal(profile.format, 'heaptrack');
      await page.hears('state', ({ state }) => state.kind === 'still');
    });

    it('that is no heap profile: what it is not, and what is known', async () => {
      const page = open('poem.heap');
      const { state } = await page.hears('state', (told) => told.state.kind === 'failed');
      assert.match(state.kind === 'failed' ? state.message : '', /poem\.heap holds no heap profile/);
      assert.match(state.kind === 'failed' ? state.nextStep : '', /heaptrack, massif/);
    });

    it('that comes into being later is read when it is asked for again', async () => {
      const page = open('later.folded');
      await page.hears('state', ({ state }) => state.kind === 'failed');
      writeFileSync(file('later.folded'), 'main;grow 12\nmain;shrink 3\n');
      page.says({ kind: 'retry' });
      const { profile } = await page.hears('profile');
      assert.equal(profile.format, 'folded');
    });

    it('is compared with an older one that the user chooses, and no longer', async () => {
      writeFileSync(file('old.folded'), 'main;grow 5\n');
      writeFileSync(file('new.folded'), 'main;grow 12\n');
      answers.stub('showOpenDialog', () => Promise.resolve([vscode.Uri.file(file('old.folded'))]));
      const page = open('new.folded');
      await page.hears('profile');
      page.says({ kind: 'compare-file' });
      const { profile, compared } = await page.hears('profile', (told) => told.compared !== undefined);
      assert.deepEqual(compared, { before: 'old.folded', after: 'new.folded' });
      assert.deepEqual(
        [...(profile.self[0] ?? [])].filter((value) => value !== 0),
        [7],
      );
      page.says({ kind: 'stop-comparing' });
      await page.hears('profile', (told) => told.compared === undefined);
    });

    it('of a kernel by line: two of them are compared, and the lines of its tree are found by their paths in it', async () => {
      mkdirSync(file('mm'));
      writeFileSync(file('mm/filemap.c'), 'int a;\nint b;\nvoid *__filemap_get_folio(void) { return 0; }\n');
      writeFileSync(file('allocinfo-1'), allocinfo(8192, 2));
      writeFileSync(file('allocinfo-2'), allocinfo(12_288, 3));
      answers.stub('showOpenDialog', () => Promise.resolve([vscode.Uri.file(file('allocinfo-1'))]));
      const page = open('allocinfo-2');
      const { profile: whole } = await page.hears('profile');
      const frame = [...whole.frames.file].findIndex((text) => whole.texts[text] === 'mm/filemap.c');
      page.says({ kind: 'open-frame', frame });
      const editor = await until('the editor', () => vscode.window.activeTextEditor);
      assert.deepEqual([editor.document.uri.fsPath, editor.selection.active.line], [file('mm/filemap.c'), 2]);
      page.says({ kind: 'compare-file' });
      const { profile } = await page.hears('profile', (told) => told.compared !== undefined);
      const values = (self: Float64Array | undefined): readonly number[] => [...(self ?? [])].filter((value) => value !== 0);
      assert.deepEqual(profile.self.map(values), [[4096], [1]]);
    });

    it('a result of a process is updated in its page, and its end is told', async () => {
      const read = await new HeapReader(() => Promise.resolve(services)).read(file('new.folded'), neverCancelled);
      assert.ok(read.ok);
      const live = panels.show('shop (4711)', read.value, { key: 'shop', description: '/opt/shop --serve', since: Date.now() });
      const page = new HeardHeap(await until('the page', () => results.at(-1)));
      await page.hears('state', ({ state, title }) => state.kind === 'live' && title === 'shop (4711)');
      const self = read.value.self.map((values) => values.map((bytes) => 2 * bytes));
      live.update({ ...read.value, self });
      await page.hears('profile', ({ profile }) => profile.self[0]?.includes(24) === true);
      live.end('The process has ended');
      const { state } = await page.hears('state', (told) => told.state.kind === 'ended');
      assert.equal(state.kind === 'ended' && state.why, 'The process has ended');
      // Of the same key it is the same page.
      const before = results.length;
      panels.show('shop (4711)', read.value, { key: 'shop', description: '/opt/shop --serve' });
      assert.equal(results.length, before);
    });

    it('a result comes back after a reload of the window; one that was not kept says so', async () => {
      const read = await new HeapReader(() => Promise.resolve(services)).read(file('new.folded'), neverCancelled);
      assert.ok(read.ok);
      panels.show('shop (4712)', read.value, { key: 'kept', description: '/opt/shop --serve' });
      const page = new HeardHeap(await until('the page', () => results.at(-1)));
      const { state } = await page.hears('keep');
      await until('the file', () => existsSync(file('kept')) && readdirSync(file('kept')).some((name) => name.endsWith('.json')));
      const again = async (kept: unknown): Promise<HeardHeap> => {
        const heard = new HeardPage(vscode.window.createWebviewPanel('test.heap', 'again', vscode.ViewColumn.One));
        await panels.deserializeWebviewPanel(heard.panel, kept);
        return new HeardHeap(heard);
      };
      const restored = await again(state);
      const { profile } = await restored.hears('profile');
      assert.deepEqual([...(profile.self[0] ?? [])], [...(read.value.self[0] ?? [])]);
      const other = await again({ heap: { key: 'never', title: 'never', description: '' } });
      await other.hears('state', (told) => told.state.kind === 'failed' && /was not kept/.test(told.state.message));
    });

    it('tells its bytes at the lines in the editor when it is asked to', async () => {
      const page = open('heaptrack.orders.4711.gz');
      await page.hears('profile');
      page.says({ kind: 'annotate', measure: 0 });
      await page.hears('annotated', ({ isOn }) => isOn);
      page.says({ kind: 'annotate', measure: undefined });
      await page.hears('annotated', ({ isOn }) => !isOn);
    });
  });
});
