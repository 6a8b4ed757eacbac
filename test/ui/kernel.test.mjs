// What a kernel tells of its allocations by line (/proc/allocinfo), in a window that holds a kernel tree: sizes at the lines, and their growth.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

/** As the kernel lays it out; `leaked`: how often the driver has allocated a page. */
const allocinfo = (leaked) =>
  [
    'allocinfo - version: 1.0',
    '#     <size>  <calls> <tag info>',
    ` ${String(leaked * 4096).padStart(11)} ${String(leaked).padStart(8)} drivers/leak/leak-mod.c:5 [leakmod] func:leak_page`,
    '      262144       64 mm/slub.c:4 func:alloc_slab_page',
    '',
  ].join('\n');

const DRIVER = [
  '#include <linux/module.h>',
  '',
  'static int leak_page(void)',
  '{',
  '\tvoid *page = kmalloc(4096, GFP_KERNEL);',
  '\treturn page == NULL;',
  '}',
  '',
];

describe.skipIf(noBrowser)(named('allocations of a kernel'), () => {
  let window;
  let page;
  let heap;
  const row = (text) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: text }).first();
  /** Of an entry of the explorer's menu; a click that comes as soon as the menu is there is taken for the end of the one that opened it. */
  const choose = async (file, entry) => {
    await row(file).click({ button: 'right' });
    const item = page.locator('.monaco-menu .action-label', { hasText: entry }).first();
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
  /** What stands faintly after the lines of the editor. */
  const annotations = () =>
    page.locator('.view-lines .view-line span').evaluateAll((spans) =>
      spans
        .map((span) => getComputedStyle(span, '::after').content)
        .filter((content) => !['none', 'normal', '""'].includes(content))
        .map((content) => content.replaceAll('"', '').replaceAll('\u00a0', ' ')),
    );
  const openSource = async () => {
    await page.keyboard.press('Control+p');
    const input = page.locator('.quick-input-widget input');
    await input.waitFor();
    await input.fill('leak-mod.c');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'leak-mod.c' }).first().click();
    await page.locator('.tab.active', { hasText: 'leak-mod.c' }).waitFor();
    await page.locator('.view-line', { hasText: 'kmalloc' }).first().waitFor();
  };

  beforeAll(async () => {
    window = await openWindow({
      prepare: (folder) => {
        mkdirSync(join(folder, 'linux/drivers/leak'), { recursive: true });
        mkdirSync(join(folder, 'linux/mm'));
        writeFileSync(join(folder, 'linux/drivers/leak/leak-mod.c'), DRIVER.join('\n'));
        writeFileSync(join(folder, 'linux/mm/slub.c'), '\n\n\n\tstruct folio *folio = alloc_frozen_pages();\n');
        writeFileSync(join(folder, 'allocinfo-1'), allocinfo(3));
        writeFileSync(join(folder, 'allocinfo-2'), allocinfo(1003));
        // The one that was written first is the older one.
        utimesSync(join(folder, 'allocinfo-1'), 1_700_000_000, 1_700_000_000);
      },
    });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-kernel-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(() => window?.close());

  it('tells at each line of the kernel tree what it holds', async () => {
    await window.openView('MemLens');
    await window.pageWith(/Live, every 1 s/);
    await window.command('View: Show Explorer');
    await choose('allocinfo-1', 'Open Heap Profile');
    heap = await window.pageWith(/allocinfo[\s\S]*Flame Graph/);
    await openSource();
    await expect.poll(annotations, { timeout: 30_000 }).toEqual([expect.stringMatching(/^12 KiB in 3 allocations$/)]);
    await window.picture('kernel-allocinfo-lines');
  });

  it('tells the growth between two moments, on the page and at the line', async () => {
    await window.command('View: Close All Editors');
    await row('allocinfo-1').click();
    await row('allocinfo-2').click({ modifiers: ['Control'] });
    await choose('allocinfo-2', 'Compare Heap Profiles');
    heap = await window.pageWith(/allocinfo-1[\s\S]*Flame Graph|Flame Graph[\s\S]*allocinfo-1/);
    await heap.getByRole('tab', { name: 'Functions', exact: true }).click();
    const grown = heap.locator('.heap-view .body > .row', { hasText: 'leak_page' });
    await grown.first().waitFor();
    expect(await grown.first().textContent()).toMatch(/\+3\.9 MiB.*\+1,000/);
    // What has not changed does not stand before it.
    expect(await heap.locator('.heap-view .body > .row').first().textContent()).toContain('leak_page');
    await window.picture('kernel-allocinfo-growth');
    await openSource();
    await expect.poll(annotations, { timeout: 30_000 }).toEqual([expect.stringMatching(/^\+3\.9 MiB, \+1,000 allocations$/)]);
    await window.picture('kernel-allocinfo-growth-lines');
  });
});
