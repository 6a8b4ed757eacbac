// System Memory and Out of Memory in the window, in each kind of theme. The tests of a theme go on from each other.
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };
const fixture = (...names) => join(root, 'test/fixtures', ...names);
const MIB = 1024 * 1024;
/** Bytes of an amount as the page writes it, and half of its last digit. */
function bytesOf(text) {
  const [, sign, digits, unit] = /([−-]?)([\d,.]+) (B|KiB|MiB|GiB)/.exec(text) ?? [];
  const factor = { B: 1, KiB: 1024, MiB: MIB, GiB: 1024 * MIB }[unit];
  const decimals = digits?.split('.')[1]?.length ?? 0;
  return { bytes: (sign ? -1 : 1) * Number(digits?.replaceAll(',', '')) * factor, within: (factor * 10 ** -decimals) / 2 };
}
const memTotal = () => Number(/^MemTotal:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))[1]) * 1024;

describe.skipIf(noBrowser).each(Object.entries(themes))(named('system memory, %s'), (name, theme) => {
  let window;
  let page;
  let system;
  let oom;
  const held = join('/dev/shm', `memlens-ui-${process.pid}-${name}`);
  const tab = (text) => page.locator('.tab', { hasText: text });
  const toast = (text) => page.locator('.notification-toast', { hasText: text });
  const picture = (what) => window.picture(`system-${name}-${what}`);
  const details = () => system.getByRole('complementary', { name: 'Selected part' });
  const option = (label) => system.getByRole('option', { name: new RegExp(`^${label}`) });
  const isRead = async (limitMs) => {
    system = await window.pageWith(/As of \d\d:\d\d|Time not told/, limitMs);
  };
  const isStill = () => system.locator('.system-state[data-state="still"]').waitFor();
  /** Clicks an entry of the explorer's menu: a click that comes as soon as the menu is there is taken for the end of the one that opened it. */
  const choose = async (file, entry) => {
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: file }).click({ button: 'right' });
    const item = page.locator('.monaco-menu .action-label', { hasText: entry });
    await item.click();
    await expect
      .poll(
        async () => {
          if (await item.isVisible()) await item.click({ timeout: 1000 }).catch(() => undefined);
          return item.isVisible();
        },
        { timeout: 45_000, interval: 1000 },
      )
      .toBe(false);
  };
  /**
   * By the dialog of the command; `row`: what its list shows when it has looked up what was typed. Before that it would open the folder that
   * it began with, and under load it may take what was typed back when it has listed that one: then it is typed again.
   */
  const openFiles = async (file, row) => {
    const wanted = join(window.folder, file);
    const input = page.locator('.quick-input-widget input');
    const accept = page.locator('.quick-input-widget .monaco-button', { hasText: 'Open System Files' });
    const listed = page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first();
    await window.command('MemLens: Open System Files');
    await accept.waitFor();
    // A click may only complete what was typed, and what is left of the dialog is asked again.
    await expect
      .poll(
        async () => {
          if (!(await accept.isVisible())) return false;
          if ((await input.inputValue()) !== wanted || !(await listed.isVisible())) {
            await input.fill('');
            await input.fill(wanted);
            await listed.waitFor({ timeout: 10_000 }).catch(() => undefined);
            // It is still the same after the list has come to rest.
            await page.waitForTimeout(500);
          }
          if ((await input.inputValue()) === wanted && (await listed.isVisible())) {
            await accept.click({ timeout: 1000 }).catch(() => undefined);
            await page.waitForTimeout(500);
          }
          return accept.isVisible();
        },
        { timeout: 90_000, interval: 500 },
      )
      .toBe(false);
  };
  const closeTabs = () => window.command('View: Close All Editors');

  beforeAll(async () => {
    window = await openWindow({
      theme,
      prepare: (folder) => {
        cpSync(fixture('linux/6.18-root'), join(folder, 'machine'), { recursive: true });
        for (const file of ['meminfo', 'slabinfo', 'vmallocinfo'])
          copyFileSync(fixture('linux/6.18-root', file), join(folder, file));
        const log = ['2.6.28-highmem.txt', '5.14-memcg-v2.txt', '6.11-global.txt'].map((file) =>
          readFileSync(fixture('oom', file), 'utf8'),
        );
        writeFileSync(join(folder, 'kern.log'), log.join('\n'));
        for (const file of ['empty.log', 'journal.log']) writeFileSync(join(folder, file), '');
      },
    });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-system-${name}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    await window?.close();
    rmSync(held, { force: true });
  });

  it('opens by its place in the view, and by its command', async () => {
    await window.openView('MemLens');
    await window.pageWith(/Live, every 1 s/);
    await page.locator('.pane-header .action-label[aria-label="Show System Memory"]').click();
    await tab('System: local').waitFor();
    await closeTabs();
    await window.command('MemLens: Show System Memory');
    await tab('System: local').waitFor();
    await window.openView('MemLens');
    await isRead();
    await picture('1-machine');
  });

  it('has parts that add up to the MemTotal of /proc/meminfo', async () => {
    const total = bytesOf(await option('MemTotal').locator('.bar-amount').textContent());
    expect(Math.abs(total.bytes - memTotal())).toBeLessThanOrEqual(total.within);
    const parts = await system.locator('.bar-row.kind-part, .bar-row.kind-unexplained').evaluateAll((rows) =>
      rows.map((row) => ({
        amount: row.querySelector('.bar-amount').textContent,
        width: Number.parseFloat(row.querySelector('.bar-fill').style.width) * (row.classList.contains('negative') ? -1 : 1),
      })),
    );
    expect(parts.length).toBeGreaterThan(8);
    const amounts = parts.map(({ amount }) => bytesOf(amount));
    const within = amounts.reduce((sum, one) => sum + one.within, total.within);
    expect(Math.abs(amounts.reduce((sum, { bytes }) => sum + bytes, 0) - memTotal())).toBeLessThanOrEqual(within);
    // What is left is not drawn on top of the rest, and nothing is missing between.
    expect(parts.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(100, 1);
  });

  it('is walked by keys; each part says what it is, how it gets less and where to look', async () => {
    await option('MemTotal').focus();
    await page.keyboard.press('ArrowDown');
    await details().locator('h2', { hasText: 'Applications' }).waitFor();
    for (const words of ['AnonPages', 'Less of it', 'Where to look', 'Document of the kernel']) {
      expect(await details().textContent()).toContain(words);
    }
    await system.locator('.grid .body .row').first().waitFor();
    await picture('2-applications');
    await page.keyboard.press('End');
    await details().locator('h2', { hasText: 'Unexplained' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await details()
      .locator('h2', { hasText: /^Free$/ })
      .waitFor();
    await system.getByRole('tab', { name: 'Owners' }).focus();
    for (const panel of ['Changes', 'free', 'Not Read']) {
      await page.keyboard.press('ArrowRight');
      await system.locator('[role=tab][aria-selected=true]', { hasText: panel }).waitFor();
      await system.locator('.lower').evaluate((panel) => panel.scrollIntoView({ block: 'end' }));
      await picture(`3-${panel.replace(' ', '-').toLowerCase()}`);
    }
    await page.keyboard.press('Home');
    await system.locator('[role=tab][aria-selected=true]', { hasText: 'Owners' }).waitFor();
  });

  it('shows after a mark what was done since: a file in shared memory', async () => {
    await system.getByRole('button', { name: 'Mark', exact: true }).click();
    await system.getByRole('button', { name: 'Marks (1)' }).waitFor();
    await isStill();
    writeFileSync(held, Buffer.alloc(96 * MIB, 7));
    await system.getByRole('button', { name: 'Compare', exact: true }).click();
    await system.getByRole('menuitemradio').first().click();
    const before = await system.locator('.system-state').textContent();
    await system.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(() => system.locator('.system-state').textContent(), { timeout: 30_000 }).not.toBe(before);
    await isStill();
    await system.locator('.lower').evaluate((panel) => panel.scrollIntoView({ block: 'end' }));
    const rows = system.locator('.grid .body .row');
    await rows.filter({ hasText: held }).first().waitFor();
    const row = rows.filter({ hasText: /Shared memory|Shmem/ }).first();
    expect(bytesOf(await row.textContent()).bytes).toBeGreaterThan(90 * MIB);
    await picture('4-changes');
  });

  it('comes back after a reload of the window, with its marks and the part that was chosen', async () => {
    await option('Shared memory and tmpfs').click();
    await details().locator('h2', { hasText: 'Shared memory' }).waitFor();
    // The editor keeps what a page has saved a moment later.
    await page.waitForTimeout(1000);
    await page.reload({ waitUntil: 'domcontentloaded' });
    await tab('System: local').waitFor();
    await isRead(60_000);
    await details().locator('h2', { hasText: 'Shared memory' }).waitFor();
    await system.getByRole('button', { name: 'Marks (1)' }).waitFor();
    await picture('5-reloaded');
    await closeTabs();
  });

  it('opens a folder of saved files of /proc by the dialog of its command', async () => {
    await openFiles('machine/', 'zoneinfo');
    await tab('System: machine').waitFor();
    await isRead();
    await picture('6-saved');
    await closeTabs();
  });

  it('opens a folder of saved files of /proc by the menu of the explorer', async () => {
    await window.openView('Explorer');
    await choose('machine', 'Open as System Memory');
    await tab('System: machine').waitFor();
    await isRead();
    await system.getByRole('tab', { name: 'Owners' }).waitFor();
    await closeTabs();
    await choose('meminfo', 'Open as System Memory');
    await tab('System: meminfo').waitFor();
    await isRead();
    await closeTabs();
  });

  it('opens saved files of /proc by the explorer, each as what it is', async () => {
    await choose('meminfo', 'Open Memory Report');
    await tab('System: meminfo').waitFor();
    await isRead();
    await picture('7-meminfo');
    await closeTabs();
    for (const [file, table] of [
      ['vmallocinfo', 'vmalloc callers'],
      ['slabinfo', 'Slab caches'],
    ]) {
      await choose(file, 'Open Memory Report');
      await tab(`System: ${file}`).waitFor();
      // What was compared last is no matter of a file.
      system = await window.pageWith(/There is no meminfo with it/);
      await system.getByRole('grid', { name: table }).waitFor();
      await picture(`7-${file}`);
      await closeTabs();
    }
  });

  it('explains the kills of a log, each by itself', async () => {
    await choose('kern.log', 'Explain Out-of-Memory Kills');
    await tab('Out of Memory: kern.log').waitFor();
    oom = await window.pageWith(/Who was killed/);
    const entries = oom.locator('.oom-entry');
    expect(await entries.count()).toBe(4);
    await picture('8-oom');
    const headline = await oom.locator('.headline').textContent();
    await entries.nth(2).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => oom.locator('.headline').textContent()).not.toBe(headline);
    expect(await entries.nth(2).getAttribute('aria-current')).toBe('true');
    await picture('9-oom-group');
    await entries.nth(3).click();
    await oom.locator('.headline', { hasText: 'stress-ng-vm (116)' }).waitFor();
    const tasks = oom.getByRole('table', { name: 'Tasks by what they held' });
    await tasks.scrollIntoViewIfNeeded();
    const pids = async () => (await tasks.locator('tbody tr td:nth-child(2)').allTextContents()).map(Number);
    await tasks.getByRole('button', { name: 'PID' }).click();
    const down = await pids();
    expect(down.length).toBeGreaterThan(1);
    expect(down).toEqual(down.toSorted((one, other) => other - one));
    await tasks.getByRole('button', { name: 'PID' }).click();
    expect(await pids()).toEqual(down.toReversed());
    await picture('10-oom-tasks');
  });

  it('comes back after a reload of the window, with the kill that was looked at', async () => {
    await oom.locator('.oom-entry').nth(1).click();
    const headline = oom.locator('.headline');
    await expect.poll(() => oom.locator('.oom-entry').nth(1).getAttribute('aria-current')).toBe('true');
    const told = await headline.textContent();
    // In a browser the editor writes what its tabs have kept every 5 seconds: nothing can wait for it when the window goes.
    await page.waitForTimeout(8000);
    await page.reload({ waitUntil: 'domcontentloaded' });
    await tab('Out of Memory: kern.log').waitFor();
    oom = await window.pageWith(/Who asked/, 60_000);
    await oom.locator('.oom-entry').nth(3).waitFor();
    expect(await oom.locator('.headline').textContent()).toBe(told);
    expect(await oom.locator('.oom-entry').nth(1).getAttribute('aria-current')).toBe('true');
    await picture('10-oom-reloaded');
    await closeTabs();
  });

  it('explains the kills of a text in the editor, and of a log that is opened as a report', async () => {
    await window.open('kern.log');
    await window.command('MemLens: Explain Out-of-Memory Kills in This Text');
    await tab('Out of Memory: kern.log').waitFor();
    await window.pageWith(/Who was killed/);
    await closeTabs();
    await choose('kern.log', 'Open Memory Report');
    await tab('Out of Memory: kern.log').waitFor();
    await window.pageWith(/Who was killed/);
    await closeTabs();
  });

  it('lists who would be killed next', async () => {
    await window.command('MemLens: Show Next Out-of-Memory Victim');
    await tab('Out of Memory: local').waitFor();
    oom = await window.pageWith(/Read at/);
    const table = oom.getByRole('table', { name: 'Processes, who would be killed first' });
    await table.locator('tbody tr').first().waitFor();
    await picture('11-victims');
    await closeTabs();
  });

  it('says of a file with nothing in it that there is nothing', async () => {
    await choose('empty.log', 'Open Memory Report');
    await toast('empty.log').first().waitFor();
    await picture('12-empty-report');
    await window.command('Notifications: Clear All Notifications');
    await window.open('empty.log');
    await window.command('MemLens: Explain Out-of-Memory Kills in This Text');
    await toast('tells of no process').first().waitFor();
    await window.command('Notifications: Clear All Notifications');
    await choose('journal.log', 'Explain Out-of-Memory Kills');
    await tab('Out of Memory: journal.log').waitFor();
    await window.pageWith(/The kernel killed no process for lack of memory in this log/);
    await picture('12-empty-oom');
    await closeTabs();
  });
});
