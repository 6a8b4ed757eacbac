import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { faultText } from '../../src/app/fault-text.js';
import type { ReadRequest, ReadSink } from '../../src/app/reader.js';
import { CancelSource } from '../../src/base/cancel.js';
import type { Prompt } from '../../src/node/askpass.js';
import { createTarget, type TargetOptions } from '../../src/node/targets.js';
import { silentLog as silent } from '../silent-log.js';
import { cleanUpAfterEach } from './clean-up.js';
import { processesWith, until } from './processes.js';
import {
  type DropbearOptions,
  noDropbear,
  noSshd,
  type SshdOptions,
  type SshServer,
  startDropbear,
  startSshd,
} from './servers.js';

const cleanUp = cleanUpAfterEach();

function open(server: Pick<SshServer, 'alias' | 'configFile'>, more: Partial<TargetOptions> = {}) {
  const target = createTarget(
    { name: 'test', config: { kind: 'ssh', host: server.alias } },
    {
      log: silent,
      sshConfigFile: server.configFile,
      askpass: fileURLToPath(new URL('../../media/askpass.sh', import.meta.url)),
      ...more,
    },
  );
  cleanUp.push(() => target.dispose());
  return target;
}

async function sshd(options: SshdOptions = {}): Promise<SshServer> {
  const server = await startSshd(options);
  cleanUp.push(() => server.stop());
  return server;
}

async function dropbear(options: DropbearOptions = {}): Promise<SshServer> {
  const server = await startDropbear(options);
  cleanUp.push(() => server.stop());
  return server;
}

/** Answers in order, then gives up; `asked` is what was asked. */
function answering(...answers: (string | undefined)[]) {
  const asked: Prompt[] = [];
  return {
    asked,
    ask: (prompt: Prompt): Promise<string | undefined> => {
      asked.push(prompt);
      return Promise.resolve(answers[asked.length - 1]);
    },
  };
}

const UPTIME: ReadRequest = { files: ['/proc/uptime'], everyStat: false, processes: [], maps: [], fds: [] };
const NO_SINK: ReadSink = {
  text: () => undefined,
  unreadable: () => undefined,
  stat: () => undefined,
  exit: () => undefined,
  maps: () => undefined,
  fds: () => undefined,
  cost: () => undefined,
};
const echo = { argv: ['echo', 'it works'] };
const works = { ok: true, value: { stdout: 'it works\n', stderr: '', exitCode: 0 } };

