// Calls in a kernel and its modules get their lines from files that gcc and ld have just made; addr2line is asked for the same addresses.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openReport } from '../../src/app/open-report.js';
import { SourceLocator } from '../../src/app/source-locator.js';
import { Symbolizer } from '../../src/app/symbols/symbolizer.js';
import { neverCancelled } from '../../src/base/cancel.js';
import { PageOwnerParser } from '../../src/formats/heap/page-owner.js';
import type { Frame } from '../../src/model/stack.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { silentLog } from '../silent-log.js';
import { KernelPrograms, kmemleak } from './kernel-programs.js';
import { type JsonReport, memlens } from './program-cases.js';

const host = new LocalTarget();
let programs: KernelPrograms;
let vmlinux: string;
beforeAll(() => {
  programs = new KernelPrograms();
  vmlinux = programs.kernel();
});
afterAll(() => programs.dispose());

const symbolizer = (trees: readonly string[]): Symbolizer =>
  new Symbolizer({ host, log: silentLog, settings: () => ({ debugDirectories: [], debuginfod: 'off', kernelTrees: trees }) });

async function* chunks(text: string): AsyncIterable<string> {
  yield text;
}

async function opened(calls: readonly string[], trees: readonly string[] = [programs.dir]) {
  const locator = new SourceLocator(host, { workspaceFolders: [programs.dir], mappings: [], baseDirectories: [] });
  const names = { symbols: symbolizer(trees), origin: { isForeign: true } };
  const report = await openReport({ name: 'kmemleak', text: chunks(kmemleak(calls)) }, locator, undefined, names);
  if (!report.ok) throw new Error(report.error.code);
  const { findings, notes } = report.value.report;
  return { finding: findings[0]!, frames: findings[0]!.stacks[0]!.frames, notes };
}

const told = (frames: readonly Frame[]): readonly string[] =>
  frames.map(({ function: name, file, line, inlined }) => `${inlined === true ? '*' : ''}${name} ${file ?? '?'}:${line ?? '?'}`);
const plain = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace(/^\*/, ''));

describe('a module', () => {
  describe.each([
    ['as it is usually built', []],
    ['with a section for each function', ['-ffunction-sections']],
    ['with DWARF 4', ['-gdwarf-4']],
    ['with compressed debug information', ['-gz=zlib']],
  ])('%s', (_name, flags) => {
    let ko: string;
    beforeAll(() => {
      ko = programs.module(flags);
    });

    test('has the lines that addr2line tells, inlined calls in between, and the leak is at a line of the user', async () => {
      const calls = (['leak_kmalloc __kmalloc', 'leak_more __kmalloc', 'leak_init leak_kmalloc'] as const).map((pair) => {
        const [name = '', callee = ''] = pair.split(' ');
        return { name, ...programs.call(ko, name, callee) };
      });
      const { frames, finding, notes } = await opened(calls.map(({ name, text }) => `${name}+${text} [leak_mod]`));
      expect(notes.filter(({ severity }) => severity === 'warning')).toEqual([]);
      expect(plain(told(frames))).toEqual(calls.flatMap((call) => programs.addr2line(ko, call)));
      const file = programs.at('drivers/leak/leak-mod.c');
      expect(told(frames).slice(0, 2)).toEqual([`*kmalloc ${file}:4`, `leak_kmalloc ${file}:8`]);
      expect(told(frames).at(-1)).toBe(`leak_init ${file}:17`);
      expect(finding.place).toMatchObject({ file, line: 8 });
    });
  });

  test('of another build says nothing, and a note names it', async () => {
    const ko = programs.module();
    const { name, text } = { name: 'leak_kmalloc', ...programs.call(ko, 'leak_kmalloc', '__kmalloc') };
    const longer = text.replace(/\/0x(.*)$/, (_, size: string) => `/0x${(Number(`0x${size}`) + 0x80).toString(16)}`);
    const { frames, notes } = await opened([`${name}+${longer} [leak_mod]`]);
    expect(told(frames)).toEqual(['leak_kmalloc ?:?']);
    expect(notes.map(({ code }) => code)).toContain('kernel-other-build');
    expect(notes.find(({ code }) => code === 'kernel-other-build')?.text).toContain(ko);
  });

  test('without debug information is told', async () => {
    const ko = programs.module();
    const { text } = programs.call(ko, 'leak_kmalloc', '__kmalloc');
    programs.run('strip', '-g', ko);
    const { frames, notes } = await opened([`leak_kmalloc+${text} [leak_mod]`]);
    expect(told(frames)).toEqual(['leak_kmalloc ?:?']);
    expect(notes.map(({ code }) => code)).toContain('kernel-no-debug-info');
  });
});

