// In a folder that the user does not trust, nothing is built or run, and the button says why.
import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

describe.skipIf(noBrowser)(named('an untrusted folder'), () => {
  let window;
  let page;
  let files;

  beforeAll(async () => {
    window = await openWindow({ asksForTrust: true });
    page = window.page;
    files = readdirSync(window.folder, { recursive: true }).sort();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-trust-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(() => window?.close());

  it('is in Restricted Mode', async () => {
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await window.open('leak.c');
  });

  it('has a button that says why it does nothing', async () => {
    const lens = page.locator('.codelens-decoration a', { hasText: 'Profile Memory' });
    await lens.waitFor();
    await lens.click();
    await page
      .getByText(/not trusted|trusted (workspace|folder)/i)
      .first()
      .waitFor();
    await window.picture('untrusted-1-button');
    await page.keyboard.press('Escape');
  });

  it('has a Findings view that says so, too', async () => {
    await window.openView('MemLens');
    await page.locator('.welcome-view-content', { hasText: 'not trusted' }).waitFor();
    await window.picture('untrusted-2-findings');
  });

  it('was neither built nor run', async () => {
    expect(readdirSync(window.folder, { recursive: true }).sort()).toEqual(files);
    expect(await page.locator('.terminal-tabs-entry, .terminal.xterm').count()).toBe(0);
    expect(await page.locator('.squiggly-error, .squiggly-warning').count()).toBe(0);
  });
});
