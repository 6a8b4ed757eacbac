// A network of its own for the server: delay, and a cable that is pulled.
import { execFileSync } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReadSink } from '../../src/app/reader.js';
import { neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import { createTarget } from '../../src/node/targets.js';
import { processesWith, until } from './processes.js';
import { noSshd, type SshServer, startSshd } from './servers.js';
import { value } from './target-cases.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const sink: ReadSink = {
  text: () => undefined,
  unreadable: () => undefined,
  stat: () => undefined,
  exit: () => undefined,
  maps: () => undefined,
  fds: () => undefined,
  cost: () => undefined,
};
const uptime = { files: ['/proc/uptime'], everyStat: false, processes: [], maps: [], fds: [] };
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const action of cleanUp.splice(0).reverse()) await action();
});

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
const name = (suffix: string): string => `ml${process.pid}${suffix}`;
let networks = 0;

/** Why there can be no network namespace here. */
function noNamespace(): string | undefined {
  if (noSshd !== undefined) return noSshd;
  if (process.getuid?.() !== 0) return 'only root may make a network namespace';
  try {
    ip('netns', 'add', name('t'));
    ip('link', 'add', name('t'), 'type', 'veth', 'peer', 'name', name('u'));
    ip('link', 'del', name('t'));
    return undefined;
  } catch (error) {
    return `no network namespace can be made: ${String(error).split('\n')[0]}`;
  } finally {
    try {
      ip('netns', 'del', name('t'));
    } catch {
      // It was not made.
    }
  }
}

/** A server behind a cable; `pull` pulls it. */
async function behindCable(client: string[]): Promise<{ server: SshServer; pull: () => void; plug: () => void }> {
  const net = `10.${process.pid & 255}.${(process.pid >> 8) & 255}`;
  const space = name(String.fromCharCode(97 + networks++));
  ip('netns', 'add', space);
  cleanUp.push(() => ip('netns', 'del', space));
  ip('link', 'add', space, 'type', 'veth', 'peer', 'name', 'far', 'netns', space);
  cleanUp.push(() => ip('link', 'del', space));
  ip('addr', 'add', `${net}.1/24`, 'dev', space);
  ip('link', 'set', space, 'up');
  ip('-n', space, 'addr', 'add', `${net}.2/24`, 'dev', 'far');
  ip('-n', space, 'link', 'set', 'far', 'up');
  ip('-n', space, 'link', 'set', 'lo', 'up');
  const server = await startSshd({ address: `${net}.2`, prefix: ['ip', 'netns', 'exec', space], client });
  cleanUp.push(() => server.stop());
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(server.port, `${net}.2`);
        socket.once('data', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('close', () => resolve(false));
        socket.once('data', () => socket.destroy());
      }),
  );
  // The far end: nothing on our side says that there is no way.
  return {
    server,
    pull: () => ip('-n', space, 'link', 'set', 'far', 'down'),
    plug: () => ip('-n', space, 'link', 'set', 'far', 'up'),
  };
}

/** Passes bytes on, late, in both directions; a part of the pieces much later, as after a loss (TCP sends them again). */
async function slowLine(port: number, delayMs: number): Promise<{ port: number; server: Server }> {
  let pieces = 0;
  const pass = (from: Socket, to: Socket): void => {
    let last: Promise<void> = Promise.resolve();
    from.on('data', (bytes) => {
      const lost = ++pieces % 50 === 0;
      const at = Date.now() + delayMs + (lost ? 200 + delayMs : 0);
      last = last
        .then(() => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, at - Date.now()))))
        .then(() => void to.write(bytes));
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, server };
}

const why = noNamespace();
describe.skipIf(why !== undefined)(`a cable${why === undefined ? '' : ` (${why})`}`, () => {
  test('pulled: the user is told in about 15 s, and it goes on when it is plugged in again', async () => {
    const { server, pull, plug } = await behindCable([]);
    const target = createTarget(
      { name: 'test', config: { kind: 'ssh', host: server.alias } },
      { log, sshConfigFile: server.configFile },
    );
    cleanUp.push(() => target.dispose());
    const reader = value(await target.openReader(neverCancelled));
    value(await reader.read(uptime, sink));
    const lost = new Promise<Fault>((resolve) => reader.onDidEnd(resolve));
    const running = target.capture({ argv: ['sleep', '996'] });
    await until(() => processesWith('sleep 996').length > 0);
    pull();
    const began = Date.now();
    expect(await lost).toMatchObject({
      code: 'target-unreachable',
      why: 'lost',
      detail: expect.stringContaining('not responding'),
    });
    expect(Date.now() - began).toBeLessThan(25_000);
    expect(await running).toMatchObject({ error: { why: 'lost' } });
    await until(() => processesWith(server.configFile));
    plug();
    // Neighbours are looked for anew after a while only.
    await until(async () => (await target.capture({ argv: ['true'] })).ok);
    expect(value(await value(await target.openReader(neverCancelled)).read(uptime, sink)).bytes).toBeGreaterThan(0);
  });

  test('pulled before the first word', async () => {
    const { server, pull } = await behindCable(['ConnectTimeout 2']);
    pull();
    const target = createTarget(
      { name: 'test', config: { kind: 'ssh', host: server.alias } },
      { log, sshConfigFile: server.configFile },
    );
    cleanUp.push(() => target.dispose());
    expect(await target.openReader(neverCancelled)).toMatchObject({ error: { code: 'target-unreachable', why: 'no-answer' } });
  });
});

describe.skipIf(noSshd !== undefined)(`a line with delay and loss${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
  test('all that is read is whole', async () => {
    const server = await startSshd();
    cleanUp.push(() => server.stop());
    const line = await slowLine(server.port, 45);
    cleanUp.push(() => line.server.close());
    const configFile = `${server.configFile}-slow`;
    execFileSync('sh', ['-c', 'sed "s/Port .*/Port $1/" "$2" >"$3"', 'sh', String(line.port), server.configFile, configFile]);
    const target = createTarget(
      { name: 'test', config: { kind: 'ssh', host: server.alias } },
      { log, sshConfigFile: configFile },
    );
    cleanUp.push(() => target.dispose());
    const reader = value(await target.openReader(neverCancelled));
    for (let i = 0; i < 20; i++) {
      let told = 0;
      const facts = value(
        await reader.read({ ...uptime, everyStat: true }, { ...sink, stat: () => void told++, text: () => void told++ }),
      );
      expect(told).toBeGreaterThan(0);
      expect(facts.roundTripMs).toBeGreaterThan(85);
    }
    const done = await target.capture({ argv: ['sh', '-c', 'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done'] });
    expect(value(done).stdout).toBe(Array.from({ length: 3000 }, (_, i) => `line ${i}\n`).join(''));
  });
});
