// A network of its own for the server: delay, and a cable that is pulled.
import { execFileSync } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog as log } from '../silent-log.js';
import { behindCable, noCable } from './cable.js';
import { cleanUpAfterEach } from './clean-up.js';
import { processesWith, until } from './processes.js';
import { deafSink, uptime } from './reader-use.js';
import { noSshd, startSshd } from './servers.js';
import { value } from './target-cases.js';

const cleanUp = cleanUpAfterEach();

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

const why = noCable;
describe.skipIf(why !== undefined)(`a cable${why === undefined ? '' : ` (${why})`}`, () => {
  // Debian's client in batch mode has an interval of its own, of 300 s.
  test.each([
    ['', []],
    [' in batch mode', ['BatchMode yes']],
  ])('pulled%s: the user is told in about 15 s, and it goes on when it is plugged in again', async (_, client) => {
    const { server, pull, plug } = await behindCable(cleanUp, client);
    const target = createTarget(
      { name: 'test', config: { kind: 'ssh', host: server.alias } },
      { log, sshConfigFile: server.configFile },
    );
    cleanUp.push(() => target.dispose());
    const reader = value(await target.openReader(neverCancelled));
    value(await reader.read(uptime, deafSink));
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
    expect(value(await value(await target.openReader(neverCancelled)).read(uptime, deafSink)).bytes).toBeGreaterThan(0);
  });

  test('pulled before the first word', async () => {
    const { server, pull } = await behindCable(cleanUp, ['ConnectTimeout 2']);
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
        await reader.read({ ...uptime, everyStat: true }, { ...deafSink, stat: () => void told++, text: () => void told++ }),
      );
      expect(told).toBeGreaterThan(0);
      expect(facts.roundTripMs).toBeGreaterThan(85);
    }
    const done = await target.capture({ argv: ['sh', '-c', 'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done'] });
    expect(value(done).stdout).toBe(Array.from({ length: 3000 }, (_, i) => `line ${i}\n`).join(''));
  });
});
