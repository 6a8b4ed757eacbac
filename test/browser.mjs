// The Chromium of the tests: npm's where the few libraries that it needs are there, else the machine's.
import { spawnSync } from 'node:child_process';
import npmChromium from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const starts = (executable) => spawnSync(executable, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** The path of a browser that starts; CHROMIUM names one. Undefined where there is none. */
async function browserPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const fromNpm = process.platform === 'linux' ? await npmChromium.executablePath().catch(() => undefined) : undefined;
  if (fromNpm && starts(fromNpm)) return fromNpm;
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].find(starts);
}

export const noBrowser =
  'no Chromium: npm could not install one that starts here, and none is on the PATH (apt-get install chromium)';

export async function launchBrowser() {
  const executablePath = await browserPath();
  if (!executablePath) throw new Error(noBrowser);
  return chromium.launch({
    executablePath,
    // No GPU, and no /dev/shm of a container's 64 MB.
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

/** Without motion: a screenshot catches no half-faded hover. */
export const still = { reducedMotion: 'reduce', viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };
