import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Reader, ReadRequest, ReadSink } from '../../src/app/reader.js';
import { neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import type { ProcessStat } from '../../src/model/process.js';
import { LocalReader } from '../../src/node/local-reader.js';
import { SHELL_BOOT } from '../../src/node/reader-program.js';
import { processesOfSession } from '../../src/node/sessions.js';
import { childChannel, type ShellChannel } from '../../src/node/shell-channel.js';
import { openShellReader, type ShellReaderOptions } from '../../src/node/shell-reader.js';
import { type Started, signalGroup, start } from '../../src/node/spawn.js';

const has = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const SHELLS: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash'],
  'bash --posix': ['bash', '--posix'],
  'busybox ash': ['busybox', 'ash'],
  mksh: ['mksh'],
  yash: ['yash'],
  ksh93: ['ksh93'],
  zsh: ['zsh', '-f'],
};
const AWKS = ['mawk', 'gawk', 'original-awk', 'busybox awk', undefined] as const;
const isRoot = process.getuid?.() === 0;

/** A process of its own, whose memory nothing shares: its Pss does not change because of others. */
const STILL = `
#include <sys/prctl.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char line[64];
  prctl(PR_SET_PDEATHSIG, 9);
  if (argc > 1) prctl(PR_SET_NAME, argv[1]);
  memset(malloc(300000), 1, 300000);
  memset(malloc(3000), 1, 3000);
  puts("ready"); fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    if (line[0] == 'e') execl("/proc/self/exe", "other", "executed", "two words", (char *)0);
    if (line[0] == 'm') { char *p = malloc(1 << 20); memset(p, 1, 1 << 20); puts("done"); fflush(stdout); }
  }
  return 0;
}`;

let dir: string;
let still: string;
const children: ChildProcess[] = [];
const sessions: Started[] = [];
const readers: Reader[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-readers-'));
  still = join(dir, 'still');
  writeFileSync(`${still}.c`, STILL);
  execFileSync('gcc', ['-static', '-o', still, `${still}.c`]);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.dispose();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const { pid, ended } of sessions.splice(0)) {
    signalGroup(pid, 'SIGCONT');
    await Promise.race([ended, pause(5000)]);
    await until(async () => (await processesOfSession(pid)).length === 0, 3000);
    expect(await processesOfSession(pid)).toEqual([]);
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => Promise<boolean> | boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await pause(10)) if (await condition()) return true;
  return condition();
}

