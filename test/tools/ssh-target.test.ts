import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Target } from '../../src/app/ports.js';
import type { ReaderSource } from '../../src/app/reader.js';
import type { Disposable } from '../../src/base/dispose.js';
import { createTarget, type TargetOptions } from '../../src/node/targets.js';
import { noDropbear, noSshd, type SshServer, startDropbear, startSshd } from './servers.js';
import { targetCases } from './target-cases.js';

type Remote = Target & ReaderSource & Disposable;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const askpass = fileURLToPath(new URL('../../media/askpass.sh', import.meta.url));
const open = (server: SshServer, more: Partial<TargetOptions> = {}): Remote =>
  createTarget(
    { name: 'test', config: { kind: 'ssh', host: server.alias } },
    { log, sshConfigFile: server.configFile, askpass, ...more },
  );

for (const [name, why, start] of [
  ['OpenSSH', noSshd, () => startSshd()],
  ['dropbear and BusyBox', noDropbear, () => startDropbear()],
] as const) {
  describe.skipIf(why !== undefined)(`${name}${why === undefined ? '' : ` (${why})`}`, () => {
    let server: SshServer;
    let target: Remote;
    beforeAll(async () => {
      server = await start();
      target = open(server);
    });
    afterAll(async () => {
      target.dispose();
      await server.stop();
    });
    targetCases(() => target);
  });
}
