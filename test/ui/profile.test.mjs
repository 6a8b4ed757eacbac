// From a click on leak.c to the line that leaks, in each kind of theme. The tests of a theme go on from each other.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };

describe.skipIf(noBrowser).each(Object.entries(themes))(named('profile memory, %s'), (name, theme) => {
  let window;
  let page;
  const row = (text) => page.locator('.sidebar .monaco-list-row', { hasText: text });
  const squiggle = () => page.locator('.editor-instance .squiggly-error').first();

  beforeAll(async () => {
    window = await openWindow({ theme });
    page = window.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-${name}-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(() => window?.close());

  it('shows Profile Memory above main', async () => {
    await window.open('leak.c');
    await page.locator('.codelens-decoration a', { hasText: 'Profile Memory' }).waitFor();
    await window.picture(`${name}-1-file`);
  });

  it('marks the leaking call after a click on it', async () => {
    await window.clickLens('Profile Memory');
    await squiggle().waitFor({ timeout: 150_000 });
    await page.locator('.editor-instance', { hasText: '120 KiB' }).waitFor();
    await window.picture(`${name}-2-squiggle`);
  });

  it('tells how much and by whom in the hover', async () => {
    await window.hover(squiggle());
    const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: '120 KiB in 10 blocks' });
    await hover.waitFor();
    await expect.poll(() => hover.textContent()).toMatch(/main/);
    await window.picture(`${name}-3-hover`, { atRest: false });
    await window.rest();
    await page.keyboard.press('Escape');
  });

  it('lists the leak in the Findings view', async () => {
    await window.openView('MemLens');
    await row('120 KiB').first().waitFor();
    await window.picture(`${name}-4-findings`);
  });

  it('jumps to the line of a finding', async () => {
    await row('120 KiB in 10 blocks').click();
    await expect.poll(() => window.line(), { timeout: 30_000 }).toBe(14);
  });

  it('follows a frame to the caller', async () => {
    await window.openView('Explorer');
    await window.open('list.c');
    await page.locator('.editor-actions .action-label[aria-label^="Profile Memory"]').click();
    await squiggle().waitFor({ timeout: 150_000 });
    await window.openView('MemLens');
    await row(/^16 bytes in 1 block/).waitFor();
    await row(/^16 bytes in 1 block/)
      .locator('.monaco-tl-twistie')
      .click();
    await row('print_sum').first().click();
    await expect.poll(() => window.line(), { timeout: 30_000 }).toBe(29);
    await window.picture(`${name}-5-frame`);
  });

  it('takes everything back on Clear', async () => {
    await expect.poll(() => row(/in \d+ blocks?/).count()).toBeGreaterThan(1);
    // Of several views in a container, one shows its buttons while it is pointed at.
    const header = page.locator('.sidebar .pane-header', { hasText: 'Findings' });
    await header.hover();
    await header.locator('.action-label[aria-label^="Clear Findings"]').click();
    await page.locator('.welcome-view-content', { hasText: 'Nothing has been profiled' }).waitFor();
    await page.locator('.tab', { hasText: 'leak.c' }).click();
    await page.locator('.editor-instance .view-line', { hasText: '*lost' }).waitFor();
    await expect.poll(() => squiggle().count()).toBe(0);
    expect(await page.locator('.activitybar .action-label[aria-label*="finding"]').count()).toBe(0);
    await window.picture(`${name}-6-cleared`);
  });
});
