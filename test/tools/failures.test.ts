import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cli, type JsonReport, memlens } from './program-cases.js';

const programs = join(import.meta.dirname, '../programs');
let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-failure-')));
  copyFileSync(join(programs, 'scrub.h'), join(dir, 'scrub.h'));
});
afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true, force: true });
});

const use = (name: string): string => {
  copyFileSync(join(programs, name), join(dir, name));
  return name;
};
const profile = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  memlens(['profile', ...args], { cwd: dir, env });
const report = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const file = join(dir, 'report.json');
  const done = await profile(['--format', 'json', '--output', file, ...args], env);
  return { done, report: JSON.parse(readFileSync(file, 'utf8')) as JsonReport };
};
const codes = ({ notes }: JsonReport): readonly string[] => notes.map((note) => note.code);
/** Whether a process of this command line is left. */
const isRunning = (words: string): boolean => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(words);
/** A PATH with these tools of the system, and no others. */
const pathWith = (...tools: readonly string[]): string => {
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const tool of ['sh', 'uname', ...tools]) {
    const real = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { encoding: 'utf8' }).trim();
    writeFileSync(join(bin, tool), `#!/bin/sh\nexec '${real}' "$@"\n`);
    chmodSync(join(bin, tool), 0o755);
  }
  return bin;
};

describe('the words of a failure', () => {
  test('no compiler', async () => {
    const done = await profile([use('clean.c')], { PATH: pathWith(), CC: '', CXX: '' });
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/can't be used here: .*compiler/);
    expect(done.stderr).toMatch(/install/);
  });

  test('an engine that is missing says how to install it', async () => {
    const done = await profile([use('clean.c'), '--engine', 'memcheck'], { PATH: pathWith('gcc'), CC: 'gcc', CXX: '' });
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/Memcheck can't be used here: .*[Vv]algrind/);
    expect(done.stderr).toMatch(/install.* valgrind/);
  });

  test('an engine that is too old', async () => {
    const bin = pathWith('gcc');
    writeFileSync(join(bin, 'valgrind'), '#!/bin/sh\necho valgrind-3.2.1\n');
    chmodSync(join(bin, 'valgrind'), 0o755);
    const done = await profile([use('clean.c'), '--engine', 'memcheck'], { PATH: bin, CC: 'gcc', CXX: '' });
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/3\.2\.1/);
  });

  test('an engine that is killed keeps what it has said', async () => {
    writeFileSync(
      join(dir, 'killed.c'),
      '#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\nint main(void) {\n  char *p = malloc(4);\n  p[4] = 1;\n  FILE *f = fopen("pid", "w");\n  fprintf(f, "%d", getpid());\n  fclose(f);\n  for (;;) pause();\n}\n',
    );
    const running = report(['killed.c', '--engine', 'memcheck']);
    const pidFile = join(dir, 'pid');
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    const { report: found, done } = await running;
    expect(done.status).toBe(1);
    expect(found.partial).toBe(true);
    expect(found.findings).toMatchObject([{ kind: 'InvalidWrite', place: { line: 6 } }]);
    expect(codes(found)).toContain('crashed');
  });

  test('a compile error shows the compiler’s own message', async () => {
    const done = await profile([use('compile-error.c')]);
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/compile-error\.c:\d+:\d+: error: /);
    expect(done.stderr).toMatch(/memlens: The build failed: /);
  });

  test('no main', async () => {
    const done = await profile([use('no-main.c')]);
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/has no main function/);
  });

  test.each([
    ['gone.c', /The source file .*gone\.c does not exist/],
    ['gone', /The program .*gone does not exist/],
    ['script', /is no ELF executable/],
    ['folder', /folder is a directory, not a program/],
    ['locked', /locked is not executable/],
    ['other', /was built for s390x, and this machine is/],
    ['cut', /is no ELF executable|Build it|could not be read/],
  ])('%s: no program to run', async (name, words) => {
    writeFileSync(join(dir, 'script'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    mkdirSync(join(dir, 'folder'));
    const elf = readFileSync('/bin/true');
    writeFileSync(join(dir, 'locked'), elf, { mode: 0o644 });
    writeFileSync(join(dir, 'cut'), elf.subarray(0, 40), { mode: 0o755 });
    // ELF header: 64 bits, most significant byte first, ET_EXEC, EM_S390 (elf(5)).
    const other = Buffer.alloc(64);
    other.set([0x7f, 0x45, 0x4c, 0x46, 2, 2, 1]);
    other.writeUInt16BE(2, 16);
    other.writeUInt16BE(22, 18);
    other.writeUInt32BE(1, 20);
    writeFileSync(join(dir, 'other'), other, { mode: 0o755 });
    const done = await profile([name]);
    expect(done.stderr).toMatch(words);
    expect(done.status).toBe(2);
  });

  test('a static program: the engines that would see nothing say so', async () => {
    execFileSync('gcc', ['-static', '-g', '-o', 'fixed', join(programs, 'clean.c')], { cwd: dir });
    const done = await profile(['fixed']);
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/static/);
  });

  test('a program that crashes, and one that exits non-zero', async () => {
    const crash = await report([use('aborts.c'), '--engine', 'memcheck']);
    expect(codes(crash.report)).toContain('crashed');
    expect(crash.report.run).toMatchObject({ signal: 'SIGABRT' });
    expect(crash.report.findings.some((finding) => finding.kind === 'leak' && finding.bytes === 50)).toBe(true);
    const silent = await report(['aborts.c', '--engine', 'lsan']);
    expect(codes(silent.report)).toContain('no-leak-check');
    const exit = await report([use('exit-code.c')]);
    expect(exit.report.run).toMatchObject({ exitCode: 42 });
    expect(codes(exit.report)).toContain('exit-code');
  });

  test.each(['asan', 'lsan', 'lsan-preload', 'memcheck', 'heaptrack'])(
    'never ends: the time limit ends it, and its leaks are reported (%s)',
    async (engine) => {
      const { report: found, done } = await report([use('never-ends.c'), '--engine', engine, '--time-limit', '2']);
      expect(done.status).toBe(1);
      expect(codes(found)).toContain('time-limit');
      expect(found.findings).toHaveLength(1);
      expect(found.findings[0]).toMatchObject({ kind: 'leak', place: { line: 7 } });
      expect(found.findings[0]?.bytes).toBeGreaterThanOrEqual(1000);
      expect(isRunning('/never-ends')).toBe(false);
    },
  );

  test('Ctrl-C stops it, and what was found is reported', async () => {
    const file = join(dir, 'report.json');
    const child = spawn(process.execPath, [cli, 'profile', use('never-ends.c'), '--format', 'json', '--output', file], {
      cwd: dir,
    });
    while (!isRunning(`${tmpdir()}/memlens-run-`) || !isRunning('/never-ends'))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 700));
    child.kill('SIGINT');
    const status = await new Promise((resolve) => child.once('exit', resolve));
    expect(status).toBe(1);
    const found = JSON.parse(readFileSync(file, 'utf8')) as JsonReport;
    expect(codes(found)).toContain('stopped');
    expect(found.findings[0]).toMatchObject({ kind: 'leak', place: { line: 7 } });
  });

  test('one that ignores SIGTERM is ended all the same', async () => {
    const { report: found } = await report([use('ignores-sigterm.c'), '--time-limit', '1']);
    expect(codes(found)).toContain('time-limit');
    expect(isRunning('/ignores-sigterm')).toBe(false);
  });

  test('one that leaves a child behind', async () => {
    const { report: found, done } = await report([use('outlives-parent.c')]);
    expect(done.status).toBe(1);
    expect(codes(found)).toContain('left-behind');
    expect(found.findings.map((finding) => finding.bytes)).toContain(50);
    expect(isRunning('/outlives-parent')).toBe(false);
  });

  test('one that prints a gigabyte', async () => {
    // Its output is thrown away here: what counts is that nothing of it is kept in memory.
    const file = join(dir, 'report.json');
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=128', cli, 'profile', use('endless-output.c'), '--format', 'json', '--output', file, '--', '1'],
      {
        cwd: dir,
        stdio: 'ignore',
      },
    );
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
    expect((JSON.parse(readFileSync(file, 'utf8')) as JsonReport).findings).toMatchObject([{ kind: 'leak', bytes: 50 }]);
  });

  test('no place for the report', async () => {
    const gone = await profile([use('clean.c')], { TMPDIR: join(dir, 'no-such') });
    expect(gone.status).toBe(2);
    expect(gone.stderr).toMatch(/no-such.* does not exist/);
    const output = await profile(['clean.c', '--output', join(dir, 'no/such/report')]);
    expect(output.status).toBe(2);
    expect(output.stderr).toMatch(/report does not exist/);
    expect(output.stderr).not.toMatch(/a bug in MemLens/);
  });

  test('a working directory that is not there or is a file, and a source that is a folder', async () => {
    use('clean.c');
    for (const cwd of ['gone', 'clean.c']) {
      const done = await profile(['clean.c', '--cwd', join(dir, cwd)]);
      expect([done.status, done.stderr]).toEqual([2, expect.stringMatching(/The working directory .* does not exist/)]);
    }
    mkdirSync(join(dir, 'folder.c'));
    const folder = await profile(['folder.c']);
    expect([folder.status, folder.stderr]).toEqual([2, expect.stringMatching(/folder\.c is a directory/)]);
  });

  test('a directory for temporary files with a relative name, or with every quote', async () => {
    mkdirSync(join(dir, `it's "odd" here`));
    for (const TMPDIR of ['.', join(dir, `it's "odd" here`)]) {
      const { done, report: found } = await report([use('exit-code.c'), '--engine', 'lsan'], { TMPDIR });
      expect(done.status).toBe(1);
      expect(found.findings).toMatchObject([{ kind: 'leak', bytes: 50 }]);
    }
  });

  test('no place for the cache, or one whose name LD_PRELOAD can not hold', async () => {
    // In /proc nothing can be made, not even by root.
    for (const cache of ['/proc/nope/cache', join(dir, 'my cache: ours')]) {
      const { done, report: found } = await report([use('exit-code.c'), '--engine', 'lsan-preload'], { XDG_CACHE_HOME: cache });
      expect(done.status).toBe(1);
      expect(found.findings).toMatchObject([{ kind: 'leak', bytes: 50 }]);
    }
  });

  test("the other engine's suppression file, and one that is none", async () => {
    writeFileSync(join(dir, 'lsan.supp'), '# ours\nleak:main\n');
    writeFileSync(join(dir, 'valgrind.supp'), '{\n  all\n  Memcheck:Leak\n  ...\n  fun:main\n}\n');
    writeFileSync(join(dir, 'prose.supp'), 'All is well.\n');
    const both = ['--suppressions', 'lsan.supp', '--suppressions', 'valgrind.supp'];
    for (const engine of ['lsan', 'memcheck']) {
      const { done, report: quiet } = await report([use('exit-code.c'), '--engine', engine, ...both]);
      expect(done.status).toBe(0);
      expect(codes(quiet)).toContain('suppressions-unfit');
      const bad = await report(['exit-code.c', '--engine', engine, '--suppressions', 'prose.supp']);
      expect(bad.done.status).toBe(2);
      expect(codes(bad.report)).toContain(engine === 'lsan' ? 'suppressions-unreadable' : 'valgrind-fatal');
    }
  });

  test('a full disk', async ({ skip }) => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      skip('needs the right to mount a small tmpfs');
    }
    try {
      const done = await profile([use('clean.c')], { TMPDIR: disk });
      expect(done.status).toBe(2);
      expect(done.stderr).toMatch(/The disk is full/);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('a report that is none, is empty, is gone, or is a folder', async () => {
    writeFileSync(join(dir, 'empty'), '');
    writeFileSync(join(dir, 'prose'), 'All is well.\n');
    for (const [name, words] of [
      ['empty', /empty holds no memory report/],
      ['prose', /prose holds no memory report/],
      ['gone', /The report gone does not exist/],
      ['.', /\. could not be read/],
    ] as const) {
      const done = await memlens(['parse', name], { cwd: dir });
      expect(done.status).toBe(2);
      expect(done.stderr).toMatch(words);
    }
    expect(existsSync(join(dir, 'core'))).toBe(false);
  });
});
