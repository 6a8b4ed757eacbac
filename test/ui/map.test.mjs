// The Memory Map of a real leaking process in the window, in each kind of theme. The tests of a theme go on from each other.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };

describe.skipIf(noBrowser).each(Object.entries(themes))(named('memory map, %s'), (name, theme) => {
  let window;
  let page;
  let map;
  let shop;
  const work = mkdtempSync(join(tmpdir(), 'memlens-map-'));
  const tab = (text) => page.locator('.tab', { hasText: text });
  const form = (label) => map.getByRole('radio', { name: label, exact: true }).click();
  const details = () => map.locator('.details');
  const picture = (what) => window.picture(`map-${name}-${what}`);
  /** Coloured pixels of the canvas of the form that is shown. */
  const ink = () =>
    map
      .locator('.map-view canvas')
      .first()
      .evaluate((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Set();
        for (let at = 0; at < data.length; at += 4)
          if (data[at + 3] > 0) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
        return colours.size;
      });
  const theMap = async (limitMs) => {
    map = await window.pageWith(/bookshop[\s\S]*Address Space/, limitMs);
  };

  beforeAll(async () => {
    const program = join(work, 'bookshop');
    const catalogue = join(work, 'catalogue of books.txt');
    writeFileSync(catalogue, 'a book\n'.repeat(10_000));
    const built = spawnSync('cc', ['-g', '-pthread', '-o', program, join(root, 'test/programs/maps/bookshop.c')], {
      encoding: 'utf8',
    });
    expect(built.stderr).toBe('');
    shop = spawn(program, [catalogue], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((open) => shop.stdout.once('data', open));
    window = await openWindow({
      theme,
      prepare: (folder) => {
        writeFileSync(join(folder, 'before.smaps'), readFileSync(`/proc/${shop.pid}/smaps`));
        writeFileSync(join(folder, 'cut.smaps'), readFileSync(`/proc/${shop.pid}/smaps`, 'utf8').slice(0, 20_000));
        writeFileSync(join(folder, 'foreign.smaps'), 'nothing of a map\n');
      },
    });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-map-${name}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    shop?.kill();
    await window?.close();
    rmSync(work, { recursive: true, force: true });
  });

  it('opens from the Processes view', async () => {
    // Commands are there once the extension is.
    await window.openView('MemLens');
    await window.pageWith(/Live, every 1 s/);
    await window.command('MemLens: Show Processes');
    const processes = await window.pageWith(/\d+ processes/);
    await processes.locator('input').first().click();
    await page.keyboard.type('bookshop');
    const row = processes.locator('[role=row]', { hasText: `${shop.pid}` }).first();
    await row.waitFor();
    await row.locator('[role=rowheader], [role=gridcell]').first().click({ button: 'right' });
    await processes.getByRole('menuitem', { name: 'Show Memory Map' }).click();
    await tab(`Memory Map: bookshop (${shop.pid})`).waitFor();
    await window.command('View: Hide Panel');
    await theMap();
    await map.locator('.map-state', { hasText: /Live/ }).waitFor();
    expect(await map.locator('.totals-whole').textContent()).toMatch(/RSS[\s\S]*MiB/);
  });

  it('draws the address space, and tells all of the region that is chosen by the keyboard', async () => {
    await map.locator('.space-stage').focus();
    for (let press = 0; press < 6; press++) await page.keyboard.press('ArrowDown');
    await details().locator('h2', { hasText: 'Heap' }).waitFor();
    expect(await details().locator('.details-rule').textContent()).toContain('[heap]');
    expect(await details().locator('.details-figures').textContent()).toMatch(/Private_Dirty[\s\S]*[KM]iB/);
    expect(await ink()).toBeGreaterThan(5);
    await picture('1-space');
  });

  it('shows the pages of that region as a strip', async () => {
    await details().getByRole('button', { name: 'Show Pages' }).click();
    await details()
      .locator('.strip-summary', { hasText: /in memory/ })
      .waitFor();
    await details().locator('.strip').scrollIntoViewIfNeeded();
    await picture('2-pages');
  });

  it('shows the same as a treemap', async () => {
    await form('Treemap');
    await map.locator('.treemap-stage').waitFor();
    await expect.poll(ink).toBeGreaterThan(5);
    await picture('3-treemap');
  });

  it('shows the same as a table, which filters by a predicate and keeps the selection', async () => {
    await form('Table');
    const table = map.locator('.region-table');
    await table.locator('.body > .row[aria-selected="true"]', { hasText: 'Heap' }).waitFor();
    await picture('4-table');
    await table.locator('vscode-textfield input').fill('rss>1M');
    await expect.poll(() => table.locator('.body > .row', { hasText: 'covers' }).count()).toBe(1);
    await expect.poll(() => table.locator('.body > .row', { hasText: 'catalogue of books.txt' }).count()).toBe(0);
    await table.locator('vscode-textfield input').fill('catalogue');
    await expect.poll(() => table.locator('.body > .row', { hasText: 'catalogue of books.txt' }).count()).toBe(1);
    await picture('5-filtered');
    await table.locator('vscode-textfield input').fill('');
  });

  it('compares a marked moment with the newest one: the heap has grown', async () => {
    await form('Changes');
    await picture('6-nothing-compared');
    await map.locator('.map-bar').getByRole('button', { name: 'Mark', exact: true }).click();
    const grown = map.locator('.changes .body > .row[data-kind="grown"]', { hasText: 'Heap' });
    await grown.waitFor({ timeout: 60_000 });
    await grown.first().locator('.cell').first().click();
    await map.locator('.change-details h2', { hasText: /Heap.*grown/ }).waitFor();
    await picture('7-changes');
  });

  it('comes back after a reload of the window, in the form that was chosen', async () => {
    await page.reload({ waitUntil: 'domcontentloaded' });
    await tab('Memory Map: bookshop').waitFor();
    await theMap(60_000);
    await map.locator('.changes').waitFor();
    await form('Address Space');
    await map.locator('.space-stage').waitFor();
  });

  // It takes its time, and says the same in every theme.
  if (name === 'dark')
    it('says within two minutes that the heap grows, how fast, and by which rule', async () => {
      const finding = map.locator('.finding[data-rule="heap-grows"]');
      await finding.waitFor({ timeout: 150_000 });
      expect(await finding.locator('.finding-title').textContent()).toMatch(/^The heap grows by [34]\d(\.\d)? KiB a second$/);
      await finding.locator('summary').click();
      await map.locator('.space-stage').focus();
      for (let press = 0; press < 6; press++) await page.keyboard.press('ArrowDown');
      await map.locator('.map-head').scrollIntoViewIfNeeded();
      await picture('8-finding');
      await finding.locator('.rule-link').click();
      await tab('map.md').waitFor();
      // Where the editor's preview scrolls to is its own.
      const told = async () => {
        const counts = page.frames().map((frame) => frame.locator('h3', { hasText: 'The heap grows' }).count());
        return (await Promise.allSettled(counts)).some(({ value }) => value > 0);
      };
      await expect.poll(told, { timeout: 30_000 }).toBe(true);
      await picture('9-rule');
      await tab('Memory Map: bookshop').click();
      await theMap();
      await map.locator('.finding[data-rule="heap-grows"]').getByText('Show the Trend').click();
      await tab('Trend: bookshop').waitFor();
      await tab('Memory Map: bookshop').click();
      await theMap();
    });

  it('keeps the last map of a process that ends, and says so', async () => {
    shop.kill();
    await map.locator('.map-state', { hasText: /ended/ }).waitFor();
    expect(await map.locator('.map-view').isVisible()).toBe(true);
    await picture('10-ended');
    await page.reload({ waitUntil: 'domcontentloaded' });
    await window.pageWith(/bookshop \(\d+\) ended while the window was closed/, 60_000);
    await picture('11-ended-before-reload');
    await window.command('View: Close All Editors');
  });

  it('opens a saved map by the explorer, a cut one too, and refuses what is none', async () => {
    const open = async (text) => {
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: text }).click({ button: 'right' });
      const item = page.locator('.monaco-menu .action-label', { hasText: 'Open Memory Map' });
      // A click that comes as soon as the menu is there is taken for the end of the one that opened it.
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
    await window.command('View: Show Explorer');
    await open('before.smaps');
    await window.pageWith(/From the file before\.smaps[\s\S]*Address Space/);
    await picture('12-saved');
    await window.command('View: Close All Editors');
    await open('cut.smaps');
    await window.pageWith(/The text ends in the middle of a mapping/);
    await open('foreign.smaps');
    await page.locator('.notification-toast', { hasText: /foreign\.smaps holds no memory map that MemLens knows/ }).waitFor();
    await picture('13-refused');
  });
});
