// A network of its own for a server, with a cable that can be pulled.
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { until } from './processes.js';
import { noSshd, type SshServer, startSshd } from './servers.js';

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

/** Why there can be no cable here. */
export const noCable = noNamespace();

export interface Cable {
  readonly server: SshServer;
  pull(): void;
  plug(): void;
}

/** A server behind a cable; what is to be done in the end is added to `cleanUp`, to be done from the last to the first. */
export async function behindCable(cleanUp: (() => unknown)[], client: readonly string[] = []): Promise<Cable> {
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
