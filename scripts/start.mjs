// npm start: opens the demo in a real VS Code with MemLens loaded. On a machine with Node and npm alone it installs what it needs.
//   --browser   a VS Code in the browser, also where there is one on the PATH
//   -- --no-open   gets everything ready, sees that the server answers, and ends
//   PORT=n         the browser's first choice of a port (default 8080)
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from './pack.mjs';
import { root, run, say, setUp } from './set-up.mjs';

const { argv, env, platform } = process;
await setUp();

/** A copy: what the user tries in it changes nothing in the repository, and stays for the next time. */
const demo = join(root, 'out/demo');
cpSync(join(root, 'examples/demo'), demo, { recursive: true, force: false });

const works = (command) => spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
if (platform !== 'linux') console.warn('Note: MemLens runs programs on Linux only; here it can open reports.');
else if (!['cc', 'gcc', 'clang'].some(works)) console.warn(`Note: no C compiler was found. Install one: ${compilerCommand()}`);

const code = argv.includes('--browser') ? undefined : ['code', 'code-insiders', 'codium'].find(works);
if (code) {
  run(process.execPath, ['esbuild.mjs']);
  if (!argv.includes('--no-open')) run(code, ['--new-window', `--extensionDevelopmentPath=${root}`, demo]);
  say(`the demo is open in ${code}: open leak.c and click "Profile Memory"`);
} else await inBrowser();

async function inBrowser() {
  const { freePort, home, install, installExtension, quietSettings, start } = await import('./code-server.mjs');
  install(say);
  const dataDir = join(home, 'data');
  const extensionsDir = join(dataDir, 'extensions');
  installExtension(pack(), { dataDir, extensionsDir });
  say('MemLens built and installed');
  const wanted = Number(env.PORT ?? 8080);
  const port = await freePort(wanted);
  if (port !== wanted) say(`port ${wanted} is in use`);
  const server = await start({ dataDir, extensionsDir, port, settings: quietSettings });
  say(
    `ready: open this address, then leak.c, and click "Profile Memory"\n\n  ${server.url}/?folder=${encodeURIComponent(demo).replaceAll('%2F', '/')}\n`,
  );
  if (argv.includes('--no-open')) {
    await server.stop();
    return;
  }
  console.log('Ctrl+C ends it.');
  await server.exited;
  console.error(server.output());
  process.exit(1);
}

/** How this distribution installs a C compiler (os-release(5)). */
function compilerCommand() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const ids = `${/^ID=(.*)$/m.exec(release)?.[1]} ${/^ID_LIKE=(.*)$/m.exec(release)?.[1]}`;
  if (/debian|ubuntu/.test(ids)) return 'sudo apt install gcc g++';
  if (/fedora|rhel|centos/.test(ids)) return 'sudo dnf install gcc gcc-c++ libasan liblsan';
  if (/arch/.test(ids)) return 'sudo pacman -S gcc';
  if (/suse/.test(ids)) return 'sudo zypper install gcc gcc-c++';
  if (/alpine/.test(ids)) return 'sudo apk add build-base clang compiler-rt';
  return 'gcc or clang, by your package manager';
}
