// What `npm start` and `npm test` need before anything else: the packages of package-lock.json, and Node 24 from among them.
// Runs on any Node from 20 and loads no package.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const node24 = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
/** The file that a package's `bin` names, to be run by `process.execPath`. */
export const bin = (name, path) => join(root, 'node_modules', name, path);

/** Kept over the change to Node 24. */
process.env.MEMLENS_STARTED ??= String(Date.now());
const started = Number(process.env.MEMLENS_STARTED);
/** One line of progress with the seconds since the start. */
export const say = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}`);

/** Runs to the end with our own input and output, and ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')}: ${error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`)}`);
  process.exit(status || 1);
}

/** True when node_modules holds just the versions that package-lock.json names. */
function installed() {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packagesOf(hidden);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || optional || devOptional || peer || there[path]?.version === version,
  );
}

/**
 * Installs what is missing, and goes on in Node 24: under an older Node this script is started again there,
 * and this process ends as that one ends.
 */
export async function setUp() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    console.error(`MemLens needs Node 20 or newer; this is ${process.version}.`);
    process.exit(1);
  }
  if (!installed()) {
    say('installing the packages (npm ci, about 20 s)');
    run('npm', ['ci', '--no-audit', '--no-fund']);
    say('packages installed');
  }
  // Left undone by `npm ci --ignore-scripts`.
  if (!existsSync(node24)) run('npm', ['rebuild', 'node', 'esbuild']);
  if (process.versions.node.startsWith('24.')) return;
  const child = spawn(node24, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((done) => child.once('exit', (...end) => done(end)));
  process.exit(code ?? 128 + constants.signals[signal]);
}