describe.skipIf(noSshd !== undefined)(`a login by OpenSSH${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
  test('an unknown host key is asked about, once, and is known then', async () => {
    const server = await sshd({ knownHost: false });
    const user = answering('yes');
    const target = open(server, { ask: user.ask });
    const both = await Promise.all([target.capture(echo), target.capture(echo)]);
    expect(both).toMatchObject([works, works]);
    expect(user.asked).toHaveLength(1);
    expect(user.asked[0]).toMatchObject({ kind: 'confirm', target: 'ssh:sshd-test' });
    expect(user.asked[0]?.text).toMatch(/authenticity of host[\s\S]*SHA256:/);
    expect(readFileSync(server.knownHosts, 'utf8')).toContain('sshd-test ssh-ed25519');
  });

  test.each([
    ['no', ['no'], { why: 'host-key-unknown' }],
    ['nothing', [], { code: 'cancelled' }],
    ['what is no answer', ['maybe', 'perhaps'], { why: 'host-key-unknown' }],
    ['another fingerprint', [`SHA256:${'A'.repeat(43)}`, 'yes'], { why: 'host-key-unknown' }],
  ])('an unknown host key is refused by %s, without an end of questions', async (_, answers, error) => {
    const server = await sshd({ knownHost: false });
    const user = answering(...answers);
    expect(await open(server, { ask: user.ask }).capture(echo)).toMatchObject({ ok: false, error });
    expect(user.asked).toHaveLength(1);
    expect(readFileSync(server.knownHosts, 'utf8')).toBe('');
  });

  test('a changed host key is refused, with its text, and without a question', async () => {
    const server = await sshd({ knownHost: 'other' });
    const user = answering('yes');
    const refused = await open(server, { ask: user.ask }).capture(echo);
    expect(refused).toMatchObject({ error: { code: 'target-unreachable', why: 'host-key-changed' } });
    if (refused.ok) return;
    expect(faultText(refused.error)).toMatchObject({
      message: expect.stringContaining('CHANGED'),
      detail: expect.stringMatching(/SHA256:/),
    });
    expect(user.asked).toEqual([]);
  });

  test('a passphrase is asked for, again when it was wrong, and at most three times', async () => {
    const server = await sshd({ passphrase: 'open sesame $x "y"' });
    const right = answering('wrong', 'open sesame $x "y"');
    expect(await open(server, { ask: right.ask }).capture(echo)).toMatchObject(works);
    expect(right.asked.map(({ kind }) => kind)).toEqual(['secret', 'secret']);
    const wrong = answering('a', 'b', 'c', 'd', 'e');
    expect(await open(server, { ask: wrong.ask }).capture(echo)).toMatchObject({ error: { why: 'login' } });
    expect(wrong.asked.length).toBeLessThanOrEqual(3);
    const none = answering();
    expect(await open(server, { ask: none.ask }).capture(echo)).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(none.asked).toHaveLength(1);
  });

  test('a secret is neither in a file nor in the log', async () => {
    const server = await sshd({ passphrase: 'sesame-93751' });
    const lines: string[] = [];
    const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line), error: silent.error };
    const target = open(server, { ask: answering('sesame-93751').ask, log });
    expect(await target.capture(echo)).toMatchObject(works);
    expect(lines.join('\n')).toContain('connecting to ssh:sshd-test');
    expect(lines.join('\n')).not.toContain('sesame');
    expect(
      execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -c "[s]esame-93751" || true'], {
        encoding: 'latin1',
      }).trim(),
    ).toBe('0');
  });

  test('a question that waits is withdrawn by cancel', async () => {
    const server = await sshd({ passphrase: 'x' });
    const cancel = new CancelSource();
    let withdrawn = false;
    const target = open(server, {
      ask: (_, gone) =>
        new Promise((resolve) => {
          gone.onRequest(() => {
            withdrawn = true;
            resolve(undefined);
          });
          cancel.cancel();
        }),
    });
    expect(await target.capture(echo, { cancel })).toEqual({ ok: false, error: { code: 'cancelled' } });
    await until(() => withdrawn);
  });

  test('without a way to ask, nothing is asked', async () => {
    const locked = await sshd({ passphrase: 'x' });
    expect(await open(locked).capture(echo)).toMatchObject({ error: { why: 'login' } });
    const unknown = await sshd({ knownHost: false });
    expect(await open(unknown).capture(echo)).toMatchObject({ error: { why: 'host-key-unknown' } });
  });

  test('no such host, nobody there, a deaf server', async () => {
    const server = await sshd();
    const config = (lines: string): { alias: string; configFile: string } => {
      const configFile = join(server.directory, 'other-config');
      writeFileSync(configFile, `Host other\n${lines}\n`);
      return { alias: 'other', configFile };
    };
    expect(await open(config('HostName no-such-host.invalid')).capture(echo)).toMatchObject({ error: { why: 'unknown-host' } });
    expect(await open(config('HostName 127.0.0.1\nPort 1')).capture(echo)).toMatchObject({ error: { why: 'refused' } });
    const deaf = createServer();
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    cleanUp.push(() => deaf.close());
    const { port } = deaf.address() as { port: number };
    const began = Date.now();
    expect(await open(config(`HostName 127.0.0.1\nPort ${port}\nConnectTimeout 1`)).capture(echo)).toMatchObject({
      error: { why: 'no-answer' },
    });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await open(config('NoSuchKeyword x')).capture(echo)).toMatchObject({
      error: { code: 'target-unreachable', detail: expect.stringContaining('nosuchkeyword') },
    });
  });

  test('no ssh on this machine', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    cleanUp.push(() => {
      process.env.PATH = path;
    });
    expect(await open({ alias: 'x', configFile: '/dev/null' }).capture(echo)).toMatchObject({
      error: { code: 'tool-missing', tool: 'ssh' },
    });
  });

  test.each([
    '-oProxyCommand=touch x',
    '--',
    '-x',
    'a@-oProxyCommand=x',
    '$(touch x)',
    '`touch x`',
    'a;touch x',
    "a'b",
    'a b',
    'a\nb',
    'ssh://-x',
    '',
  ])('%j is no host, and runs nothing', async (host) => {
    const directory = mkdtempSync(join(tmpdir(), 'memlens-test-'));
    cleanUp.push(() => rmSync(directory, { recursive: true }));
    const before = process.cwd();
    process.chdir(directory);
    cleanUp.push(() => process.chdir(before));
    const target = open({ alias: host, configFile: '/dev/null' });
    expect(await target.capture(echo)).toMatchObject({ error: { code: 'bad-setting' } });
    expect(await target.openReader(new CancelSource())).toMatchObject({ error: { code: 'bad-setting' } });
    expect(existsSync(join(directory, 'x'))).toBe(false);
  });

  test('a banner and noise of the login are not output', async () => {
    const banner = join(tmpdir(), `memlens-banner-${process.pid}`);
    writeFileSync(banner, 'Authorised\x1b[31m users @@ only\n'.repeat(50));
    cleanUp.push(() => rmSync(banner));
    const server = await sshd({
      server: [`Banner ${banner}`],
      profile: 'echo "Welcome to $HOME"; echo oops >&2; printf "no newline"',
    });
    const target = open(server);
    expect(await target.capture({ argv: ['sh', '-c', 'echo it works; echo err >&2; exit 255'] })).toEqual({
      ok: true,
      value: { stdout: 'it works\n', stderr: 'err\n', exitCode: 255 },
    });
    expect(await target.list('/proc/self/task')).toMatchObject({ ok: true });
  });

  test('any login shell will do', async () => {
    const shells = [
      '/bin/bash',
      '/bin/dash',
      '/bin/mksh',
      '/bin/yash',
      '/bin/ksh93',
      '/usr/bin/zsh',
      '/usr/bin/fish',
      '/bin/tcsh',
    ];
    for (const loginShell of [...shells.filter((path) => existsSync(path)), '/bin/busybox sh']) {
      const target = open(await sshd({ loginShell }));
      expect(await target.capture(echo), loginShell).toMatchObject(works);
      const reader = await target.openReader(new CancelSource());
      if (!reader.ok) throw new Error(`${loginShell}: ${JSON.stringify(reader.error)}`);
      expect(await reader.value.read(UPTIME, NO_SINK), loginShell).toMatchObject({ ok: true });
      target.dispose();
    }
  });

  test('a login without a shell', async () => {
    const server = await sshd({ server: ["ForceCommand echo 'This account is not available.'; exit 1"] });
    expect(await open(server).capture(echo)).toMatchObject({
      error: { why: 'no-shell', detail: expect.stringContaining('not available') },
    });
  });

  test("what the user's configuration has set for other uses does no harm", async () => {
    const server = await sshd({
      client: [
        'RemoteCommand echo mine',
        'RequestTTY force',
        'ControlMaster auto',
        'ControlPersist yes',
        'LocalForward 1 127.0.0.1:1',
        'ExitOnForwardFailure yes',
        'ForkAfterAuthentication yes',
        'StdinNull yes',
        'SessionType none',
        'PermitLocalCommand yes',
        'LocalCommand echo local; touch /tmp/memlens-must-not-be',
        'LogLevel QUIET',
        'ForwardX11 yes',
        'BatchMode yes',
      ],
    });
    expect(await open(server).capture(echo)).toEqual(works);
    // Nor where the client can't say in time what is set.
    const path = process.env.PATH ?? '';
    writeFileSync(
      join(server.directory, 'ssh'),
      `#!/bin/sh\nfor word; do [ "$word" != -G ] || exit 1; done\nPATH=\${PATH#*:}\nexec ssh "$@"\n`,
      { mode: 0o755 },
    );
    process.env.PATH = `${server.directory}:${path}`;
    cleanUp.push(() => {
      process.env.PATH = path;
    });
    expect(await open(server).capture(echo)).toEqual(works);
    expect(existsSync('/tmp/memlens-must-not-be')).toBe(false);
  });

  test('a host behind another one', async () => {
    const server = await sshd();
    const configFile = join(server.directory, 'jump');
    const text = readFileSync(server.configFile, 'utf8');
    writeFileSync(configFile, `Host behind\n  ProxyJump sshd-test\n${text.replace('Host sshd-test', 'Host sshd-test behind')}`);
    // The client that goes to the first host reads the configuration that -F names, too.
    expect(await open({ alias: 'behind', configFile }).capture(echo)).toMatchObject(works);
  });

  test('a server that takes one session in a connection: more connections are made, and kept', async () => {
    const server = await sshd({ server: ['MaxSessions 1'] });
    const lines: string[] = [];
    const target = open(server, { log: { ...silent, info: (line) => lines.push(line) } });
    const reader = await target.openReader(new CancelSource());
    const all = await Promise.all(Array.from({ length: 8 }, () => target.capture(echo)));
    expect(all.filter((one) => !one.ok)).toEqual([]);
    for (let i = 0; i < 3; i++) expect(await target.capture(echo)).toMatchObject(works);
    // One for the reader, and one for commands that follow each other; a busy machine may need more.
    expect(lines.filter((line) => line.startsWith('connecting')).length).toBeLessThan(6);
    const another = await target.openReader(new CancelSource());
    expect([reader.ok, another.ok]).toEqual([true, true]);
    target.dispose();
    await until(() => processesWith(server.configFile));
  });

  test('such a server, where each connection asks', async () => {
    const server = await sshd({ server: ['MaxSessions 1'], passphrase: 'x' });
    const user = answering('x', 'x');
    const target = open(server, { ask: user.ask });
    const reader = await target.openReader(new CancelSource());
    expect(reader.ok).toBe(true);
    expect(user.asked).toHaveLength(1);
    for (let i = 0; i < 3; i++) expect(await target.capture(echo)).toMatchObject(works);
    expect(user.asked).toHaveLength(2);
    // A user who does not want to answer loses nothing else.
    const slow = target.capture({ argv: ['sleep', '3'] });
    expect(await target.capture(echo)).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(user.asked).toHaveLength(3);
    expect(await slow).toMatchObject({ ok: true });
    if (reader.ok) expect(await reader.value.read(UPTIME, NO_SINK)).toMatchObject({ ok: true });
  });

  test('a server that takes no session at all is named as such, after one question', async () => {
    const user = answering('x', 'x', 'x');
    const target = open(await sshd({ server: ['MaxSessions 0'], passphrase: 'x' }), { ask: user.ask });
    expect(await target.capture(echo)).toMatchObject({ error: { code: 'target-unreachable', why: 'no-session' } });
    expect(user.asked).toHaveLength(1);
  });

  test('more at once than a server takes sessions', async () => {
    const target = open(await sshd());
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => target.capture({ argv: ['echo', String(i)] })));
    expect(all.map((one) => (one.ok ? one.value.stdout : one.error))).toEqual(Array.from({ length: 20 }, (_, i) => `${i}\n`));
  });
});

