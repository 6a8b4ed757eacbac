// The extension host is killed while a program of ours runs in a terminal: the program ends as well, and nothing of the run is left.
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const LIMIT = 180_000;

describe.skipIf(noBrowser).each(['asan', 'memcheck'])(named('the extension host is killed, %s'), (engine) => {
  let window;
  /** Only this test's programs have it. */
  const name = `goes-on-${process.pid}-${engine}`;

  /** The command lines of what belongs to the run. */
  const running = () =>
    readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
        return words.some((word) => word.endsWith(`/${name}`)) ? [words] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });

  beforeAll(async () => {
    window = await openWindow({
      more: { 'memlens.engine': engine },
      prepare(folder) {
        for (const [from, to] of [
          ['never-ends.c', `${name}.c`],
          ['scrub.h', 'scrub.h'],
        ])
          copyFileSync(join(root, 'test/programs', from), join(folder, to));
      },
    });
  }, LIMIT);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-host-killed-${engine}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(() => window?.close());

  it(
    'and the program ends',
    async () => {
      await window.open(`${name}.c`);
      await window.clickLens('Profile Memory');
      await window.page.locator('.statusbar-item', { hasText: 'Check Leaks' }).waitFor({ timeout: 90_000 });
      await expect.poll(() => running().length, { timeout: 60_000 }).toBeGreaterThan(0);
      const program = running()
        .flat()
        .find((word) => word.endsWith(`/${name}`));
      expect(existsSync(program)).toBe(true);
      const host = window.extensionHost();
      process.kill(host, 'SIGKILL');
      await expect.poll(running, { timeout: 60_000 }).toEqual([]);
      await expect.poll(() => existsSync(join(program, '..')), { timeout: 60_000 }).toBe(false);
    },
    LIMIT,
  );
});
