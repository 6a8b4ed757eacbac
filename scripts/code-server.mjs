// A VS Code that comes from npm: installs code-server into `.code-server/` and starts it with Node 24.
// `npm start` shows MemLens in it where no VS Code is installed; the extension-host and UI tests run in it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node24, root } from './set-up.mjs';

const version = '4.139.1';
export const home = join(root, '.code-server');
const directory = join(home, version);
const stamp = join(directory, 'installed');
const entry = join(directory, 'node_modules/code-server/out/node/entry.js');

/** Parts of VS Code that MemLens and its tests never load: half of the 600 MB. */
const unused = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  ...['copilot', 'mermaid-markdown-features', 'microsoft-authentication', 'github'].map((name) => `extensions/${name}`),
];

/** A nested npm or server would take the settings of an outer npm or VS Code for its own. */
const cleanEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|VSCODE_|CODE_SERVER_|ELECTRON_|PORT$|PASSWORD$|INIT_CWD$)/i.test(name),
    ),
  );

/**
 * Installs once. No install script is run: code-server's own refuses under Node 20 and builds native modules that are
 * not missed (without its native logger the server writes no log files).
 */
export function install(say = console.error) {
  if (existsSync(stamp)) return;
  say(`installing code-server ${version} (once, about 20 s)`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies: { 'code-server': version } }));
  const env = cleanEnvironment();
  env.PATH = `${join(root, 'node_modules/node/bin')}:${env.PATH}`;
  const vscode = join(directory, 'node_modules/code-server/lib/vscode');
  for (const [cwd, ...more] of [[directory], [vscode, '--omit=dev'], [join(vscode, 'extensions'), '--omit=dev']]) {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...more];
    const { status, error } = spawnSync('npm', args, { cwd, env, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd}: ${error?.message ?? `exit code ${status}`}`);
  }
  const remoteOnly = readdirSync(join(vscode, 'extensions')).filter((name) => name.startsWith('ms-vscode.'));
  for (const path of [...unused, ...remoteOnly.map((name) => `extensions/${name}`)]) {
    rmSync(join(vscode, path), { recursive: true, force: true });
  }
  writeFileSync(stamp, '');
  say('code-server installed');
}

/** Puts a packed extension into `extensionsDir`, as the editor's own Install from VSIX does. */
export function installExtension(vsix, { dataDir, extensionsDir }) {
  if (!existsSync(vsix)) throw new Error(`${vsix} is missing: npm run package`);
  const args = ['--config', '/dev/null', '--user-data-dir', dataDir, '--extensions-dir', extensionsDir, '--force'];
  const { status, stdout, stderr } = spawnSync(node24, [entry, ...args, '--install-extension', vsix], {
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`could not install ${vsix}:\n${stdout}${stderr}`);
}

/** The first free port from `port` upwards; 0 takes any. */
export function freePort(port = 0) {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', (error) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? found(freePort(port + 1)) : failed(error),
    );
    probe.listen(port, '127.0.0.1', () => {
      const free = probe.address().port;
      probe.close(() => found(free));
    });
  });
}

/** Process groups that are still ours to end, however this process ends. */
const groups = new Set();
const endGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
};
process.on('exit', () => {
  for (const pid of groups) endGroup(pid, 'SIGKILL');
});
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(code));
}

/**
 * Starts a server on 127.0.0.1 and answers when it is ready.
 * @param {object} options
 * @param {string} options.dataDir  short and absolute: it holds a unix socket
 * @param {string} [options.extensionsDir]
 * @param {number} [options.port]   default: any free one
 * @param {object} [options.settings]  the user's settings, written when there are none yet
 * @param {boolean} [options.trust] ask for workspace trust, as VS Code does; default: every folder is trusted
 * @param {boolean} [options.driver] let the page's address name a development extension and tests. It turns toasts off.
 */
export async function start({ dataDir, extensionsDir, port, settings = quietSettings, trust = false, driver = false }) {
  port ??= await freePort();
  extensionsDir ??= join(dataDir, 'extensions');
  mkdirSync(join(dataDir, 'User'), { recursive: true });
  mkdirSync(extensionsDir, { recursive: true });
  const userSettings = join(dataDir, 'User/settings.json');
  if (!existsSync(userSettings)) writeFileSync(userSettings, `${JSON.stringify(settings, undefined, 2)}\n`);
  const host = `127.0.0.1:${port}`;
  const args = ['--auth', 'none', '--bind-addr', host, '--config', '/dev/null'];
  args.push('--user-data-dir', dataDir, '--extensions-dir', extensionsDir);
  args.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy');
  if (driver) args.push('--vscode-option', 'enable-smoke-test-driver');
  if (!trust) args.push('--disable-workspace-trust');
  const child = spawn(node24, [entry, ...args], {
    // An empty gallery: the workbench asks no marketplace on the net. VSCODE_CLI: our environment is the shell's own,
    // so no login shell is started to learn it.
    env: { ...cleanEnvironment(), EXTENSIONS_GALLERY: '{}', VSCODE_CLI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  groups.add(child.pid);
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    endGroup(child.pid, 'SIGTERM');
    const timer = setTimeout(() => endGroup(child.pid, 'SIGKILL'), 3000);
    await exited;
    clearTimeout(timer);
    // What the server started may outlive it.
    endGroup(child.pid, 'SIGKILL');
    groups.delete(child.pid);
  };
  const url = `http://${host}`;
  const deadline = performance.now() + 60_000;
  while (!(await answers(`${url}/healthz`))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`code-server did not start:\n${output}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  return { url, host, port, dataDir, extensionsDir, stop, exited, output: () => output };
}

const answers = (url) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

/** Settings for a window without welcome pages, tips, chat and questions to the net. */
export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.editor.useModal': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
};

/**
 * The address of a window on a folder. With a server started with `driver`: loads `extension` (a folder) as a
 * development extension, and runs `tests` (a module) in its extension host, with `environment` added to it.
 */
export function windowUrl(server, { folder, open, extension, tests, environment }) {
  const uri = (path) => `vscode-remote://${server.host}${resolve(path)}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (extension) payload.push(['extensionDevelopmentPath', uri(extension)]);
  if (tests) payload.push(['extensionTestsPath', uri(tests)]);
  if (environment) payload.push(['extensionEnvironment', JSON.stringify(environment)]);
  if (open) payload.push(['openFile', uri(open)]);
  return `${server.url}/?folder=${encodeURIComponent(resolve(folder))}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
