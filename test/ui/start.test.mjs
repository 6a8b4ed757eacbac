// npm start, up to where a person would look at it.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';

const work = mkdtempSync(join(tmpdir(), 'memlens-start-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** From another folder, as anything that starts it may be in any. */
const start = (args, env = {}) =>
  spawnSync(process.execPath, [join(root, 'scripts/start.mjs'), ...args], {
    cwd: work,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });

const taken = (port) =>
  new Promise((done, failed) => {
    const server = createServer().once('error', failed);
    server.listen(port, '127.0.0.1', () => done(server));
  });

describe('npm start', () => {
  it('gets a window in the browser ready, on the next port when the first is in use', async () => {
    const other = await taken(0);
    const { port } = other.address();
    const { status, stdout, stderr } = start(['--browser', '--no-open'], { PORT: String(port) });
    await new Promise((done) => other.close(done));
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`port ${port} is in use`);
    const address = /http:\/\/127\.0\.0\.1:(\d+)\/\?folder=\S+\/demo$/m.exec(stdout);
    expect(Number(address?.[1])).toBeGreaterThan(port);
  });

  it('opens the demo in the VS Code on the PATH, with MemLens loaded', () => {
    const said = join(work, 'arguments');
    writeFileSync(join(work, 'code'), `#!/bin/sh\n[ "$1" = --version ] || printf '%s\\n' "$@" > '${said}'\n`);
    chmodSync(join(work, 'code'), 0o755);
    const { status, stderr } = start([], { PATH: `${work}:${process.env.PATH}` });
    expect(status, stderr).toBe(0);
    expect(readFileSync(said, 'utf8').trim().split('\n')).toEqual([
      '--new-window',
      `--extensionDevelopmentPath=${root}`,
      join(root, 'out/demo'),
    ]);
  });

  it('says how to get a C compiler where there is none', () => {
    const { stderr } = start([], { PATH: work });
    expect(stderr).toMatch(/no C compiler was found. Install one: \S+/);
  });
});
