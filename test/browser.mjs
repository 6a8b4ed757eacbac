// The Chromium of the tests: npm's where the few libraries that it needs are there, else the machine's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import npmChromium from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const starts = (executable) => spawnSync(executable, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** The path of a browser that starts; CHROMIUM names one. Undefined where there is none. */
const executablePath = process.env.CHROMIUM ?? (await find());

async function find() {
  const fromNpm = process.platform === 'linux' ? await npmChromium.executablePath().catch(() => undefined) : undefined;
  return [fromNpm, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].find((path) => path && starts(path));
}

/** Why there is no browser; undefined where there is one. */
export const noBrowser = executablePath
  ? undefined
  : "no Chromium: npm's does not start here, and none is on the PATH (apt-get install chromium)";

/** @param more arguments of its command line */
export async function launchBrowser(...more) {
  if (!executablePath) throw new Error(noBrowser);
  return chromium.launch({
    // Playwright takes a path, no name to look up.
    executablePath: executablePath.includes('/') ? executablePath : onPath(executablePath),
    // No GPU, and no /dev/shm of a container's 64 MB.
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage', '--font-render-hinting=none', ...more],
  });
}

const onPath = (name) =>
  process.env.PATH.split(':')
    .map((directory) => join(directory, name))
    .find(existsSync);

/** Without motion: a screenshot catches no half-faded hover. */
export const still = { reducedMotion: 'reduce', viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };
