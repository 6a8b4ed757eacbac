// Ends that nobody wished for: on either side, nothing stays.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import { endAll } from '../../src/node/spawn.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog as log } from '../silent-log.js';
import { cleanUpAfterEach } from './clean-up.js';
import { processesWith, until } from './processes.js';
import { deafSink, uptime } from './reader-use.js';
import { noDropbear, noSshd, type SshServer, startDropbear, startSshd } from './servers.js';
import { value } from './target-cases.js';

const cleanUp = cleanUpAfterEach();

function open(server: SshServer) {
  const target = createTarget(
    { name: 'test', config: { kind: 'ssh', host: server.alias } },
    { log, sshConfigFile: server.configFile },
  );
  cleanUp.push(() => target.dispose());
  return target;
}

/** On this side. */
const clients = (server: SshServer) => processesWith(server.configFile);
/** On the other side: what the server's own child processes have started. `mark` is in the environment of the command. */
const sessions = (server: SshServer): string[] => {
  const children = (pid: number): number[] =>
    execFileSync('sh', ['-c', 'cat /proc/$1/task/*/children 2>/dev/null || true', 'sh', String(pid)], { encoding: 'utf8' })
      .split(/\s+/)
      .filter(Boolean)
      .map(Number)
      .flatMap((child) => [child, ...children(child)]);
  return children(server.pid).map(String);
};

function busy(mark: string) {
  return { argv: ['sh', '-c', 'trap "" TERM HUP; sleep 997 & while :; do sleep 1; done'], env: { MEMLENS_TEST: mark } };
}

let harness: string;
const directory = mkdtempSync(join(tmpdir(), 'memlens-test-'));
beforeAll(async () => {
  harness = join(directory, 'client.cjs');
  const entry = join(directory, 'client.ts');
  writeFileSync(
    entry,
    `import { createTarget } from ${JSON.stringify(fileURLToPath(new URL('../../src/node/targets.ts', import.meta.url)))};
     const [alias, sshConfigFile, mark] = process.argv.slice(2);
     const log = { info() {}, warn() {}, error() {} };
     const target = createTarget({ name: 't', config: { kind: 'ssh', host: alias } }, { log, sshConfigFile });
     target.capture({ argv: ['sh', '-c', 'trap "" TERM HUP; sleep 997 & while :; do sleep 1; done'], env: { MEMLENS_TEST: mark } });
     target.openReader({ requested: false, onRequest: () => ({ dispose() {} }) }).then(() => console.log('open'));`,
  );
  await build({ entryPoints: [entry], outfile: harness, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

for (const [name, why, start] of [
  ['OpenSSH', noSshd, (client: string[]) => startSshd({ client })],
  ['dropbear', noDropbear, (client: string[]) => startDropbear({ client })],
] as const) {
  describe.skipIf(why !== undefined)(`${name}${why === undefined ? '' : ` (${why})`}`, () => {
    const serve = async (...client: string[]): Promise<SshServer> => {
      const server = await start(client);
      cleanUp.push(() => server.stop());
      return server;
    };
    const mark = `${name}-${process.pid}-mark`;

    test('dispose ends all on both sides', async () => {
      const server = await serve();
      const target = open(server);
      const reader = value(await target.openReader(neverCancelled));
      value(await reader.read(uptime, deafSink));
      const running = target.capture(busy(mark));
      await until(() => processesWith(mark).length > 0);
      target.dispose();
      expect(await running).toMatchObject({ ok: false });
      await until(() => clients(server));
      await until(() => processesWith(mark));
      await until(() => sessions(server));
      expect(await target.capture({ argv: ['true'] })).toMatchObject({ error: { code: 'cancelled' } });
    });

    test('the end of MemLens itself', async () => {
      const server = await serve();
      const target = open(server);
      value(await target.openReader(neverCancelled));
      void target.capture(busy(mark));
      await until(() => processesWith(mark).length > 0);
      endAll();
      await until(() => clients(server));
      await until(() => processesWith(mark));
      await until(() => sessions(server));
    });

    test('MemLens is killed', async () => {
      const server = await serve();
      const sockets = () =>
        readdirSync(process.env.XDG_RUNTIME_DIR ?? tmpdir()).filter((entry) => /^memlens-[A-Za-z0-9]{6}$/.test(entry));
      const before = sockets();
      const client: ChildProcess = spawn(process.execPath, [harness, server.alias, server.configFile, mark], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      cleanUp.push(() => client.kill('SIGKILL'));
      await new Promise((resolve) => client.stdout?.once('data', resolve));
      await until(() => processesWith(`MEMLENS_TEST=${mark}`).length > 0);
      client.kill('SIGKILL');
      await until(() => clients(server));
      await until(() => processesWith(mark));
      await until(() => sessions(server));
      await until(() => sockets().filter((entry) => !before.includes(entry)));
    });

    test('the process that serves the connection is killed', async () => {
      const server = await serve();
      const target = open(server);
      const reader = value(await target.openReader(neverCancelled));
      value(await reader.read(uptime, deafSink));
      const lost = new Promise<Fault>((resolve) => reader.onDidEnd(resolve));
      const running = target.capture(busy(mark));
      await until(() => processesWith(mark).length > 0);
      for (const pid of sessions(server)) {
        const serves = existsSync(`/proc/${pid}/comm`) ? readFileSync(`/proc/${pid}/comm`, 'utf8') : '';
        if (/^(sshd|dropbear)/.test(serves)) process.kill(Number(pid), 'SIGKILL');
      }
      expect(await lost).toMatchObject({ code: 'target-unreachable', why: 'lost' });
      expect(await running).toMatchObject({
        error: { code: 'target-unreachable', why: 'lost', detail: expect.stringMatching(/./) },
      });
      await until(() => processesWith(mark));
      // A new login is made by itself.
      expect(await target.capture({ argv: ['echo', 'again'] })).toMatchObject({ value: { stdout: 'again\n' } });
      expect(value(await target.openReader(neverCancelled))).toBeDefined();
    });

    test('our own login is killed', async () => {
      const server = await serve();
      const target = open(server);
      const running = target.capture(busy(mark));
      await until(() => processesWith(mark).length > 0);
      for (const line of clients(server)) if (/^\d+: ssh -M /.test(line)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
      expect(await running).toMatchObject({ error: { code: 'target-unreachable', why: 'lost' } });
      await until(() => processesWith(mark));
      await until(() => sessions(server));
      expect(await target.capture({ argv: ['echo', 'again'] })).toMatchObject({ value: { stdout: 'again\n' } });
    });

    test('a server that is stopped is seen, in the time that the configuration says', async () => {
      const server = await serve('ServerAliveInterval 1', 'ServerAliveCountMax 2');
      const target = open(server);
      const reader = value(await target.openReader(neverCancelled));
      const lost = new Promise<Fault>((resolve) => reader.onDidEnd(resolve));
      const stopped = sessions(server).map(Number);
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      const began = Date.now();
      expect(await lost).toMatchObject({
        code: 'target-unreachable',
        why: 'lost',
        detail: expect.stringContaining('not responding'),
      });
      expect(Date.now() - began).toBeLessThan(9000);
      await until(() => clients(server));
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
      await until(() => sessions(server));
    });

    test('a server that is stopped before it answers; cancel does not wait for it', async () => {
      const server = await serve('ConnectTimeout 30');
      process.kill(server.pid, 'SIGSTOP');
      cleanUp.push(() => process.kill(server.pid, 'SIGCONT'));
      const cancel = new CancelSource();
      const opening = open(server).openReader(cancel);
      await until(() => clients(server).length > 1);
      const began = Date.now();
      cancel.cancel();
      expect(await opening).toMatchObject({ error: { code: 'cancelled' } });
      expect(Date.now() - began).toBeLessThan(2000);
      await until(() => clients(server));
    });
  });
}
