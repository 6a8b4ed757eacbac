// A real editor window in Chromium, with dist/memlens.vsix installed as a user has it, on a copy of the demo.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, installExtension, quietSettings, start, windowUrl } from '../../scripts/code-server.mjs';
import { vsix } from '../../scripts/pack.mjs';
import { root } from '../../scripts/set-up.mjs';
import { launchBrowser, noBrowser, still } from '../browser.mjs';

/** Where nothing answers to the pointer. */
const nowhere = [640, 3];
const pictures = join(root, 'artifacts/ui');

/** A skipped test says in its name why. */
export const named = (name) => (noBrowser ? `${name} (${noBrowser})` : name);

/** The process that our extension runs in: of the server that serves this data folder. */
function extensionHost(dataDir) {
  const processes = readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
      return [{ pid: Number(pid), group, words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  const server = processes.find(({ words }) => words.includes(dataDir));
  return processes.find(({ group, words }) => group === server?.group && words.includes('--type=extensionHost'))?.pid;
}

/**
 * @param {object} options
 * @param {string} [options.theme]  the name of a colour theme
 * @param {boolean} [options.asksForTrust]  the folder is untrusted until the user says otherwise
 * @param {object} [options.more]  settings of the user's
 * @param {(folder: string) => void} [options.prepare]  adds to the folder before it is opened
 */
export async function openWindow({ theme = 'Default Dark Modern', asksForTrust = false, more = {}, prepare } = {}) {
  install();
  const work = mkdtempSync(join(tmpdir(), 'memlens-ui-'));
  const folder = join(work, 'demo');
  cpSync(join(root, 'examples/demo'), folder, { recursive: true });
  prepare?.(folder);
  const dataDir = join(work, 'data');
  const extensionsDir = join(work, 'extensions');
  installExtension(vsix, { dataDir, extensionsDir });
  const settings = {
    ...quietSettings,
    'workbench.colorTheme': theme,
    'editor.minimap.enabled': false,
    'editor.hover.delay': 50,
    'security.workspace.trust.startupPrompt': 'never',
    ...more,
  };
  const server = await start({ dataDir, extensionsDir, settings, trust: asksForTrust });
  const browser = await launchBrowser();
  const page = await browser.newPage(still);
  page.setDefaultTimeout(60_000);
  await page.goto(windowUrl(server, { folder }), { waitUntil: 'domcontentloaded' });
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'leak.c' }).waitFor();

  return {
    page,
    folder,
    /** Opens a file of the demo by the explorer. */
    async open(name) {
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().dblclick();
      await page.locator('.tab.active', { hasText: name }).waitFor();
      await page.locator('.editor-instance .view-line').first().waitFor();
    },
    /** Clicks a CodeLens once it has stood for a second: a click while the editor renders it anew is lost. */
    async clickLens(text) {
      const lens = page.locator('.codelens-decoration a', { hasText: text });
      for (let before; ; ) {
        const id = await lens.getAttribute('id');
        if (id === before) break;
        before = id;
        await page.waitForTimeout(1000);
      }
      await lens.click();
    },
    /** Opens a view container by its entry in the activity bar, whose badge lies over its middle. */
    openView: (title) =>
      page.locator('.activitybar .action-item', { has: page.locator(`.action-label[aria-label^="${title}"]`) }).click(),
    /** Runs a command by its title, as a user does it. A page that takes the keyboard as it opens closes the box of commands: then it is asked for again. */
    async command(title) {
      const box = page.locator('.quick-input-widget input');
      const entry = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
      for (let left = 4; ; left--) {
        const timeout = left === 0 ? 30_000 : 5000;
        try {
          await page.keyboard.press('F1');
          await box.waitFor({ timeout });
          await box.fill(`>${title}`, { timeout });
          await entry.click({ timeout });
          return;
        } catch (error) {
          if (left === 0) throw error;
          await page.keyboard.press('Escape');
        }
      }
    },
    /** The frame of one of our pages that shows these words. */
    async pageWith(words, limitMs = 90_000) {
      for (const deadline = Date.now() + limitMs; Date.now() < deadline; await page.waitForTimeout(200)) {
        for (const frame of page.frames()) {
          const text = await frame
            .locator('#app')
            // biome-ignore lint/performance/useDomNodeTextContent: what is hidden does not count
            .evaluate((app) => app.innerText, undefined, { timeout: 500 })
            .catch(() => '');
          if (words.test(text)) return frame;
        }
      }
      throw new Error(`no page says ${words}`);
    },
    extensionHost: () => extensionHost(dataDir),
    /** The settings of the user's as they are in the file now. */
    settings: () => JSON.parse(readFileSync(join(dataDir, 'User/settings.json'), 'utf8')),
    /** Takes a view to another place by the editor's own command. */
    async moveView(view, place) {
      const pick = (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
      await this.command('View: Move View');
      await pick(view);
      await pick(place);
    },
    /** The line of the status bar, which says `Ln 14, Col 22`. */
    async line() {
      const text = await page.locator('#status\\.editor\\.selection').textContent();
      return Number(/Ln (\d+)/.exec(text)?.[1]);
    },
    async hover(locator) {
      const box = await locator.boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    },
    rest: () => page.mouse.move(...nowhere),
    /** Keeps a screenshot; the pointer goes out of the way, but for a picture of what it points at. */
    async picture(name, { atRest = true } = {}) {
      if (atRest) await page.mouse.move(...nowhere);
      // Badges and scroll bars come and go.
      await page.waitForTimeout(500);
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    },
    async close() {
      await browser.close();
      await server.stop();
      rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
