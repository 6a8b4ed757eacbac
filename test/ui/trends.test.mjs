// Targets and trends in the window, in each kind of theme. The tests of a theme go on from each other.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { recordingOf } from './recordings.mjs';
import { named, openWindow } from './window.mjs';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };

describe.skipIf(noBrowser).each(Object.entries(themes))(named('trends, %s'), (name, theme) => {
  let window;
  let page;
  let grows;
  const work = mkdtempSync(join(tmpdir(), 'memlens-trends-'));
  const [board, pidFile, down] = ['board.sh', 'pid', 'down'].map((file) => join(work, file));
  const statusItem = (text) => page.locator('.statusbar-item', { hasText: text });
  const tab = (text) => page.locator('.tab', { hasText: text });
  const closeTabs = () => window.command('View: Close All Editors');
  const pickTarget = async (text) => {
    await window.command('MemLens: Select Target');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  };

  beforeAll(async () => {
    const program = join(work, 'grows');
    const built = spawnSync('cc', ['-g', '-o', program, join(root, 'examples/demo/grows.c')], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
    grows = spawn(program, { stdio: 'ignore' });
    // A target whose connection can be cut, and that stays away until the file is gone.
    writeFileSync(
      board,
      `#!/bin/sh\nif [ -e ${down} ]; then echo 'the board is off' >&2; exit 1; fi\necho $$ >${pidFile}\nexec sh\n`,
      {
        mode: 0o755,
      },
    );
    window = await openWindow({
      theme,
      more: { 'memlens.targets': { board: `command:${board}` } },
      prepare: (folder) => {
        const leak = {
          minutes: 125,
          uss: (minute, next) => 48 + 0.3 * minute + (minute < 4 ? 2 * minute : 8) + next(),
          events: [
            [31, 'mark', 'load test begins'],
            [58, 'process-fork', '813'],
            [95, 'breakpoint', 'handle_request'],
          ],
          gap: [70, 76],
          mapEvery: 25,
        };
        writeFileSync(join(folder, 'leaks.memlens'), recordingOf(leak));
        writeFileSync(
          join(folder, 'grows.memlens'),
          recordingOf({ minutes: 12, uss: (minute, next) => 48 + 2 * minute + next() }),
        );
        writeFileSync(join(folder, 'cut.memlens'), recordingOf({ minutes: 12, uss: (_, next) => 48 + next() }).slice(0, -200));
      },
    });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-${name}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    grows?.kill();
    await window?.close();
    rmSync(work, { recursive: true, force: true });
  });

  it('shows where the memory of this machine goes, as soon as the view is opened', async () => {
    await window.openView('MemLens');
    const memory = await window.pageWith(/Live, every 1 s/);
    await memory.locator('#app', { hasText: /of .*iB avail/ }).waitFor();
    await statusItem('available').waitFor();
    await page.waitForTimeout(4000);
    await window.picture(`${name}-7-memory`);
  });

  it('tells the same as a table', async () => {
    const memory = await window.pageWith(/Live, every 1 s/);
    const twin = memory.locator('button[title*="table" i], button[aria-label*="table" i]').first();
    await twin.click();
    await memory.locator('table:visible').first().waitFor();
    await window.picture(`${name}-8-memory-table`);
    await twin.click();
  });

  it('uses the room that it is given', async () => {
    await page.locator('.pane-header', { hasText: 'Findings' }).click();
    const sash = page.locator('.monaco-sash.vertical:not(.disabled)');
    const bar = await page.locator('.part.sidebar').boundingBox();
    const edge = bar.x + bar.width;
    const drag = async (from, to) => {
      await page.mouse.move(from, 400);
      await page.mouse.down();
      await page.mouse.move(to, 400, { steps: 5 });
      await page.mouse.up();
    };
    expect(await sash.count()).toBeGreaterThan(0);
    await drag(edge, edge + 380);
    await expect.poll(async () => (await page.locator('.part.sidebar').boundingBox()).width).toBeGreaterThan(bar.width + 300);
    await page.waitForTimeout(15_000);
    await window.picture(`${name}-19-memory-wide`);
    await drag(edge + 380, edge);
    await page.locator('.pane-header', { hasText: 'Findings' }).click();
  });

  it('lists all processes, and those that the filter leaves', async () => {
    await window.command('MemLens: Show Processes');
    const processes = await window.pageWith(/\d+ processes/);
    await page.waitForTimeout(3000);
    await window.picture(`${name}-9-processes`);
    await processes.locator('input').first().click();
    await page.keyboard.type('grows');
    await expect
      .poll(() => processes.locator('[role=row]', { hasText: 'grows' }).count(), { timeout: 30_000 })
      .toBeGreaterThan(0);
    await window.picture(`${name}-10-filter`);
  });

  it('watches a process by the keyboard, and opens its trend', async () => {
    const processes = await window.pageWith(/\d+ processes/);
    await processes.locator('[role=row]', { hasText: 'grows' }).first().locator('[role=gridcell]').first().click();
    await page.keyboard.press('w');
    await statusItem(/grows/).waitFor();
    await page.keyboard.press('Enter');
    await tab('Trend: grows').waitFor();
    const trend = await window.pageWith(/No verdict yet on USS/);
    await trend.locator('#app', { hasText: `grows (${grows.pid})` }).waitFor();
    await window.command('View: Hide Panel');
    await page.waitForTimeout(6000);
    await window.picture(`${name}-11-trend`);
  });

  it('brings the page back after it was hidden', async () => {
    await window.openView('Explorer');
    await window.open('leak.c');
    await tab('Trend: grows').click();
    const trend = await window.pageWith(/No verdict yet on USS/);
    await expect.poll(() => trend.locator('canvas').count()).toBeGreaterThan(0);
  });

  it('brings the page back after a reload of the window, and watches the process again', async () => {
    await page.reload({ waitUntil: 'domcontentloaded' });
    await tab('Trend: grows').waitFor();
    await window.pageWith(/grows \(\d+\)[\s\S]*Live, every 1 s/, 60_000);
    await statusItem(/grows/).waitFor();
  });

  it('says that the process has ended', async () => {
    grows.kill();
    await window.pageWith(/grows \(\d+\)[\s\S]*[Ee]nded/);
    await window.picture(`${name}-12-ended`);
    await page.reload({ waitUntil: 'domcontentloaded' });
    await window.pageWith(/grows \(\d+\) ended while the window was closed/, 60_000);
    await window.picture(`${name}-13-ended-before-reload`);
    await closeTabs();
  });

  it('looks at another target, which stands in the status bar', async () => {
    await pickTarget('board');
    await statusItem(/board: .* available/).waitFor();
    await window.pageWith(/board[\s\S]*Live, every 1 s/);
    await page.waitForTimeout(5000);
  });

  it('shows at once that the connection is lost, and when it is tried again', async () => {
    writeFileSync(down, '');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    await statusItem(/board: connection lost/).waitFor();
    const memory = await window.pageWith(/lost[\s\S]*the board is off[\s\S]*Retry/i);
    await page.waitForTimeout(5000);
    await window.picture(`${name}-14-lost`);
    await memory.locator('.connection', { hasText: /Next try/ }).waitFor();
  });

  it('goes on in the same series when the target is there again', async () => {
    rmSync(down);
    const memory = await window.pageWith(/board/);
    // It may be tried again by itself before the click.
    const retry = memory.locator('button', { hasText: 'Retry' }).first();
    await retry.click({ timeout: 2000 }).catch(() => undefined);
    await statusItem(/board: .* available/).waitFor();
    await window.pageWith(/board[\s\S]*Live, every 1 s/);
    await memory.locator('button', { hasText: '1 min' }).first().click();
    await page.waitForTimeout(3000);
    await window.picture(`${name}-15-gap`);
    await pickTarget('local');
    await statusItem('board').waitFor({ state: 'detached' });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 30_000 }).toBe(false);
  });

  it('opens a recording offline, and judges it as a whole', async () => {
    await window.command('View: Close Primary Side Bar').catch(() => undefined);
    await window.openView('Explorer');
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'leaks.memlens' }).dblclick();
    const trend = await window.pageWith(/Leak: USS grows by/);
    await trend.locator('#app', { hasText: 'gateway (812)' }).waitFor();
    await page.waitForTimeout(1500);
    await window.picture(`${name}-16-leak`);
  });

  it('shows the memory maps that it holds, to compare any two of them', async () => {
    const trend = await window.pageWith(/Leak: USS grows by/);
    await trend.locator('.card[data-source*="812"] vscode-button', { hasText: 'Show Map' }).click();
    await tab('Memory Map: gateway (812)').waitFor();
    const map = await window.pageWith(/From the recording leaks\.memlens[\s\S]*7 regions/);
    await map.locator('button, vscode-button', { hasText: 'Compare' }).first().click();
    const moments = map.getByRole('menuitemradio');
    expect(await moments.count()).toBe(5);
    await moments.filter({ hasText: 'under load' }).click();
    // The heap, from the third map to the last.
    await map.locator('#app', { hasText: /\+3(\.0)? MiB/ }).waitFor();
    await page.waitForTimeout(1500);
    await window.picture(`${name}-16-recorded-map`);
    await closeTabs();
  });

  it('calls growth of some minutes growing, and no leak', async () => {
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'grows.memlens' }).dblclick();
    await window.pageWith(/Growing: USS grows by .* too early to call it a leak/);
    await page.waitForTimeout(1500);
    await window.picture(`${name}-17-growing`);
    await closeTabs();
  });

  it('opens a recording that was cut off', async () => {
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'cut.memlens' }).dblclick();
    const trend = await window.pageWith(/cut\.memlens[\s\S]*cut off/i);
    expect(await trend.locator('.fault:visible').count()).toBe(0);
    await window.picture(`${name}-18-cut`);
    await closeTabs();
  });
});
