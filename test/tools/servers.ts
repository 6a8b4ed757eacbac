// Real ssh servers on 127.0.0.1 with throw-away keys, and a root directory that holds only BusyBox. Nothing of the user's own
// ~/.ssh is read or written: every client is given the `configFile` of its server (ssh -F).
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

const isRoot = process.getuid?.() === 0;
const SSHD = '/usr/sbin/sshd';
const DROPBEAR = '/usr/sbin/dropbear';

/** Why these servers can't be started here; undefined when they can. */
export const noSshd = existsSync(SSHD) ? undefined : 'openssh-server is not installed';
export const noChroot = isRoot ? undefined : 'only root may chroot into a root directory of BusyBox';
export const noDropbear = existsSync(DROPBEAR) ? noChroot : 'dropbear is not installed';

export interface SshServer {
  /** The Host of `configFile`. */
  readonly alias: string;
  readonly configFile: string;
  readonly knownHosts: string;
  readonly identity: string;
  readonly port: number;
  /** The listening server; its children serve the connections. */
  readonly pid: number;
  /** For files of a test; removed by `stop`. */
  readonly directory: string;
  /** What the server wrote to its log. */
  log(): string;
  /** Ends the server and the processes that serve its connections, and removes the directory. */
  stop(): Promise<void>;
}

interface ServerOptions {
  /** Lines added to the Host of the client's configuration. */
  readonly client?: readonly string[];
  /** Of the client's key; none by default. */
  readonly passphrase?: string;
  /** The client knows the host's key already (true), not yet (false), or knows another one ('other'). */
  readonly knownHost?: boolean | 'other';
  readonly address?: string;
  /** Words before the server's own: `ip netns exec x`. */
  readonly prefix?: readonly string[];
}

export interface SshdOptions extends ServerOptions {
  /** Lines added to sshd_config. */
  readonly server?: readonly string[];
  /** A shell that takes `-c`, in place of the user's own. */
  readonly loginShell?: string;
  /** Shell code that runs before the command of each session: the noise of a .bashrc. */
  readonly profile?: string;
}

const free = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const keygen = (file: string, passphrase = ''): void => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', file]);
};

async function answers(address: string, port: number, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline && server.exitCode === null && server.signalCode === null) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, address);
      socket.setTimeout(1000, () => socket.destroy());
      socket.once('data', () => {
        resolve(true);
        socket.destroy();
      });
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
    });
    if (greeted) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the server does not answer');
}

/** Children first: a process that is stopped does not see SIGTERM. */
function killTree(pid: number): void {
  let children: number[] = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // It has ended.
  }
  for (const child of children) killTree(child);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/**
 * Waits for the end of its input. A word there says that all is done already; without one, the tests have ended in the midst: the server $1 is
 * ended with all that it started, the /proc of the root directory $2 unmounted, and both directories ($2, $3) are removed.
 */
const LEFTOVERS = `read -r x && exit 0
end() { for c in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do end "$c"; done; kill -KILL "$1" 2>/dev/null; }
end "$1"
if [ -n "$2" ]; then umount -l "$2/proc" && rm -rf "$2"; fi
rm -rf "$3"`;

/** The client's side: its key, what it knows of the host, and its configuration. */
function clientFiles(directory: string, alias: string, address: string, port: number, user: string, options: ServerOptions) {
  const identity = join(directory, 'id');
  const knownHosts = join(directory, 'known_hosts');
  const configFile = join(directory, 'config');
  keygen(identity, options.passphrase);
  const known = options.knownHost ?? true;
  if (known === 'other') keygen(join(directory, 'other'));
  const hostKey = readFileSync(join(directory, known === 'other' ? 'other.pub' : 'host.pub'), 'utf8');
  writeFileSync(knownHosts, known === false ? '' : `${alias} ${hostKey}`);
  writeFileSync(
    configFile,
    [
      `Host ${alias}`,
      ...(options.client ?? []).map((line) => `  ${line}`),
      `  HostName ${address}`,
      `  Port ${port}`,
      `  User ${user}`,
      `  HostKeyAlias ${alias}`,
      `  IdentityFile ${identity}`,
      '  IdentitiesOnly yes',
      '  IdentityAgent none',
      `  UserKnownHostsFile ${knownHosts}`,
      '  GlobalKnownHostsFile /dev/null',
      '  UpdateHostKeys no',
      '  ControlPath none',
      '',
    ].join('\n'),
  );
  return { identity, knownHosts, configFile };
}

async function serve(
  argv: readonly string[],
  alias: string,
  address: string,
  port: number,
  files: { identity: string; knownHosts: string; configFile: string },
  directory: string,
  options: ServerOptions,
  root?: BusyBoxRoot,
): Promise<SshServer> {
  const [program, ...args] = [...(options.prefix ?? []), ...argv] as [string, ...string[]];
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { PATH: process.env.PATH } });
  const guard = spawn('sh', ['-c', LEFTOVERS, 'leftovers', String(server.pid), root?.directory ?? '', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (server.pid !== undefined) killTree(server.pid);
    await gone;
    guard.stdin.end('done\n');
    root?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    // An address inside a network namespace can't be reached from here.
    if (options.prefix === undefined) await answers(address, port, server);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${log}`);
  }
  return { alias, ...files, port, pid: server.pid as number, directory, log: () => log, stop };
}

/** OpenSSH's server for the user that runs the tests. */
export async function startSshd(options: SshdOptions = {}): Promise<SshServer> {
  const directory = mkdtempSync(join(tmpdir(), 'memlens-sshd-'));
  const address = options.address ?? '127.0.0.1';
  const port = options.prefix === undefined ? await free(address) : 2222;
  // The directory of its unprivileged child is fixed at build time and made by the service's unit.
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  keygen(join(directory, 'host'));
  const files = clientFiles(directory, 'sshd-test', address, port, userInfo().username, options);
  const keys = join(directory, 'authorized_keys');
  copyFileSync(`${files.identity}.pub`, keys);
  const force =
    options.loginShell === undefined && options.profile === undefined
      ? []
      : [`ForceCommand ${options.profile ?? ':'}; exec ${options.loginShell ?? '/bin/sh'} -c "$SSH_ORIGINAL_COMMAND"`];
  writeFileSync(
    join(directory, 'sshd_config'),
    [
      ...(options.server ?? []),
      ...force,
      `ListenAddress ${address}`,
      `Port ${port}`,
      `HostKey ${join(directory, 'host')}`,
      `AuthorizedKeysFile ${keys}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PrintMotd no',
      // bash reads the .bashrc of who runs the tests, which may do and take anything.
      `SetEnv HOME=${directory}`,
      'MaxStartups 100',
      '',
    ].join('\n'),
  );
  return serve([SSHD, '-D', '-e', '-f', join(directory, 'sshd_config')], 'sshd-test', address, port, files, directory, options);
}

export interface BusyBoxRoot {
  /** A root directory: /bin holds BusyBox's applets, or what was asked for, and nothing else, /proc is mounted. */
  readonly directory: string;
  stop(): void;
}

/** Needs root. `without` names applets that are left out. */
export function busyboxRoot(options: { readonly without?: readonly string[] } = {}): BusyBoxRoot {
  const directory = mkdtempSync(join(tmpdir(), 'memlens-root-'));
  chmodSync(directory, 0o755);
  for (const name of ['bin', 'dev', 'etc', 'proc', 'tmp', 'root']) mkdirSync(join(directory, name));
  chmodSync(join(directory, 'tmp'), 0o1777);
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  copyFileSync(busybox, join(directory, 'bin/busybox'));
  execFileSync('chroot', [directory, '/bin/busybox', '--install', '-s', '/bin']);
  for (const name of options.without ?? []) rmSync(join(directory, 'bin', name), { force: true });
  for (const [name, minor] of [
    ['null', '3'],
    ['zero', '5'],
    ['urandom', '9'],
  ] as const) {
    execFileSync('mknod', ['-m', '666', join(directory, 'dev', name), 'c', '1', minor]);
  }
  execFileSync('mount', ['-t', 'proc', 'proc', join(directory, 'proc')]);
  return {
    directory,
    stop: () => {
      execFileSync('umount', ['-l', join(directory, 'proc')]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A root directory whose /bin has these programs of this machine, by the names that they get there, with the libraries that they load; /proc is mounted. Needs root. */
export function programsRoot(programs: Readonly<Record<string, string>>): BusyBoxRoot {
  const directory = mkdtempSync(join(tmpdir(), 'memlens-root-'));
  chmodSync(directory, 0o755);
  const inRoot = (path: string): string => join(directory, path);
  for (const name of ['bin', 'dev', 'proc', 'tmp']) mkdirSync(inRoot(name));
  for (const [name, program] of Object.entries(programs)) {
    const path = execFileSync('sh', ['-c', 'readlink -f "$(command -v "$1")"', 'sh', program], { encoding: 'utf8' }).trim();
    copyFileSync(path, inRoot(`bin/${name}`));
    for (const [library] of execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/\/\S+/g)) {
      mkdirSync(dirname(inRoot(library)), { recursive: true });
      copyFileSync(library, inRoot(library));
    }
  }
  execFileSync('mknod', ['-m', '666', inRoot('dev/null'), 'c', '1', '3']);
  execFileSync('mount', ['-t', 'proc', 'proc', inRoot('proc')]);
  return {
    directory,
    stop: () => {
      execFileSync('umount', ['-l', inRoot('proc')]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface DropbearOptions extends ServerOptions {
  readonly without?: readonly string[];
  /** Log in with this password; the key is not accepted then. */
  readonly password?: string;
}

/** Dropbear in a root directory that holds BusyBox and, in /opt, dropbear with its libraries. Needs root. */
export async function startDropbear(options: DropbearOptions = {}): Promise<SshServer> {
  const directory = mkdtempSync(join(tmpdir(), 'memlens-dropbear-'));
  const root = busyboxRoot(options);
  const inRoot = (path: string): string => join(root.directory, path);
  const address = options.address ?? '127.0.0.1';
  const port = options.prefix === undefined ? await free(address) : 2222;
  mkdirSync(inRoot('opt'));
  copyFileSync(DROPBEAR, inRoot('opt/dropbear'));
  for (const [library] of execFileSync('ldd', [DROPBEAR], { encoding: 'utf8' }).matchAll(/\/\S+/g)) {
    mkdirSync(dirname(inRoot(library)), { recursive: true });
    copyFileSync(library, inRoot(library));
  }
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', inRoot('opt/host')], { stdio: 'ignore' });
  const [hostKey] =
    /^ssh-\S+ \S+/m.exec(execFileSync('dropbearkey', ['-y', '-f', inRoot('opt/host')], { encoding: 'utf8' })) ?? [];
  writeFileSync(join(directory, 'host.pub'), `${hostKey}\n`);
  const files = clientFiles(directory, 'dropbear-test', address, port, 'root', options);
  const hash =
    options.password === undefined
      ? '*'
      : execFileSync('perl', ['-e', 'print crypt($ARGV[0], q($6$saltsalt$))', options.password], { encoding: 'utf8' });
  writeFileSync(inRoot('etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(inRoot('etc/shadow'), `root:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 });
  writeFileSync(inRoot('etc/group'), 'root:x:0:\n');
  writeFileSync(inRoot('etc/shells'), '/bin/sh\n');
  mkdirSync(inRoot('root/.ssh'), { mode: 0o700 });
  if (options.password === undefined) copyFileSync(`${files.identity}.pub`, inRoot('root/.ssh/authorized_keys'));
  return serve(
    ['chroot', root.directory, '/opt/dropbear', '-F', '-E', '-r', '/opt/host', '-p', `${address}:${port}`, '-P', '/opt/pid'],
    'dropbear-test',
    address,
    port,
    files,
    directory,
    options,
    root,
  );
}
