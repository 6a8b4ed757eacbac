// Programs that go on: one of ours that is checked twice, and one of nobody's that is looked into. The tests of a theme go on from each other.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };
const cases = join(root, 'test/host/cases');
const LIMIT = 180_000;

describe.skipIf(noBrowser).each(Object.entries(themes))(named('live processes, %s'), (name, theme) => {
  let window;
  let page;
  let grower;
  const row = (text) => page.locator('.sidebar .monaco-list-row', { hasText: text });
  const toast = (text) => page.locator('.notification-toast', { hasText: text });
  const entry = (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();

  beforeAll(async () => {
    window = await openWindow({
      theme,
      more: { 'memlens.attach.duration': 600 },
      prepare(folder) {
        copyFileSync(join(cases, 'live-checks/workspace/server.c'), join(folder, 'server.c'));
        copyFileSync(join(cases, 'live-attach/workspace/grower.c'), join(folder, 'grower.c'));
      },
    });
    page = window.page;
    const program = join(window.folder, 'grower');
    execFileSync('gcc', ['-g', '-O0', '-o', program, join(window.folder, 'grower.c')]);
    grower = spawn(program, { stdio: 'ignore' });
  }, LIMIT);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-live-${name}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    grower?.kill('SIGKILL');
    await window?.close();
  });

  it(
    'offers Check Leaks while a program of ours goes on',
    async () => {
      await window.open('server.c');
      await window.clickLens('Profile Memory');
      const check = page.locator('.statusbar-item', { hasText: 'Check Leaks' });
      await check.waitFor({ timeout: 60_000 });
      await check.click();
      await toast('Check 1 of server.c').waitFor({ timeout: 60_000 });
      await toast('Check 1 of server.c').getByRole('button', { name: 'Check Again' }).click();
      await toast('Check 2 of server.c').waitFor({ timeout: 60_000 });
      await window.openView('MemLens');
      await row('still growing').waitFor();
      await row('once only').waitFor();
      await window.picture(`live-${name}-1-checks`);
    },
    LIMIT,
  );

  it(
    'tells in the hover what was lost then and now',
    async () => {
      await window.hover(page.locator('.editor-instance .squiggly-error').first());
      const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'Still growing since check 1' });
      await hover.waitFor();
      await window.picture(`live-${name}-2-hover`, { atRest: false });
      await window.rest();
      await page.locator('.statusbar-item', { hasText: 'MemLens: running' }).click();
      await page.locator('.statusbar-item', { hasText: 'leaked' }).waitFor({ timeout: 60_000 });
    },
    LIMIT,
  );

  it(
    'offers the ways into a process with their price, and those that can’t work below',
    async () => {
      await window.command('MemLens: Profile Process…');
      const box = page.locator('.quick-input-widget input');
      await box.fill(String(grower.pid));
      await entry(`${grower.pid}`).click();
      await entry('Page faults (perf)').waitFor({ timeout: 60_000 });
      await entry('Start Again and Profile').waitFor();
      await window.picture(`live-${name}-3-ways`);
      await entry('Page faults (perf)').click();
    },
    LIMIT,
  );

  it(
    'tells how it goes on, stops by a link, and shows the line that grows',
    async () => {
      const progress = toast('Profiling grower');
      const stop = progress.getByRole('link', { name: 'Stop and Show' });
      await expect.poll(() => progress.textContent(), { timeout: 60_000 }).toMatch(/ (?:[5-9]|\d\d+) of 600 s/);
      await window.picture(`live-${name}-4-progress`);
      await stop.click();
      await toast('You stopped looking; it goes on running').waitFor({ timeout: 60_000 });
      await page.locator('.tab.active', { hasText: 'grower.c' }).waitFor();
      await page.locator('.editor-instance .squiggly-warning').first().waitFor();
      await window.picture(`live-${name}-5-line`);
      expect(grower.exitCode).toBeNull();
    },
    LIMIT,
  );

  it(
    'leads from the finding to the region of its process',
    async () => {
      await row('grower.c:8').first().click({ button: 'right' });
      const item = page.locator('.monaco-menu .action-item', { hasText: 'Show Memory Map of Its Process' });
      await item.waitFor();
      // A menu that has just opened takes no click yet: then it stays.
      await expect
        .poll(
          async () => {
            if (await item.isVisible()) await item.click({ timeout: 1000 }).catch(() => undefined);
            await page.waitForTimeout(300);
            return item.isVisible();
          },
          { timeout: 45_000, interval: 1000 },
        )
        .toBe(false);
      const map = await window.pageWith(/regions, low addresses/, 60_000);
      await expect.poll(() => map.locator('.map-side').textContent(), { timeout: 60_000 }).toMatch(/heap/i);
      await window.picture(`live-${name}-6-map`);
    },
    LIMIT,
  );
});
