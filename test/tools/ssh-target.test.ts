import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../src/app/ports.js';
import type { ReaderSource } from '../../src/app/reader.js';
import type { Disposable } from '../../src/base/dispose.js';
import { createTarget, type TargetOptions } from '../../src/node/targets.js';
import { silentLog as log } from '../silent-log.js';
import { noDropbear, noSshd, type SshServer, startDropbear, startSshd } from './servers.js';
import { targetCases, value } from './target-cases.js';

type Remote = Target & ReaderSource & Disposable;
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

    test('a FIFO without a writer and a device without an end are no files to read', async () => {
      const directory = value(await target.makeTemporaryDirectory('memlens-'));
      const fifo = `${directory}/report.1`;
      value(await target.capture({ argv: ['mkfifo', fifo] }));
      const refused = { error: { code: 'unreadable', detail: expect.stringContaining('not a regular file') } };
      expect(await target.readBytes(fifo)).toMatchObject(refused);
      expect(await target.readBytes(fifo, { offset: 1, length: 10 })).toMatchObject(refused);
      expect(await target.readBytes('/dev/zero')).toMatchObject(refused);
      const read = async (): Promise<void> => {
        for await (const chunk of target.readText(fifo)) void chunk;
      };
      await expect(read()).rejects.toMatchObject({ code: 'EIO' });
      await target.remove(directory);
    });
  });
}
