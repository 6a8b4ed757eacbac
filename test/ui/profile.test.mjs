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
    await page.locator('.codelens-decoration a', { hasText: 'Profile Memory' }).click();
    await squiggle().waitFor({ timeout: 60_000 });
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
    await page.locator('.activitybar .action-label[aria-label^="MemLens"]').click();
    await row('120 KiB').first().waitFor();
    await window.picture(`${name}-4-findings`);
  });

  it('jumps to the line of a frame', async () => {
    await page.keyboard.press('Control+Home');
    await row('leak.c').first().click();
    await expect.poll(() => window.line(), { timeout: 10_000 }).toBe(21);
    await window.picture(`${name}-5-frame`);
  });

  it('takes everything back on Clear', async () => {
    await page.locator('.sidebar .title-actions .action-label[aria-label^="Clear Findings"]').click();
    await squiggle().waitFor({ state: 'detached' });
    await page.locator('.welcome-view-content', { hasText: 'Profile' }).waitFor();
    await window.picture(`${name}-6-cleared`);
  });
});