describe.skipIf(noDropbear !== undefined)(`a login by dropbear${noDropbear === undefined ? '' : ` (${noDropbear})`}`, () => {
  test('a password', async () => {
    const server = await dropbear({ password: 'pa"ss wörd' });
    const user = answering('wrong', 'pa"ss wörd');
    expect(await open(server, { ask: user.ask }).capture(echo)).toMatchObject(works);
    expect(user.asked.map(({ kind }) => kind)).toEqual(['secret', 'secret']);
    expect(user.asked[0]?.text).toContain('password');
    const wrong = answering('a', 'b', 'c', 'd', 'e');
    expect(await open(server, { ask: wrong.ask }).capture(echo)).toMatchObject({ error: { why: 'login' } });
    expect(wrong.asked).toHaveLength(3);
  });

  test('many sessions at once, some of which the server drops', async () => {
    const target = open(await dropbear());
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => target.writeText(`/tmp/x${i}`, 'text')));
    expect(all.filter((one) => !one.ok)).toEqual([]);
    expect(await target.list('/tmp')).toMatchObject({ value: { length: 30 } });
    const readers = await Promise.all(Array.from({ length: 6 }, () => target.openReader(new CancelSource())));
    expect(readers.filter((one) => !one.ok)).toEqual([]);
    for (const one of readers) if (one.ok) one.value.dispose();
  });

  test('files without stat and setsid of the target', async () => {
    const target = open(await dropbear({ without: ['stat', 'setsid', 'readlink', 'head'] }));
    expect(await target.stat('/bin/busybox')).toMatchObject({
      ok: true,
      value: { kind: 'file', mode: 0o100755, executable: true },
    });
    expect(await target.stat('/tmp')).toMatchObject({ ok: true, value: { kind: 'directory', mode: 0o041777 } });
    expect(await target.stat('/dev/null')).toMatchObject({ ok: true, value: { kind: 'other', size: 0 } });
    expect(await target.stat('/no')).toMatchObject({ error: { code: 'not-found' } });
    expect(await target.realPath('/bin/ls')).toMatchObject({ ok: true, value: '/bin/busybox' });
    expect(await target.readBytes('/bin/busybox', { length: 4 })).toMatchObject({ ok: true, value: Buffer.from('\x7fELF') });
    const began = Date.now();
    const looping = { argv: ['sh', '-c', 'trap "" TERM; sleep 98 & while :; do sleep 1; done'] };
    expect(await target.capture(looping, { timeLimitMs: 1000 })).toMatchObject({ error: { code: 'time-out' } });
    expect(Date.now() - began).toBeLessThan(8000);
    expect(await target.capture({ argv: ['sh', '-c', 'ps | grep -c "[s]leep 98"'] })).toMatchObject({ value: { stdout: '0\n' } });
  });
});
