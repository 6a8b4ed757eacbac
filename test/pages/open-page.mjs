// A page as the editor shows it: the built bundle, under the policy of a webview, with a stand-in for the editor's side.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageDocument } from '../../src/vscode/page-document.ts';
import { editorStyle, themes } from './themes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = join(root, 'dist/pages');
const pictures = join(root, 'artifacts/pages');
const ORIGIN = 'https://webview.test';

/** As the extension makes it, with the styles that the editor puts before those of a page. */
const html = (name) =>
  pageDocument(name, { language: 'en', source: ORIGIN, nonce: 'n0nce', uri: (file) => `${ORIGIN}/${file}` }).replace(
    '<link',
    `<link rel="stylesheet" href="${ORIGIN}/editor.css">\n<link`,
  );

const TYPES = { css: 'text/css', js: 'text/javascript', map: 'application/json' };

/**
 * @param feed the host's side (feed.mjs), or anything with `hear(message)` that gives the answers, or a promise of them
 * @returns the page, what it has sent, what went wrong, and how to speak to it
 */
export async function openPage(browser, name, feed, { theme = 'dark', width = 400, height = 900 } = {}) {
  if (!existsSync(join(pages, `${name}.js`))) throw new Error(`dist/pages/${name}.js is not built: node esbuild.mjs`);
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  const sent = [];
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${error}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  await page.route(`${ORIGIN}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html(name) });
    if (pathname === '/editor.css') return route.fulfill({ contentType: 'text/css', body: editorStyle });
    const file = join(pages, pathname);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: TYPES[file.split('.').at(-1)] ?? 'text/plain', body: readFileSync(file) });
  });
  let closed = false;
  const post = async (...messages) => {
    if (closed) return;
    await page.evaluate((list) => {
      for (const message of list) window.postMessage(message, '*');
      // Until it is drawn.
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))));
    }, messages);
  };
  let answers = Promise.resolve();
  await page.exposeFunction('toHost', (message) => {
    sent.push(message);
    const messages = feed.hear(message);
    // In order, and not before the page has heard itself out.
    if (messages.length === 0) return;
    const told = answers.then(async () => post(...(await messages)));
    answers = told.catch((error) => closed || faults.push(`${error}`));
  });
  await page.addInitScript(() => {
    const plain = (message) => (message.png ? { ...message, png: [...message.png] } : message);
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.toHost(plain(structuredClone(message))),
      getState: () => undefined,
      setState: () => undefined,
    });
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.addInitScript(paint, themes[theme]);
  await page.goto(`${ORIGIN}/`);
  /** Until nothing is on the way any more. */
  const settle = async () => {
    let before;
    do {
      before = answers;
      await before;
      // The page asks again a little later when its size has changed.
      await page.waitForTimeout(50);
    } while (before !== answers);
  };
  await settle();
  return {
    page,
    sent,
    faults,
    settle,
    post: async (...messages) => {
      await post(...messages);
      await settle();
    },
    setTheme: async (next) => {
      await page.evaluate(paint, themes[next]);
      await page.waitForTimeout(50);
      await settle();
    },
    picture: async (file, options = {}) => {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${file}.png`), fullPage: true, ...options });
    },
    close: async () => {
      closed = true;
      await context.close();
    },
  };
}

const USABLE =
  /^(button|link|radio|checkbox|slider|combobox|textbox|option|switch|listbox|radiogroup|region|table|tab|menuitem)\b/;

/** What a screen reader finds in the page, and what of it can be used but has no name. */
export async function namesOf(page) {
  const snapshot = await page.locator('body').ariaSnapshot();
  const lines = snapshot.split('\n').map((line) => line.trim().replace(/^- '?/, ''));
  return { snapshot, nameless: lines.filter((line) => USABLE.test(line) && !/^\w+ ["/]/.test(line)) };
}

/** The pixels of a canvas: red, green, blue, alpha, ... From a copy, which is made to be read. */
export async function pixelsOf(canvas) {
  const { width, height, text } = await canvas.evaluate((from) => {
    const copy = document.createElement('canvas');
    copy.width = from.width;
    copy.height = from.height;
    const ctx = copy.getContext('2d', { willReadFrequently: true });
    ctx.drawImage(from, 0, 0);
    const bytes = ctx.getImageData(0, 0, copy.width, copy.height).data;
    const parts = [];
    for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
    // As one text: a list of a million numbers takes seconds to come over.
    return { width: copy.width, height: copy.height, text: btoa(parts.join('')) };
  });
  return { width, height, data: Buffer.from(text, 'base64') };
}

/** Runs in the page: the classes and the variables that the editor would set. */
function paint({ classes, variables }) {
  const set = () => {
    document.body.className = classes;
    const root = document.documentElement.style;
    for (const name of [...root]) root.removeProperty(name);
    for (const line of variables.trim().split('\n')) {
      const colon = line.indexOf(':');
      root.setProperty(line.slice(0, colon), line.slice(colon + 1, -1).trim());
    }
  };
  if (document.body) set();
  else {
    // Before the page's own script, as the editor does.
    const observer = new MutationObserver(() => {
      if (!document.body) return;
      observer.disconnect();
      set();
    });
    observer.observe(document.documentElement ?? document, { childList: true, subtree: true });
  }
}