/** Folders of ours that hold what was unpacked. */
const leftOvers = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('memlens-module-'));

describe('a module that is packed, as distributions install it', () => {
  const callIn = (ko: string): string => `leak_kmalloc+${programs.call(ko, 'leak_kmalloc', '__kmalloc').text} [leak_mod]`;

  test.each([
    ['gz', 'gzip -n'],
    ['xz', 'xz --check=crc32'],
    ['zst', 'zstd -q --rm'],
  ])('.ko.%s has its lines, and nothing of it stays behind', async (suffix, packer) => {
    const ko = programs.module();
    const call = callIn(ko);
    const [tool = '', ...options] = packer.split(' ');
    rmSync(`${ko}.${suffix}`, { force: true });
    programs.run(tool, ...options, ko);
    const before = leftOvers();
    try {
      for (const trees of [[programs.dir], [`${ko}.${suffix}`]]) {
        const { frames, finding, notes } = await opened([call], trees);
        expect(notes.filter(({ severity }) => severity === 'warning')).toEqual([]);
        expect(told(frames).at(-1)).toBe(`leak_kmalloc ${programs.at('drivers/leak/leak-mod.c')}:8`);
        expect(finding.place).toMatchObject({ line: 8 });
      }
      expect(leftOvers()).toEqual(before);
    } finally {
      rmSync(`${ko}.${suffix}`, { force: true });
    }
  });

  test('without debug information is named as it lies there', async () => {
    const ko = programs.module();
    const call = callIn(ko);
    programs.run('strip', '-g', ko);
    programs.run('xz', '-f', ko);
    try {
      const { frames, notes } = await opened([call]);
      expect(told(frames)).toEqual(['leak_kmalloc ?:?']);
      expect(notes.find(({ code }) => code === 'kernel-no-debug-info')?.text).toContain(`${ko}.xz has no debug`);
    } finally {
      rmSync(`${ko}.xz`, { force: true });
    }
  });

  test('that is broken is told as such', async () => {
    const ko = programs.module();
    const call = callIn(ko);
    programs.run('xz', '-f', ko);
    const packed = readFileSync(`${ko}.xz`);
    writeFileSync(`${ko}.xz`, packed.subarray(0, packed.length / 2));
    const before = leftOvers();
    try {
      const { frames, notes } = await opened([call]);
      expect(told(frames)).toEqual(['leak_kmalloc ?:?']);
      const note = notes.find(({ code }) => code === 'kernel-packed');
      expect(note?.text).toContain(`${ko}.xz could not be unpacked`);
      expect(leftOvers()).toEqual(before);
    } finally {
      rmSync(`${ko}.xz`, { force: true });
    }
  });

  test('whose program is not there is named with it', async () => {
    const ko = programs.module();
    const call = callIn(ko);
    programs.run('xz', '-f', ko);
    const bin = programs.at('bin');
    mkdirSync(bin, { recursive: true });
    for (const name of ['sh', 'addr2line', 'gcc', 'env']) {
      rmSync(`${bin}/${name}`, { force: true });
      symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), `${bin}/${name}`);
    }
    const path = process.env['PATH'];
    process.env['PATH'] = bin;
    try {
      const { notes } = await opened([call]);
      expect(notes.find(({ code }) => code === 'kernel-packed')?.text).toContain('xz is not installed on this machine');
    } finally {
      process.env['PATH'] = path;
      rmSync(`${ko}.xz`, { force: true });
    }
  });
});

