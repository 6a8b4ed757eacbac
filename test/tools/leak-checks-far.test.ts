// Check Leaks Now where the program runs on a target: the run's directory and its processes are there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteTarget } from '../../src/app/ports.js';
import type { ReaderSource } from '../../src/app/reader.js';
import { isRemote } from '../../src/app/remote-stage.js';
import type { Disposable } from '../../src/base/dispose.js';
import type { NamedTarget } from '../../src/model/target-config.js';
import { createTarget } from '../../src/node/targets.js';
import { check, lineOf, reportOf, startLive } from './live-runs.js';
import { noSshd, type SshServer, startSshd } from './servers.js';

let server: SshServer | undefined;
const open: (ReaderSource & Disposable)[] = [];
beforeAll(async () => {
  if (noSshd === undefined) server = await startSshd();
});
afterAll(async () => {
  for (const target of open) target.dispose();
  await server?.stop();
});

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function targetOf(kind: 'ssh' | 'command'): { readonly named: NamedTarget; readonly target: RemoteTarget } {
  const named: NamedTarget =
    kind === 'ssh'
      ? { name: 'board', config: { kind, host: server?.alias ?? '' } }
      : { name: 'board', config: { kind, argv: ['/bin/sh'] } };
  const target = createTarget(named, { log, ...(server === undefined ? {} : { sshConfigFile: server.configFile }) });
  open.push(target);
  if (!isRemote(target)) throw new Error('it is not remote');
  return { named, target };
}

describe.each(['command', 'ssh'] as const)('%s', (kind) => {
  test.skipIf(kind === 'ssh' && noSshd !== undefined).each(['asan', 'memcheck'] as const)(
    '%s',
    async (engine) => {
      const { named, target } = targetOf(kind);
      const source = 'leak-checks/mixed.c';
      const live = await startLive({
        source,
        engine,
        config: { target: named },
        ports: { openTarget: () => target, confirmCopy: () => Promise.resolve(true) },
      });
      expect(live.run.target).toBe('board');
      const line = lineOf(source, 'growing');
      const lost = (made: Awaited<ReturnType<typeof check>>): number =>
        made.report.findings.filter(({ place }) => place?.line === line).reduce((sum, { blocks }) => sum + (blocks ?? 0), 0);
      let first = await check(live);
      while (lost(first) === 0) first = await check(live);
      expect(await live.run.obstacles()).toEqual([]);
      let second = await check(live);
      while (lost(second) <= lost(first)) second = await check(live);
      const grown = second.leaks.find(({ fingerprint }) =>
        second.report.findings.some((found) => found.fingerprint === fingerprint && found.place?.line === line),
      );
      expect(['still-growing', 'first-check']).toContain(grown?.statement);
      live.stop.cancel();
      const report = await reportOf(live);
      expect(report.run?.stopped).toBe('user');
      expect(report.findings.find(({ place }) => place?.line === line)?.blocks).toBeGreaterThan(lost(first));
    },
    240_000,
  );
});
