// Questions of ssh on the terminal of the command line: `script` gives the terminal.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noSshd, type SshServer, startSshd } from './servers.js';

const why = noSshd ?? (existsSync('/usr/bin/script') ? undefined : 'script(1) is not installed');
const directory = mkdtempSync(join(tmpdir(), 'memlens-test-'));
const harness = join(directory, 'client.cjs');
const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/node/${path}`, import.meta.url)));

describe.skipIf(why !== undefined)(`a login on a terminal${why === undefined ? '' : ` (${why})`}`, () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshd({ passphrase: 'grün sesame', knownHost: false });
    const entry = join(directory, 'client.ts');
    writeFileSync(
      entry,
      `import { createTarget } from ${source('targets.ts')};
       import { terminalAsk } from ${source('terminal-ask.ts')};
       const [alias, sshConfigFile, askpass] = process.argv.slice(2);
       const log = { info() {}, warn() {}, error() {} };
       const ask = terminalAsk();
       const target = createTarget({ name: 't', config: { kind: 'ssh', host: alias } }, { log, sshConfigFile, askpass, ...(ask ? { ask } : {}) });
       target.capture({ argv: ['echo', 'logged in'] }).then((done) => { console.log('result ' + JSON.stringify(done)); target.dispose(); });`,
    );
    await build({ entryPoints: [entry], outfile: harness, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Types each answer when its question is on the screen; the screen at the end. */
  async function type(answers: readonly (readonly [RegExp, string])[]): Promise<string> {
    const askpass = fileURLToPath(new URL('../../media/askpass.sh', import.meta.url));
    const words = [process.execPath, harness, server.alias, server.configFile, askpass].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', words, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const left = [...answers];
    let screen = '';
    let from = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      const [question, answer] = left[0] ?? [];
      if (question === undefined || answer === undefined || !question.test(screen.slice(from))) return;
      left.shift();
      from = screen.length;
      child.stdin.write(answer);
    });
    await new Promise((resolve) => child.once('close', resolve));
    return screen;
  }

  test('the key of the host and a passphrase, which is not shown', async () => {
    const screen = await type([
      [/fingerprint\]\)\? /, 'yep\x7fs\x7f\x7f\x7fyes\r'],
      [/passphrase for key/, 'wrong\r'],
      [/passphrase for key/, 'x\x15grün sesamex\x7f\r'],
    ]);
    expect(screen).toContain('"stdout":"logged in\\n"');
    expect(screen).toContain('yes');
    expect(screen).not.toMatch(/sesame|wrong/);
  });

  test('^C gives up', async () => {
    const screen = await type([[/passphrase for key/, '\x03']]);
    expect(screen).toContain('result {"ok":false,"error":{"code":"cancelled"}}');
  });
});
