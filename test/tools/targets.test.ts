import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../src/app/ports.js';
import type { ReaderSource, ReadSink } from '../../src/app/reader.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { neverCancelled } from '../../src/base/cancel.js';
import type { Disposable } from '../../src/base/dispose.js';
import { quoteWord } from '../../src/base/shell-words.js';
import { commandBody, shellProgram } from '../../src/node/shell-program.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { silentLog as log } from '../silent-log.js';
import { processesWith, until } from './processes.js';
import { type BusyBoxRoot, busyboxRoot, noChroot, programsRoot } from './servers.js';
import { targetCases, value } from './target-cases.js';

const NO_SINK: ReadSink = {
  text: () => undefined,
  unreadable: () => undefined,
  stat: () => undefined,
  exit: () => undefined,
  maps: () => undefined,
  fds: () => undefined,
  cost: () => undefined,
};
const open = (text: string): Target & ReaderSource & Disposable =>
  createTarget({ name: text, config: value(parseTargetName(text)) }, { log });

/** Each is the same for all but the shell. */
const SHELLS = ['sh', 'bash', 'busybox sh', 'mksh', 'yash', 'ksh93', 'zsh -f', 'env -i sh'];
const isHere = (shell: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${shell.split(' ')[0]}`]);
    return true;
  } catch {
    return false;
  }
};

describe('local', () => targetCases(() => open('local')));
for (const shell of SHELLS) {
  describe.skipIf(!isHere(shell))(`command:${shell}`, () => {
    const target = open(`command:${shell}`);
    targetCases(() => target);
  });
}

describe.skipIf(noChroot !== undefined)(named('command:chroot', noChroot), () => {
  let root: BusyBoxRoot;
  let target: ReturnType<typeof open>;
  beforeAll(() => {
    root = busyboxRoot();
    target = open(`command:chroot ${root.directory} /bin/sh`);
  });
  afterAll(() => {
    target.dispose();
    root.stop();
  });
  targetCases(() => target);
});

test.skipIf(noChroot !== undefined)(
  named('a target with a shell and cat alone runs what has a time limit, too', noChroot),
  async () => {
    const root = programsRoot({ sh: 'sh', cat: 'cat' });
    const target = open(`command:chroot ${root.directory} /bin/sh`);
    try {
      const script = 'for i in 1 2 3; do cat /proc/uptime >/dev/null; done; echo "$(cat /proc/sys/kernel/ostype) $i"';
      const captured = value(await target.capture({ argv: ['sh', '-c', script] }, { timeLimitMs: 20_000 }));
      expect(captured).toMatchObject({ exitCode: 0, stdout: 'Linux 3\n' });
      // No clock there: the limit is kept from here.
      const mark = `memlens-late-${process.pid}`;
      const late = await target.capture({ argv: ['sh', '-c', 'while :; do :; done', mark] }, { timeLimitMs: 1000 });
      expect(late).toMatchObject({ ok: false, error: { code: 'time-out' } });
      await until(() => processesWith(mark).length === 0);
    } finally {
      target.dispose();
      root.stop();
    }
  },
);

test('a shell that is killed leaves nothing, not even the clock of the time limit', async () => {
  const mark = `MEMLENS_KILLED=${process.pid}`;
  const shell = spawn('env', [mark, 'sh'], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const body = commandBody({ argv: ['sleep', '1000'] }, { limitSeconds: 500 });
  shell.stdin.write(shellProgram('killed', body));
  await until(
    () =>
      processesWith(mark).some((line) => line.endsWith(': sleep 500 ')) &&
      processesWith(mark).some((line) => line.endsWith(': sleep 1000 ')),
  );
  process.kill(-(shell.pid ?? 0), 'SIGKILL');
  shell.stdin.end();
  await until(() => processesWith(mark));
});

describe('a command that gives a shell', () => {
  const directory = mkdtempSync(join(tmpdir(), 'memlens-test-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('its words are data', async () => {
    const odd = join(directory, 'a \'b\' "c" $(touch x); #');
    writeFileSync(odd, '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    const target = open(`command:${quoteWord(odd)} env 'A=it'"'"'s $HOME' sh`);
    expect(value(await target.capture({ argv: ['sh', '-c', 'printf %s "$A"'] })).stdout).toBe("it's $HOME");
    expect(existsSync('x')).toBe(false);
  });

  test.skipIf(noChroot !== undefined)(
    named('a PID namespace of its own, as in a container, behind words that hold anything', noChroot),
    async () => {
      const odd = join(directory, 'name $HOME "x"');
      writeFileSync(odd, '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 });
      const target = open(`command:${quoteWord(odd)} ${quoteWord('line\nbreak $(x)')} unshare -pf --mount-proc sh`);
      const reader = value(await target.openReader(neverCancelled));
      const pids: number[] = [];
      const told: ReadSink = { ...NO_SINK, stat: ({ pid }) => void pids.push(pid) };
      value(await reader.read({ files: [], everyStat: true, processes: [], maps: [], fds: [] }, told));
      expect(pids).toContain(1);
      expect(pids.length).toBeLessThan(10);
      expect(value(await target.capture({ argv: ['sh', '-c', 'echo $$'] })).stdout).toMatch(/^\d{1,2}\n$/);
      target.dispose();
      reader.dispose();
      await until(() => processesWith(odd));
    },
  );

  test('what is no shell, or is not there', async () => {
    const missing = {
      error: { code: 'target-unreachable', why: 'no-command', detail: "'no such command': command not found" },
    };
    const nowhere = open("command:'no such command' sh");
    expect(await nowhere.capture({ argv: ['true'] })).toMatchObject(missing);
    // Nothing is known of the file.
    expect(await nowhere.stat('/')).toMatchObject(missing);
    expect(await nowhere.openReader(neverCancelled)).toMatchObject(missing);
    expect(await open('command:sh -c "echo sorry >&2; exit 3"').stat('/')).toMatchObject({
      error: { code: 'target-unreachable', why: 'no-shell', detail: expect.stringMatching(/exit code 3\nsorry/) },
    });
    expect(await open('command:true').openReader(neverCancelled)).toMatchObject({ error: { code: 'target-unreachable' } });
    expect(await open('command:yes').openReader(neverCancelled)).toMatchObject({
      error: { code: 'target-unreachable', why: 'no-shell', detail: expect.stringMatching(/^yes: no answer\nit printed: y\ny/) },
    });
  });

  test.each(['csh', 'tcsh', 'fish'])('%s is no POSIX shell, and says so soon', async (shell) => {
    const began = Date.now();
    // Without what the user's own dot files say.
    const target = open(`command:env HOME=/nowhere ${shell}`);
    const refused = { error: { code: 'target-unreachable', why: 'no-shell', detail: expect.stringContaining(shell) } };
    expect(await target.stat('/')).toMatchObject(refused);
    expect(await target.openReader(neverCancelled)).toMatchObject(refused);
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  test('a terminal in between, which echoes and changes newlines', async () => {
    // As an old `adb shell`: what is typed is seen again, and each newline is CR LF.
    const target = open(`command:script -qec 'stty echo onlcr; sh' /dev/null`);
    expect(value(await target.list('/proc/self/fdinfo')).length).toBeGreaterThan(0);
    const file = join(directory, 'bytes');
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * 7) & 255));
    writeFileSync(file, bytes);
    expect(Buffer.compare(value(await target.readBytes(file)), bytes)).toBe(0);
    // The shell has a terminal, and so job control: a command is waited for none the less.
    const late = await target.capture({ argv: ['sh', '-c', 'sleep 1; echo late; exit 3'] });
    expect(value(late)).toMatchObject({ exitCode: 3, stdout: 'late\n' });
  });

  test('dispose ends all that was started', async () => {
    const target = open('command:env MEMLENS_TEST=ends sh');
    const reader = value(await target.openReader(neverCancelled));
    const running = target.capture({ argv: ['sh', '-c', 'trap "" TERM HUP; sleep 993 & while :; do sleep 1; done'] });
    await until(() => processesWith('sleep 993').length > 0);
    reader.dispose();
    target.dispose();
    expect(await running).toMatchObject({ ok: false });
    await until(() => processesWith('MEMLENS_TEST=ends'));
    expect(await target.stat('/')).toMatchObject({ error: { code: 'cancelled' } });
  });
});