describe('the kernel itself, above 2^53', () => {
  test('has the lines that addr2line tells; of static functions of one name the size tells which', async () => {
    const [one, two] = [programs.call(vmlinux, 'probe', 'keep', 0), programs.call(vmlinux, 'probe', 'keep', 1)];
    const init = programs.call(vmlinux, 'start_kernel', 'do_one_initcall');
    expect(one.text.split('/')[1]).not.toBe(two.text.split('/')[1]);
    const calls = [`probe+${one.text}`, `probe+${two.text}`, `start_kernel+${init.text}`];
    const { frames } = await opened(calls);
    expect(plain(told(frames))).toEqual([one, two, init].flatMap((call) => programs.addr2line(vmlinux, call)));
    expect(told(frames)[0]).toBe(`probe ${programs.at('drivers/one.c')}:3`);
    expect(told(frames)[1]).toBe(`probe ${programs.at('drivers/two.c')}:3`);
  });

  test('of two that are alike none is taken', async () => {
    const twin = programs.call(vmlinux, 'twin', 'keep');
    const { frames } = await opened([`twin+${twin.text}`]);
    expect(told(frames)).toEqual(['twin ?:?']);
  });

  test('is found as a file that is named, too, and frames that hold a line already stay as they are', async () => {
    const init = programs.call(vmlinux, 'start_kernel', 'do_one_initcall');
    const { frames } = await opened([`start_kernel+${init.text} kernel/other.c:77`, `start_kernel+${init.text}`], [vmlinux]);
    expect(told(frames)).toEqual(['start_kernel kernel/other.c:77', ...programs.addr2line(vmlinux, init)]);
  });

  test('no tree, no lines, and no word about it', async () => {
    const init = programs.call(vmlinux, 'start_kernel', 'do_one_initcall');
    const { frames, notes } = await opened([`start_kernel+${init.text}`], []);
    expect([told(frames), notes]).toEqual([['start_kernel ?:?'], []]);
  });
});

describe('heap profiles of a kernel', () => {
  test('page_owner: two calls of one function are told apart by their lines, and nothing is lost', async () => {
    const ko = programs.module();
    const [more, twice] = ['__kmalloc', 'keep'].map((callee) => programs.call(ko, 'leak_more', callee));
    const parser = new PageOwnerParser();
    for (const call of [more, twice, more]) {
      parser.push(`Page allocated via order 1, mask 0xcc0(GFP_KERNEL), pid 1, ts 5 ns
PFN 5 type Unmovable Block 0 type Unmovable Flags 0x0()
 leak_more+${call!.text} [leak_mod]

`);
    }
    const before = parser.end()!;
    expect(before.frames.length).toBe(2);
    const { profile } = await symbolizer([programs.dir]).symbolizeProfile(before, {}, neverCancelled);
    const { frames, texts, tree } = profile;
    const lines = [...tree.frame]
      .slice(1)
      .map((frame) => `${texts[frames.function[frame]!]} ${texts[frames.file[frame]!]}:${frames.line[frame]}`);
    expect(new Set(lines)).toEqual(new Set([...programs.addr2line(ko, more!), ...programs.addr2line(ko, twice!)]));
    expect(profile.self[0]!.reduce((sum, one) => sum + one, 0)).toBe(3 * 8192);
    expect(frames.call).toBeUndefined();
    const unnamed = await symbolizer([]).symbolizeProfile(before, {}, neverCancelled);
    expect([unnamed.profile.tree.length, unnamed.profile.self[0]![1]]).toEqual([2, 3 * 8192]);
  });
});

describe('memlens parse', () => {
  let report: string;
  let line: string;
  beforeEach(() => {
    const ko = programs.module();
    const { text } = programs.call(ko, 'leak_kmalloc', '__kmalloc');
    report = programs.at('kmemleak.txt');
    writeFileSync(report, kmemleak([`leak_kmalloc+${text} [leak_mod]`]));
    line = `${programs.at('drivers/leak/leak-mod.c')}:8`;
  });
  const placeOf = async (cwd: string, ...args: string[]): Promise<string | null> => {
    const done = await memlens(['parse', report, '-f', 'json', ...args], { cwd });
    const frame = (JSON.parse(done.stdout) as JsonReport).findings[0]?.stacks[0]?.frames.at(-1);
    return frame?.file === null || frame === undefined ? null : `${frame.file}:${frame.line}`;
  };

  test('takes the lines from the tree that it is called in, and from one that is named', async () => {
    const elsewhere = programs.at('init');
    expect(await placeOf(programs.dir)).toBe(line);
    expect(await placeOf(elsewhere)).toBeNull();
    expect(await placeOf(elsewhere, '--vmlinux', programs.dir)).toBe(line);
    expect(await placeOf(elsewhere, '--vmlinux', programs.at('drivers/leak/leak-mod.ko'))).toBe(line);
    expect(await placeOf(programs.dir, '--symbols', 'off')).toBeNull();
  });
});
