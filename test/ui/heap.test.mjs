// A file that heaptrack has written, as a page of the real window, in each kind of theme. The tests of a theme go on from each other.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };
const fixtures = join(root, 'test/fixtures/heap');

describe.skipIf(noBrowser).each(Object.entries(themes))(named('heap profile, %s'), (name, theme) => {
  let window;
  let page;
  let heap;
  const picture = (what) => window.picture(`heap-${name}-${what}`);
  const tab = (label) => heap.getByRole('tab', { name: label, exact: true }).click();
  /** By the explorer; no text editor comes of it. */
  const open = async (file) => {
    await window.command('View: Show Explorer');
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: file }).first().dblclick();
    await page.locator('.tab.active', { hasText: file }).waitFor();
  };
  const rows = () => heap.locator('.heap-view .body > .row');

  beforeAll(async () => {
    window = await openWindow({
      theme,
      prepare: (folder) => {
        // As heaptrack names what it writes; the source is where the profile's paths lead to by their last names.
        writeFileSync(
          join(folder, 'heaptrack.orders.4711.gz'),
          gzipSync(readFileSync(join(fixtures, 'heaptrack-1.4.0/orders.heaptrack'))),
        );
        mkdirSync(join(folder, 'heap-shop'));
        cpSync(join(fixtures, 'orders.cpp'), join(folder, 'heap-shop/orders.cpp'));
        cpSync(join(fixtures, 'valgrind-3.19.0/orders.massif.out'), join(folder, 'massif.out.4711'));
        writeFileSync(join(folder, 'dhat.out.1'), 'nothing of a heap\n');
      },
    });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-heap-${name}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(() => window?.close());

  it('opens from the explorer, as its name tells what it is', async () => {
    // The editor knows what opens such files once it has the extension.
    await window.openView('MemLens');
    await window.pageWith(/Live, every 1 s/);
    await open('heaptrack.orders.4711.gz');
    heap = await window.pageWith(/heaptrack 1\.4\.0[\s\S]*Flame Graph/);
    await heap.locator('.flame canvas').first().waitFor();
    await picture('flame');
  });

  it('shows the calls, and what the chosen one holds', async () => {
    await tab('Call Tree');
    await rows().filter({ hasText: 'orders.cpp:58' }).locator('.first').click();
    expect(await heap.locator('.details h2').textContent()).toBe('main');
    await picture('tree');
    await tab('Functions');
    await picture('functions');
  });

  it('a frame opens its line beside the page, where the lines tell their bytes', async () => {
    await tab('Call Tree');
    await rows().filter({ hasText: 'orders.cpp:58' }).locator('.first').click();
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'orders.cpp' }).waitFor();
    await page.locator('.view-line', { hasText: 'main' }).first().waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.view-lines .view-line span')].some((span) =>
        /KiB/.test(getComputedStyle(span, '::after').content),
      ),
    );
    await picture('lines');
  });

  it('massif: the heap over time, two moments compared', async () => {
    await open('massif.out.4711');
    heap = await window.pageWith(/massif[\s\S]*Heap over Time/);
    await heap.getByRole('slider', { name: 'Moment of the heap' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await heap.locator('.timeline-told', { hasText: /^Growth from/ }).waitFor();
    await tab('Call Tree');
    await picture('timeline');
  });

  it('a file that is no heap profile: what it is not, and what can be opened', async () => {
    await open('dhat.out.1');
    heap = await window.pageWith(/dhat\.out\.1 holds no heap profile/);
    await heap.getByRole('button', { name: 'Try Again' }).waitFor();
    await picture('foreign');
  });
});
