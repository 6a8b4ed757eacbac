// In a folder that the user does not trust, nothing is built or run, and the button says why.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../browser.mjs';
import { named, openWindow } from './window.mjs';

const COMPILERS = ['cc', 'gcc', 'clang'];
const TOOLS = [
  'perf',
  'gdb',
  'strace',
  'heaptrack',
  'bpftrace',
  'valgrind',
  'vgdb',
  'addr2line',
  'llvm-symbolizer',
  'debuginfod-find',
];

describe.skipIf(noBrowser)(named('an untrusted folder'), () => {
  let window;
  let page;
  let files;
  /** Compilers, and tools that look into processes: they note that they were called, and do their work. */
  const tools = mkdtempSync(join(tmpdir(), 'memlens-tools-'));
  const called = join(tools, 'called');

  beforeAll(async () => {
    const there = (name) => (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)));
    for (const name of [...COMPILERS, ...TOOLS].filter(there)) {
      const script = `#!/bin/sh\necho ${name} >> '${called}'\nPATH=\${PATH#*:} exec ${name} "$@"\n`;
      writeFileSync(join(tools, name), script, { mode: 0o755 });
    }
    process.env.PATH = `${tools}:${process.env.PATH}`;
    window = await openWindow({ asksForTrust: true });
    page = window.page;
    files = readdirSync(window.folder, { recursive: true }).sort();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await window?.picture(`failed-trust-${task.name.replaceAll(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    await window?.close();
    rmSync(tools, { recursive: true, force: true });
  });

  it('is in Restricted Mode', async () => {
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await window.open('leak.c');
  });

  it('says above main why nothing can be profiled', async () => {
    const lens = page.locator('.codelens-decoration a', { hasText: 'Profile Memory' });
    await lens.waitFor();
    expect(await lens.textContent()).toContain('not trusted');
    expect(await lens.getAttribute('title')).toContain('Nothing is built or run');
    await window.picture('untrusted-1-file');
  });

  it('has a button that says why it does nothing', async () => {
    await page.locator('.editor-actions .action-label[aria-label^="Profile Memory"]').click();
    await page.locator('.notification-toast', { hasText: 'not trusted' }).waitFor();
    await window.picture('untrusted-2-button');
  });

  it('has a Findings view that says so, too', async () => {
    await window.openView('MemLens');
    await page.locator('.welcome-view-content', { hasText: 'not trusted' }).waitFor();
    await window.picture('untrusted-3-findings');
  });

  it('shows the memory of this machine, and no other one', async () => {
    await window.pageWith(/local[\s\S]*Live, every 1 s/);
    await window.command('MemLens: Select Target');
    await page.locator('.notification-toast', { hasText: 'not trusted' }).first().waitFor();
    expect(await page.locator('.quick-input-widget:visible').count()).toBe(0);
    await window.picture('untrusted-4-memory');
    await page.keyboard.press('Escape');
  });

  it('looks into no process, and says why', async () => {
    await window.command('Notifications: Clear All Notifications');
    await page.locator('.notification-toast').waitFor({ state: 'detached' });
    await window.command('MemLens: Profile Process…');
    await page.locator('.notification-toast', { hasText: 'not trusted' }).first().waitFor();
    expect(await page.locator('.quick-input-widget:visible').count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('shows the memory map of a process of this machine, which is only read', async () => {
    await window.command('MemLens: Show Memory Map…');
    await page.locator('.quick-input-widget input').fill(String(process.pid));
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: String(process.pid) })
      .first()
      .click();
    await window.pageWith(/Address Space/);
    await window.picture('untrusted-5-map');
  });

  it('was neither built nor run', async () => {
    expect(existsSync(called)).toBe(false);
    expect(readdirSync(window.folder, { recursive: true }).sort()).toEqual(files);
    expect(await page.locator('.terminal-tabs-entry, .terminal.xterm').count()).toBe(0);
    expect(await page.locator('.squiggly-error, .squiggly-warning').count()).toBe(0);
  });

  it('can be profiled once it is trusted', async () => {
    await page.locator('.tab', { hasText: 'leak.c' }).click();
    await window.clickLens('Profile Memory');
    await page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click();
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
    await page.locator('.tab', { hasText: 'leak.c' }).click();
    await window.clickLens(/^Profile Memory$/);
    await page.locator('.editor-instance .squiggly-error').first().waitFor({ timeout: 150_000 });
    expect(existsSync(called)).toBe(true);
  });
});
