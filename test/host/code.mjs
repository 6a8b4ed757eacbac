#!/usr/bin/env node
// Stands in for the VS Code executable: carries VS Code's own command line (--extensionDevelopmentPath=,
// --extensionTestsPath=, --extensions-dir=, a folder; other switches are of no use here) out in code-server and Chromium.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, parseArgs } from 'node:util';
import { install, quietSettings, start, windowUrl } from '../../scripts/code-server.mjs';
import { launchBrowser, still } from '../browser.mjs';

const { values, positionals } = parseArgs({ strict: false, allowPositionals: true });
const folder = positionals.find((path) => existsSync(path) && statSync(path).isDirectory());
const { 'extensions-dir': extensionsDir } = values;
const reportFile = process.env.MEMLENS_TEST_REPORT;
const limitMs = Number(process.env.MEMLENS_TEST_LIMIT_MS ?? 1_500_000);
/** What the workbench itself writes on the console; the native modules are those that the installation leaves out. */
const chatter = [
  /^(Resolv|Creating a socket|Updating additional|Ignoring fetching|The web worker extension host|Creation of workbench|Could not find pty|Timed out waiting for authentication)/,
  /^\[(reconnection|Service Worker|AgentHost|AccountPolicy|remote-connection|LocalProcess|DefaultAccount|chat-stt)/,
  /(spdlog\.node|native-watchdog)/,
];

// Whoever asked for the window may be killed.
const asker = process.ppid;
setInterval(() => process.ppid !== asker && process.exit(1), 1000).unref();

const work = mkdtempSync(join(tmpdir(), 'memlens-code-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

install();
const server = await start({
  dataDir: join(work, 'data'),
  ...(extensionsDir ? { extensionsDir } : {}),
  driver: true,
  settings: quietSettings,
});
const browser = await launchBrowser();
const page = await browser.newPage(still);
let end;
const ended = new Promise((done) => {
  end = done;
});
await page.exposeFunction('codeAutomationLog', (_type, args) => {
  const line = format(...args);
  if (!chatter.some((known) => known.test(line))) console.log(line);
});
await page.exposeFunction('codeAutomationExit', (code) => end({ code }));
page.on('crash', () => end({ code: 70, why: 'the page crashed' }));
void server.exited.then(() => end({ code: 70, why: `the server ended:\n${server.output()}` }));
const timer = setTimeout(() => end({ code: 124, why: `no end after ${limitMs} ms` }), limitMs);
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('MEMLENS_')));
const { extensionDevelopmentPath: extension, extensionTestsPath: tests } = values;
await page.goto(windowUrl(server, { folder: folder ?? work, extension, tests, environment }));
let { code, why } = await ended;
clearTimeout(timer);
// The workbench reports an extension host that died as exit 0: only what the suite itself has written counts.
if (code === 0 && reportFile && !(existsSync(reportFile) && JSON.parse(readFileSync(reportFile, 'utf8')).passed > 0)) {
  [code, why] = [1, 'the extension host ended before the suite did'];
}
if (why) console.error(why);
await browser.close();
await server.stop();
process.exit(code);