async function startStill(name: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn(still, [name], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  if (child.stdout === null || child.pid === undefined) throw new Error('not started');
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

const faultOf = (_: unknown, stderr: string): Fault => ({ code: 'target-unreachable', target: 'test', detail: stderr });

async function startShell(argv: readonly string[]): Promise<{ started: Started; channel: ShellChannel }> {
  const started = await start({ argv }, ['pipe', 'pipe', 'pipe']);
  if (!started.ok) throw new Error(started.error.code);
  sessions.push(started.value);
  return { started: started.value, channel: childChannel(started.value, faultOf) };
}

async function openOver(channel: ShellChannel, options: Partial<ShellReaderOptions> = {}): Promise<Reader> {
  const reader = await openShellReader(channel, { target: 'test', helloMs: 10_000, ...options }, neverCancelled);
  if (!reader.ok) throw new Error(JSON.stringify(reader.error));
  readers.push(reader.value);
  return reader.value;
}

const bootArgv = (shell: readonly string[]): string[] => [
  ...shell,
  '-c',
  SHELL_BOOT.replace(/^exec sh/, `exec ${shell.join(' ')}`),
];

async function open(shell: readonly string[], awk: string | undefined): Promise<Reader> {
  const { channel } = await startShell(bootArgv(shell));
  return openOver(channel, { awks: awk === undefined ? [] : [awk] });
}

const NOTHING: ReadRequest = { files: [], everyStat: false, processes: [], maps: [], fds: [] };

class Told implements ReadSink {
  readonly words: string[] = [];
  readonly stats = new Map<number, ProcessStat>();
  readonly exits: number[] = [];
  readonly costs: string[] = [];
  text = (pid: number, name: string, bytes: Uint8Array): void => {
    // The number of pending signals is one of the user, not of the process.
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace(/SigQ:.*/, 'SigQ:');
    this.tell('text', pid, name, text);
  };
  unreadable = (pid: number, name: string, why: string): void => this.tell('unreadable', pid, name, why);
  stat = (stat: ProcessStat): void => void this.stats.set(stat.pid, stat);
  exit = (pid: number): void => void this.exits.push(pid);
  maps = (pid: number, digest: object): void => this.tell('maps', pid, JSON.stringify(digest));
  fds = (pid: number, count: number): void => this.tell('fds', pid, count);
  cost = (pid: number, name: string, us: number): void => {
    expect(us).toBeGreaterThan(0);
    this.costs.push(`${pid}/${name}`);
  };

  private tell(...words: readonly unknown[]): void {
    this.words.push(words.join('|'));
  }
}

async function tick(reader: Reader, request: Partial<ReadRequest>): Promise<Told> {
  const told = new Told();
  const result = await reader.read({ ...NOTHING, ...request }, told);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  told.words.sort();
  return told;
}

for (const [shellName, shell] of Object.entries(SHELLS)) {
  for (const awk of AWKS) {
    const missing = [shell[0] as string, awk?.split(' ')[0] ?? 'cat'].filter((program) => !has(program));
    const name = `${shellName} with ${awk ?? 'no awk'}${missing.length > 0 ? ` (not installed: ${missing.join(', ')})` : ''}`;
    describe.skipIf(missing.length > 0)(name, () => {
      test("tells what this machine's own reader tells, once", async () => {
        const child = await startStill('still) S (x');
        child.kill('SIGSTOP');
        const odd = join(dir, `odd 'name' "$HOME" \`x\` \\n*`);
        writeFileSync(odd, 'MemTotal:   1 kB\n\n  -=~>@@ \xff\\n $x\nMemFree: 5 kB\nlast\n', 'latin1');
        const empty = join(dir, 'empty');
        writeFileSync(empty, '');
        const names = ['status', 'smaps_rollup', 'statm', 'oom_score', 'cmdline', 'comm', 'smaps', 'limits', 'no_such'];
        const request: Partial<ReadRequest> = {
          files: [odd, empty, '/proc/version', join(dir, 'missing')],
          everyStat: true,
          processes: [
            { pid: child.pid, names },
            { pid: 4_000_000, names: ['status'] },
          ],
          maps: [child.pid],
          fds: [child.pid],
        };
        const local = new LocalReader();
        readers.push(local);
        const reader = await open(shell, awk);
        const [ours, expected] = [await tick(reader, request), await tick(local, request)];
        expect(ours.words).toEqual(expected.words);
        expect(ours.stats.get(child.pid)).toEqual(expected.stats.get(child.pid));
        expect(ours.stats.get(child.pid)).toMatchObject({ command: 'still) S (x', state: 'T', parent: process.pid });
        expect(ours.stats.get(process.pid)?.startTicks).toBe(expected.stats.get(process.pid)?.startTicks);
        expect(expected.words.some((word) => word.startsWith(`maps|${child.pid}|`) && word.includes('heap'))).toBe(true);
        if (awk !== undefined) expect(ours.costs).toContain(`${child.pid}/smaps_rollup`);

        const second = await tick(reader, request);
        expect(second.words.filter((word) => !word.includes('SigQ:'))).toEqual([]);
        expect(second.stats.has(child.pid)).toBe(false);

        writeFileSync(odd, 'MemTotal:   1 kB\n\n  -=~>@@ \xff\\n $x\nMemFree: 6 kB\nlast\n', 'latin1');
        rmSync(empty);
        child.kill('SIGKILL');
        await once(child, 'exit');
        const [third, last] = [await tick(reader, request), await tick(local, request)];
        expect(third.words).toEqual(last.words);
        expect(third.exits).toContain(child.pid);
        expect(last.exits).toContain(child.pid);
        expect(third.words).toContain(`unreadable|${child.pid}|smaps_rollup|gone`);
      });

      test('a long list of processes, and the end of its input', async () => {
        const { started, channel } = await startShell(bootArgv(shell));
        const reader = await openOver(channel, { awks: awk === undefined ? [] : [awk] });
        const count = awk === undefined ? 200 : 3000;
        const processes = Array.from({ length: count }, (_, i) => ({ pid: 3_000_000 + 7 * i, names: ['statm'] }));
        const told = await tick(reader, { processes: [...processes, { pid: process.pid, names: ['statm'] }], everyStat: true });
        expect(told.words.filter((word) => word.startsWith('unreadable|'))).toHaveLength(count);
        expect(told.words.filter((word) => word.startsWith('text|'))).toHaveLength(1);
        expect(told.stats.get(process.pid)?.pid).toBe(process.pid);
        reader.dispose();
        expect(await until(async () => (await processesOfSession(started.pid)).length === 0, 5000)).toBe(true);
      });
    });
  }
}

for (const awk of AWKS) {
  describe.skipIf(awk !== undefined && !has(awk.split(' ')[0] as string))(`processes, with ${awk ?? 'no awk'}`, () => {
    test('names that hold anything', async () => {
      const names = [
        'a) S 1',
        'x\ny',
        '@@ e\n@@',
        '\x1b[31mred',
        'abcdefghijklmno',
        ' ',
        ') (',
        '-',
        'tab\there',
        '\n\n)\n',
        'a  b',
      ];
      const stills = await Promise.all(names.map((name) => startStill(name)));
      const reader = await open(['dash'], awk);
      const { stats } = await tick(reader, { everyStat: true });
      expect(stills.map(({ pid }) => stats.get(pid)?.command)).toEqual(names);
      for (const { pid } of stills) expect(stats.get(pid)).toMatchObject({ parent: process.pid, threads: 1 });
      const local = new LocalReader();
      readers.push(local);
      const expected = await tick(local, { everyStat: true });
      // They stand still, but for the pages that the kernel takes from them or counts later.
      const known = (told: Told['stats']): unknown => stills.map(({ pid }) => ({ ...told.get(pid), rssPages: undefined }));
      expect(known(expected.stats)).toEqual(known(stats));
    });

    test('growth, exec, exit', async () => {
      const child = await startStill('grows');
      const reader = await open(['dash'], awk);
      const request = { everyStat: true, processes: [{ pid: child.pid, names: ['smaps_rollup', 'cmdline'] }] };
      const rss = ({ words }: Told): number => Number(/\nRss: +(\d+) kB/.exec(words.join('\n'))?.[1]);
      const before = rss(await tick(reader, request));
      child.stdin?.write('m\n');
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      const grown = await tick(reader, request);
      expect(rss(grown)).toBeGreaterThanOrEqual(before + 1024);
      expect(grown.words.some((word) => word.includes('cmdline'))).toBe(false);
      child.stdin?.write('e\n');
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      const executed = await tick(reader, request);
      expect(executed.words[0]).toBe(`text|${child.pid}|cmdline|other\0executed\0two words\0`);
      expect(executed.stats.get(child.pid)?.command).toBe('executed');
      expect(rss(executed)).toBeLessThan(before + 1024);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect((await tick(reader, request)).exits).toContain(child.pid);
    });

    test.skipIf(!isRoot || !has('setpriv'))('files of other users are not ours to read', async () => {
      const child = await startStill('private');
      const { channel } = await startShell([
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        'dash',
        '-c',
        SHELL_BOOT,
      ]);
      const reader = await openOver(channel, { awks: awk === undefined ? [] : [awk] });
      const told = await tick(reader, {
        files: ['/proc/slabinfo'],
        processes: [{ pid: child.pid, names: ['smaps_rollup', 'statm'] }],
        maps: [child.pid],
        fds: [child.pid],
      });
      const { pid } = child;
      expect(told.words.filter((word) => !word.startsWith('text|'))).toEqual([
        'unreadable|0|/proc/slabinfo|permission',
        ...['fd', 'maps', 'smaps_rollup'].map((name) => `unreadable|${pid}|${name}|permission`),
      ]);
      expect(told.words.filter((word) => word.startsWith('text|'))).toHaveLength(1);
    });
  });
}

describe('a pid that is given again', () => {
  const LAST_PID = '/proc/sys/kernel/ns_last_pid';
  const canChoose = ((): boolean => {
    try {
      accessSync(LAST_PID, constants.W_OK);
      return isRoot;
    } catch {
      return false;
    }
  })();

  test.skipIf(!canChoose)('is told as an exit and a new process, whose texts come again', async () => {
    const all = [
      new LocalReader(),
      await open(['dash'], 'mawk'),
      await open(['dash'], 'original-awk'),
      await open(['dash'], undefined),
    ];
    readers.push(all[0] as Reader);
    let before: number | undefined;
    let child = await startStill('first');
    let request = {};
    // Another process of the machine may take the pid.
    for (let attempt = 0; attempt < 20 && before !== child.pid; attempt++) {
      before = child.pid;
      request = { everyStat: true, processes: [{ pid: before, names: ['comm'] }] };
      for (const reader of all) expect((await tick(reader, request)).words).toEqual([`text|${before}|comm|first\n`]);
      child.kill('SIGKILL');
      await once(child, 'exit');
      // A start time has a resolution of 10 ms.
      await pause(30);
      writeFileSync(LAST_PID, String(before - 1));
      child = await startStill('first');
    }
    const { pid } = child;
    expect(pid).toBe(before);
    for (const reader of all) {
      const told = await tick(reader, request);
      expect(told.exits).toContain(pid);
      expect(told.stats.get(pid)?.command).toBe('first');
      expect(told.words).toEqual([`text|${pid}|comm|first\n`]);
    }
  });
});

describe.skipIf(!isRoot || !has('busybox') || !has('unshare'))('a root directory with BusyBox alone', () => {
  test('by its own awk, and without it', async () => {
    const root = join(dir, 'root');
    for (const folder of ['bin', 'proc']) mkdirSync(join(root, folder), { recursive: true });
    execFileSync('cp', [
      execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim(),
      join(root, 'bin/busybox'),
    ]);
    for (const applet of ['sh', 'cat', 'sleep', 'uname']) symlinkSync('busybox', join(root, 'bin', applet));
    const child = await startStill('seen from there');
    for (const awks of [undefined, []]) {
      const enter = 'mount --bind /proc "$1/proc" && exec chroot "$1" /bin/sh -c "$2"';
      const { channel } = await startShell(['unshare', '-m', 'sh', '-c', enter, 'sh', root, SHELL_BOOT]);
      const reader = await openOver(channel, awks === undefined ? {} : { awks });
      const told = await tick(reader, {
        files: ['/proc/version'],
        everyStat: true,
        processes: [{ pid: child.pid, names: ['cmdline'] }],
      });
      expect(told.words).toEqual([
        `text|0|/proc/version|${readFileSync('/proc/version', 'latin1')}`,
        `text|${child.pid}|cmdline|${still}\0seen from there\0`,
      ]);
      expect(told.stats.get(child.pid)?.command).toBe('seen from there');
    }
  });
});

describe.skipIf(!isRoot || !has('busybox'))('an emulated machine', () => {
  test('stat of other processes has more fields than the own one, which qemu makes up', async () => {
    const root = join(dir, 'emulated');
    const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
    mkdirSync(join(root, 'bin'), { recursive: true });
    execFileSync('cp', [busybox, join(root, 'bin/busybox')]);
    for (const applet of ['sh', 'cat', 'sleep', 'uname']) symlinkSync('busybox', join(root, 'bin', applet));
    const own = readFileSync('/proc/self/stat', 'latin1').trim().split(' ');
    const lines: Readonly<Record<string, string>> = {
      self: `${own.slice(0, 44).join(' ')}\n`,
      7: `7 (plain) ${own.slice(2).join(' ')}\n`,
      8: `8 ( a  b) 1) ${own.slice(2).join(' ')}\n`,
    };
    for (const [pid, line] of Object.entries(lines)) {
      mkdirSync(join(root, 'proc', pid), { recursive: true });
      writeFileSync(join(root, 'proc', pid, 'stat'), line);
    }
    const { channel } = await startShell(['chroot', root, '/bin/sh', '-c', SHELL_BOOT]);
    const { stats } = await tick(await openOver(channel), { everyStat: true });
    expect(stats.get(7)).toMatchObject({ command: 'plain', vsz: Number(own[22]) });
    expect(stats.get(8)).toEqual({ ...stats.get(7), pid: 8, command: ' a  b) 1' });
  });
});

describe('ends', () => {
  const left = (pid: number): Promise<boolean> => until(async () => (await processesOfSession(pid)).length === 0, 8000);

  for (const awk of ['mawk', 'busybox awk', undefined]) {
    const options: Partial<ShellReaderOptions> = { awks: awk === undefined ? [] : [awk] };
    const name = awk ?? 'no awk';

    test(`a client that is killed, with ${name}`, async () => {
      const { started, channel } = await startShell(bootArgv(['dash']));
      const reader = await openOver(channel, options);
      await tick(reader, { everyStat: true });
      // As when a process dies: both ends of its pipes are closed at once.
      for (const stream of [started.child.stdin, started.child.stdout, started.child.stderr]) stream?.destroy();
      expect(await left(started.pid)).toBe(true);
    });

    test(`a cable that is pulled, with ${name}`, async () => {
      const { started, channel } = await startShell(bootArgv(['dash']));
      let pulled = false;
      const cable: ShellChannel = {
        ...channel,
        write: (text) => (pulled ? undefined : channel.write(text)),
        end: () => undefined,
      };
      const reader = await openOver(cable, { ...options, watchdogMs: 2000 });
      await pause(4500);
      // The reader keeps the loop awake between rare ticks.
      expect((await tick(reader, { everyStat: true })).stats.size).toBeGreaterThan(0);
      const ended = new Promise<Fault>((resolve) => reader.onDidEnd(resolve));
      pulled = true;
      expect(await left(started.pid)).toBe(true);
      expect((await ended).code).toBe('target-unreachable');
    });
  }

  test('a client that reads no more: the watchdog ends the awk that waits for it, too', async () => {
    const { started, channel } = await startShell(bootArgv(['dash']));
    let pulled = false;
    const cable: ShellChannel = { ...channel, write: (text) => (pulled ? undefined : channel.write(text)), end: () => undefined };
    const reader = await openOver(cable, { awks: ['mawk'], watchdogMs: 2000 });
    const big = join(dir, 'big');
    writeFileSync(big, `${'x'.repeat(100)}\n`.repeat(20_000));
    started.child.stdout?.pause();
    void reader.read({ ...NOTHING, files: [big] }, new Told());
    await pause(50);
    pulled = true;
    expect(await until(async () => (await processesOfSession(started.pid)).length === 0, 8000)).toBe(true);
    started.child.stdout?.resume();
  });

  test.each(Object.entries(SHELLS))('an awk that is stopped when the client dies, with %s', async (_, shell) => {
    const { started, channel } = await startShell(bootArgv(shell));
    const reader = await openOver(channel, { awks: ['mawk'], watchdogMs: 2000 });
    const { stats } = await tick(reader, { everyStat: true });
    const awk = [...stats.values()].find(({ command, session }) => command === 'mawk' && session === started.pid);
    process.kill(awk?.pid as number, 'SIGSTOP');
    for (const stream of [started.child.stdin, started.child.stdout, started.child.stderr]) stream?.destroy();
    expect(await left(started.pid)).toBe(true);
  });

  test('a server that is stopped: the read says so in its time, and nothing comes twice', async () => {
    const { started, channel } = await startShell(bootArgv(['dash']));
    const reader = await openOver(channel, { answerMs: 300 });
    await tick(reader, { everyStat: true });
    signalGroup(started.pid, 'SIGSTOP');
    const told = new Told();
    expect(await reader.read({ ...NOTHING, everyStat: true }, told)).toEqual({
      ok: false,
      error: { code: 'time-out', seconds: 0.3 },
    });
    signalGroup(started.pid, 'SIGCONT');
    expect(await left(started.pid)).toBe(true);
    expect(told.stats.size).toBe(0);
  });

  test('an awk that is killed', async () => {
    const { started, channel } = await startShell(bootArgv(['dash']));
    const reader = await openOver(channel, { awks: ['mawk'] });
    const ended = new Promise<Fault>((resolve) => reader.onDidEnd(resolve));
    const { stats } = await tick(reader, { everyStat: true });
    const awk = [...stats.values()].find(({ command, session }) => command === 'mawk' && session === started.pid);
    process.kill(awk?.pid as number, 'SIGKILL');
    expect(await ended).toMatchObject({ code: 'target-unreachable' });
    expect(await left(started.pid)).toBe(true);
  });

  test('a shell that is no shell', async () => {
    const { channel } = await startShell(['sh', '-c', 'echo "This account is currently not available."; cat >/dev/null']);
    const result = await openShellReader(channel, { target: 'board', helloMs: 500 }, neverCancelled);
    expect(result).toMatchObject({ ok: false, error: { code: 'target-unreachable', target: 'board' } });
    expect(JSON.stringify(result)).toContain('currently not available');
  });

  test('a shell that reads the program as a script, as command targets do', async () => {
    for (const shell of Object.values(SHELLS).filter(([program]) => has(program as string))) {
      const { channel } = await startShell([...shell]);
      const reader = await openOver(channel);
      expect((await tick(reader, { files: ['/proc/version'] })).words).toHaveLength(1);
      reader.dispose();
    }
  });
});
