// What the editor does to our views and pages: they are moved, told of in notices, and lose their extension host.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const SIDE_BAR = [0x20, 0x20, 0x48];
const PANEL = [0x48, 0x20, 0x20];
const css = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

describe.skipIf(noBrowser)(named('views'), () => {
  let window;
  let page;
  let grows;
  const work = mkdtempSync(join(tmpdir(), 'memlens-views-'));
  const memory = () => window.pageWith(/of [\d.]+ .iB\savailable/);
  const processes = () => window.pageWith(/\d+ processes/);
  const lowMemory = (text) => page.locator('.notification-toast', { hasText: 'of memory available' }).getByText(text);

  /** The colour that is seen in a corner of a page, where nothing is drawn. */
  const seen = async (frame) => {
    const { x, y, height } = await (await frame.frameElement()).boundingBox();
    const clip = { x: x + 2, y: y + height / 2, width: 1, height: 1 };
    const png = (await page.screenshot({ clip })).toString('base64');
    return page.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      canvas.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0);
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }, png);
  };

  beforeAll(async () => {
    const program = join(work, 'grows');
    expect(spawnSync('cc', ['-g', '-o', program, join(root, 'examples/demo/grows.c')], { encoding: 'utf8' }).stderr).toBe('');
    grows = spawn(program, { stdio: 'ignore' });
    window = await openWindow({
      more: {
        'workbench.colorCustomizations': { 'sideBar.background': css(SIDE_BAR), 'panel.background': css(PANEL) },
        // More than there ever is: the notice comes with the first sample.
        'memlens.notifications.lowMemoryBelow': 100,
      },
    });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-views-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    grows?.kill();
    await window?.close();
    rmSync(work, { recursive: true, force: true });
  });

  it('a notice of little memory shows the view Memory', async () => {
    await window.command('MemLens: Show Processes');
    await processes();
    await lowMemory(/^Show$/).click();
    await memory();
    await window.picture('views-1-notice');
  });

  it('views that are moved keep what the user has chosen', async () => {
    const before = await memory();
    expect(await seen(before)).toEqual(SIDE_BAR);
    await before.getByRole('radio', { name: '10 min' }).click();
    const table = await processes();
    expect(await seen(table)).toEqual(PANEL);
    await table.locator('input').first().click();
    await page.keyboard.type('grows');
    await table.getByRole('columnheader', { name: 'PID' }).click();
    await expect.poll(() => table.locator('[role=row]', { hasText: 'grows' }).count()).toBeGreaterThan(0);
    // What is typed is kept a little later.
    await page.waitForTimeout(1000);

    await window.moveView('Memory', 'New Panel Entry');
    const moved = await memory();
    await expect.poll(() => moved.getByRole('radio', { name: '10 min' }).getAttribute('aria-checked')).toBe('true');
    expect(await seen(moved)).toEqual(PANEL);
    await window.picture('views-2-memory-in-panel');

    await window.moveView('Processes', 'New Side Bar Entry');
    const narrow = await window.pageWith(/Live, every 1 s[\s\S]*grows/);
    expect(await narrow.locator('input').first().inputValue()).toBe('grows');
    const sorted = narrow.getByRole('columnheader', { name: 'PID' });
    if ((await sorted.count()) > 0) expect(await sorted.getAttribute('aria-sort')).not.toBe('none');
    expect(await seen(narrow)).toEqual(SIDE_BAR);
    await window.picture('views-3-processes-in-side-bar');

    await window.command('View: Reset View Locations');
    await window.openView('MemLens');
    const back = await memory();
    expect(await back.getByRole('radio', { name: '10 min' }).getAttribute('aria-checked')).toBe('true');
    expect(await seen(back)).toEqual(SIDE_BAR);
  });

  it('views live on when the extension host has died; a page that can not says that it stands still', async () => {
    await window.command('MemLens: Show Processes');
    const table = await window.pageWith(/Live, every 1 s[\s\S]*grows/);
    await table.locator('[role=row]', { hasText: 'grows' }).first().locator('[role=gridcell]').first().click();
    await page.keyboard.press('w');
    await page.locator('.statusbar-item', { hasText: 'grows' }).waitFor();
    await page.keyboard.press('Enter');
    await window.pageWith(/grows \(\d+\)[\s\S]*Live, every 1 s[\s\S]*No verdict yet/);
    process.kill(window.extensionHost(), 'SIGKILL');
    await window.pageWith(/grows \(\d+\)[\s\S]*This page stands still[\s\S]*Close it and open it again/, 60_000);
    await window.picture('views-4-stands-still');
    await memory();
    await window.command('View: Close All Editors');
    const again = await window.pageWith(/Live, every 1 s[\s\S]*grows/);
    await again.locator('[role=row]', { hasText: 'grows' }).first().locator('[role=gridcell]').first().click();
    await page.keyboard.press('w');
    await page.keyboard.press('Enter');
    await window.pageWith(/grows \(\d+\)[\s\S]*Live, every 1 s[\s\S]*No verdict yet/);
  });

  it('a notice that is not wanted any more is switched off in the settings', async () => {
    // The new extension host has told it once more.
    await window.command('Notifications: Show Notifications');
    const item = page.locator('.notification-list-item', { hasText: 'of memory available' });
    await item.getByText("Don't Ask Again").first().click();
    await expect.poll(() => window.settings()['memlens.notifications.lowMemory']).toBe(false);
  });
});
