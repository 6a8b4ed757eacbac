import * as assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { FromHeapPage, ToHeapPage } from '../../../../src/protocol/heap.js';
import type { FromOomPage, ToOomPage } from '../../../../src/protocol/oom.js';
import type { FromSystemPage, ToSystemPage } from '../../../../src/protocol/system.js';
import { KernelPrograms, kmemleak } from '../../../tools/kernel-programs.js';
import { Answers } from '../../answers.js';
import { type HeardPage, hearPages } from '../../maps.js';
import { closeTabs, listsAre } from '../../trends.js';
import { fileOf, until } from '../../workspace.js';

const DEBUGFS = '/sys/kernel/debug';
const FILE = `${DEBUGFS}/kmemleak`;
const MOUNTS = 'proc /proc proc rw 0 0\n';
const MOUNTED = `${MOUNTS}debugfs ${DEBUGFS} debugfs rw 0 0\n`;
const VMALLOC =
  '0xffffc90000000000-0xffffc90000005000   20480 leak_vmalloc+0x12/0x34 [leakmod] pages=4 vmalloc N0=4\n0xffffc90000005000-0xffffc90000007000    8192 ioremap+0x10/0x20 phys=0x00000000fed00000 ioremap\n';
const SLAB = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
kmalloc-4k           100    104   4096    8    8 : tunables    0    0    0 : slabdata     13     13      0
dentry               840    840    192   21    1 : tunables    0    0    0 : slabdata     40     40      0
`;
const OOM =
  'Out of memory: Killed process 443 (shop) total-vm:493248kB, anon-rss:423880kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:860kB oom_score_adj:0\n';

describe('the kernel of a machine', function () {
  // A kernel and a module are compiled, and a scan waits for 5 seconds by itself.
  this.timeout(120_000);

  const work = mkdtempSync(join(tmpdir(), 'memlens-kernel-'));
  /** The files of a kernel, and what stands for the root of its machine. */
  const root = join(work, 'root');
  const calls = join(work, 'calls');
  const command = join(work, 'as-root.sh');
  let tree: KernelPrograms;
  let source: vscode.Uri;
  let report: string;
  let answers: Answers;
  let heaps: readonly HeardPage<ToHeapPage, FromHeapPage>[];
  let systems: readonly HeardPage<ToSystemPage, FromSystemPage>[];
  let ooms: readonly HeardPage<ToOomPage, FromOomPage>[];
  /** What is chosen in the lists that come, one after the other; then nothing. */
  let choices: RegExp[] = [];
  const lists: (readonly string[])[] = [];
  const settings = () => vscode.workspace.getConfiguration('memlens');
  const setRoot = (words: readonly string[] | undefined) =>
    settings().update('rootCommand', words, vscode.ConfigurationTarget.Global);
  const lay = (path: string, text: string): void => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const written = (path: string): string => readFileSync(join(root, path), 'utf8');
  const called = (): string => (existsSync(calls) ? readFileSync(calls, 'utf8') : '');
  /** The texts of the lines that are marked. */
  const marked = (): readonly string[] =>
    vscode.languages
      .getDiagnostics(source)
      .filter(({ source: from }) => from === 'MemLens')
      .map(({ range }) => readFileSync(source.fsPath, 'utf8').split('\n')[range.start.line]?.trim() ?? '');
  const check = async (...wanted: readonly RegExp[]): Promise<void> => {
    choices = [...wanted];
    await vscode.commands.executeCommand('memlens.checkKernelLeaks');
  };
  const read = async (...wanted: readonly RegExp[]): Promise<void> => {
    choices = [...wanted];
    await vscode.commands.executeCommand('memlens.readKernelAllocations');
  };
  const yes = (button: string) => {
    answers.answer = ({ buttons }) => buttons.find((one) => one === button);
  };

  before(async () => {
    answers = new Answers();
    answers.stub('showQuickPick', async (items: readonly vscode.QuickPickItem[] | Promise<readonly vscode.QuickPickItem[]>) => {
      const all = await items;
      lists.push(all.map(({ label }) => label));
      const wanted = choices.shift();
      return wanted && all.find(({ label }) => wanted.test(label));
    });
    // The target.
    listsAre(answers, (items: readonly vscode.QuickPickItem[]) => items.find(({ label }) => /local/.test(label)));
    heaps = hearPages(answers, vscode.window, 'memlens.heapResult');
    systems = hearPages(answers, vscode.window, 'memlens.system');
    ooms = hearPages(answers, vscode.window, 'memlens.oom');
    tree = new KernelPrograms(join(fileOf('kernel').fsPath));
    tree.kernel();
    const module = tree.module();
    source = vscode.Uri.file(tree.at('drivers/leak/leak-mod.c'));
    report = kmemleak([
      'kmemleak_alloc+0x30/0x33',
      `leak_kmalloc+${tree.call(module, 'leak_kmalloc', '__kmalloc').text} [leak_mod]`,
      'do_one_initcall+0xa2/0x1f8',
    ]);
    const bin = join(work, 'bin');
    mkdirSync(bin, { recursive: true });
    // Its files are those of the folder: paths are the first word of all that is run as root. mount(8) is never the real one.
    writeFileSync(
      command,
      `#!/bin/sh\na=$1 b=$2 c=$3 d=$4 path=$5\nshift 5\necho "run $path" >>'${calls}'\nPATH='${bin}':$PATH exec "$a" "$b" "$c" "$d" '${root}'"$path" "$@"\n`,
      { mode: 0o755 },
    );
    const fake = (name: string, mounts: string): void =>
      writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>'${calls}'\nprintf '${mounts}' >'${root}/proc/mounts'\n`, {
        mode: 0o755,
      });
    fake('mount', MOUNTED.replaceAll('\n', '\\n'));
    appendFileSync(join(bin, 'mount'), `: >'${root}${FILE}'\n`);
    fake('umount', MOUNTS.replaceAll('\n', '\\n'));
    await setRoot([command]);
  });
  beforeEach(() => {
    lay('/proc/mounts', MOUNTED);
    lay('/proc/filesystems', 'nodev\tproc\nnodev\tdebugfs\n');
    lay('/proc/cmdline', 'quiet\n');
    lay('/proc/sys/kernel/osrelease', '6.1.192\n');
    lay(FILE, report);
  });
  afterEach(async () => {
    answers.answer = () => undefined;
    answers.asked.splice(0);
    lists.splice(0);
    choices = [];
    rmSync(calls, { force: true });
    await closeTabs();
    await vscode.commands.executeCommand('memlens.clear');
  });
  after(async () => {
    await setRoot(undefined);
    answers.restore();
    tree.dispose();
    rmSync(work, { recursive: true, force: true });
  });

  it('tells what it has reported, with a mark at the line of the module’s source that has lost it', async () => {
    await check(/Read What Is Reported/);
    await until('the mark', () => marked().length > 0);
    assert.deepEqual(marked(), ['void *got = kmalloc(128); // leak_kmalloc']);
    // Only the question for its state was written, which no kernel takes for a command.
    assert.match(written(FILE).slice(report.length), /^\?+$/);
    assert.equal(answers.asked.length, 0, JSON.stringify(answers.asked));
  });

  it('is not scanned unless the user says yes to what will happen', async () => {
    await check(/Scan Now/);
    const [asked] = answers.asked;
    assert.match(asked?.message ?? '', /^Scan the kernel memory of local for leaks\?$/);
    const [options] = (asked?.buttons ?? []) as unknown as readonly { readonly modal: boolean; readonly detail: string }[];
    assert.equal(options?.modal, true);
    assert.match(options?.detail ?? '', /scan is written to .*\/kmemleak, twice/);
    assert.equal(written(FILE), `${report}?`);
    assert.deepEqual(marked(), []);
  });

  it('is scanned twice when the user says yes', async () => {
    lay(FILE, '');
    yes('Scan');
    const done = check(/Scan Now/);
    await until('the first scan', () => written(FILE).includes('scan'));
    // What the kernel would have found.
    appendFileSync(join(root, FILE), `\n${report}`);
    await done;
    assert.deepEqual(written(FILE).match(/scan/g)?.length, 2);
    await until('the mark', () => marked().length > 0);
    assert.deepEqual(marked(), ['void *got = kmalloc(128); // leak_kmalloc']);
  });

  it('is not cleared unless the user says yes; what is read before is kept', async () => {
    await check(/Clear/);
    assert.match(answers.asked[0]?.message ?? '', /^Clear what kmemleak has reported on local\?$/);
    assert.match(JSON.stringify(answers.asked[0]?.buttons), /There is no undo/);
    assert.ok(!written(FILE).includes('clear'));
    lay(FILE, report);
    yes('Read, Then Clear');
    await check(/Clear/);
    await until('the words', () => answers.said(/kmemleak on local is cleared/));
    assert.match(written(FILE), /clear$/);
    assert.deepEqual(marked(), ['void *got = kmalloc(128); // leak_kmalloc']);
  });

  it('has debugfs mounted only when the user says yes, and taken back', async () => {
    lay('/proc/mounts', MOUNTS);
    rmSync(join(root, FILE));
    await check(/Mount debugfs/);
    assert.match(answers.asked[0]?.message ?? '', /^Mount debugfs on local\?$/);
    assert.ok(!called().includes('mount '), called());
    answers.answer = ({ buttons }) => buttons.find((one) => one === 'Mount' || one === 'Unmount');
    await check(/Mount debugfs/);
    await until('the end of the undo', () => called().includes('umount '));
    assert.match(called(), new RegExp(`^mount -t debugfs debugfs ${root}${DEBUGFS}$`, 'm'));
    assert.match(called(), new RegExp(`^umount ${root}${DEBUGFS}$`, 'm'));
    // Once it was mounted, what can be done with kmemleak was offered.
    assert.ok(
      lists.at(-1)?.some((label) => label.includes('Scan Now')),
      JSON.stringify(lists),
    );
  });

  it('without kmemleak offers nothing but words', async () => {
    rmSync(join(root, FILE));
    await check(/State/);
    assert.deepEqual(lists.at(-1)?.length, 1);
    assert.ok(answers.said(/kmemleak/), JSON.stringify(answers.asked));
  });

  it('of a command for root that runs nothing is told in words', async () => {
    await setRoot(['false']);
    await check(/Read/);
    await setRoot([command]);
    assert.ok(answers.said(/did not run what it was given|false/), JSON.stringify(answers.asked));
    assert.equal(called(), '');
  });

  it('tells its allocations: by line as a heap profile, tables as text', async () => {
    lay(
      '/proc/allocinfo',
      'allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n 4096 1 drivers/leak/leak-mod.c:8 func:leak_kmalloc\n',
    );
    lay('/proc/vmallocinfo', VMALLOC);
    await read(/allocinfo/);
    const page = await until('the page', () => heaps.at(-1));
    const { profile } = await page.hears('profile');
    assert.equal(profile.format, 'allocinfo');
    await read(/vmallocinfo/);
    const editor = await until('the text', () => vscode.window.activeTextEditor);
    assert.equal(editor.document.getText(), VMALLOC);
  });

  it('is neither asked nor told anything in a workspace that is not trusted', async () => {
    const trust = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted');
    Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => false });
    try {
      await check(/Scan Now/);
      await read(/allocinfo/);
    } finally {
      if (trust === undefined) Reflect.deleteProperty(vscode.workspace, 'isTrusted');
      else Object.defineProperty(vscode.workspace, 'isTrusted', trust);
    }
    assert.equal(answers.asked.filter(({ message }) => /trusted/.test(message)).length, 2, JSON.stringify(answers.asked));
    assert.deepEqual(lists, []);
    assert.equal(called(), '');
    assert.equal(written(FILE), report);
  });

  it('is seen in saved files, each in its page, whatever they are called', async () => {
    const save = (name: string, text: string): vscode.Uri => {
      writeFileSync(join(work, name), text);
      return vscode.Uri.file(join(work, name));
    };
    for (const [name, text, table, row] of [
      ['from-a-colleague.txt', VMALLOC, 'vmalloc', 'leak_vmalloc+0x12/0x34'],
      ['caches', SLAB, 'slab', 'kmalloc-4k'],
    ] as const) {
      const known = systems.length;
      await vscode.commands.executeCommand('memlens.openReport', save(name, text));
      const page = await until(`the page of ${name}`, () => systems[known]);
      const { shown } = await page.hears('system');
      assert.equal(shown.total, undefined);
      assert.deepEqual(
        shown.tables.map(({ id }) => id),
        [table],
      );
      assert.ok(shown.tables[0]?.rows.some(({ cells }) => cells[0] === row));
    }
    await vscode.commands.executeCommand('memlens.openReport', save('console.txt', OOM));
    const page = await until('the page of the log', () => ooms.at(-1));
    assert.match((await page.hears('event')).event.headline, /shop \(443\)/);
    assert.deepEqual(answers.asked, []);
  });

  it('leaks of a saved report are marked, too', async () => {
    const saved = join(work, 'kmemleak.txt');
    writeFileSync(saved, report);
    await vscode.commands.executeCommand('memlens.openReport', vscode.Uri.file(saved));
    await until('the mark', () => marked().length > 0);
    assert.deepEqual(marked(), ['void *got = kmalloc(128); // leak_kmalloc']);
  });
});
