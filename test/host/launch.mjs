// Runs the suite (out/host/index.js) inside an extension host, through @vscode/test-electron.
//   node test/host/launch.mjs [--installed]     MEMLENS_TEST_ONLY=name,name runs these cases
// VSCODE=/path/to/code takes that VS Code, VSCODE=download gets one; by default code.mjs stands in, with code-server.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { install, installExtension } from '../../scripts/code-server.mjs';
import { vsix } from '../../scripts/pack.mjs';
import { root } from '../../scripts/set-up.mjs';

const cases = join(root, 'test/host/cases');
const vscode = process.env.VSCODE ?? join(root, 'test/host/code.mjs');

/**
 * Runs every case in one window, on a folder that has a copy of each case's workspace. Answers the suite's own report.
 * @param {object} [options]
 * @param {boolean} [options.installed]  load what dist/memlens.vsix installs; default: this repository
 * @param {readonly string[]} [options.only]  the cases to run; default: those of MEMLENS_TEST_ONLY, or all
 */
export async function runHostSuite({ installed = false, only = process.env.MEMLENS_TEST_ONLY?.split(',') } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'memlens-host-'));
  const reportFile = join(work, 'report.json');
  const folder = join(work, 'workspace');
  for (const name of readdirSync(cases)) {
    const workspace = join(cases, name, 'workspace');
    if (existsSync(workspace)) cpSync(workspace, join(folder, name), { recursive: true });
  }
  // A debugger must belong to an extension that contributes it.
  const extensionsDir = join(work, 'editor-extensions');
  cpSync(join(root, 'test/host/small-debugger'), join(extensionsDir, 'memlens-test.small-debugger-1.0.0'), { recursive: true });
  try {
    const extension = installed ? unpacked(work) : root;
    await runTests({
      ...(vscode === 'download' ? {} : { vscodeExecutablePath: vscode }),
      extensionDevelopmentPath: extension,
      extensionTestsPath: join(extension, 'out/host/index.js'),
      extensionTestsEnv: { MEMLENS_TEST_REPORT: reportFile, MEMLENS_TEST_ONLY: only?.join(',') },
      launchArgs: [folder, `--extensions-dir=${extensionsDir}`],
    });
  } catch (error) {
    console.error(error.message);
  }
  const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
  rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  // Without a report the extension host died, or never came up.
  return (
    report ?? {
      passed: 0,
      failures: [{ test: 'the extension host', why: 'it did not report', isFile: true }],
      cases: [],
      skipped: [],
    }
  );
}

/**
 * The folder of the extension as the editor unpacks it. The suite lies inside: only there does it get the very `vscode`
 * object that the extension has, and can take its messages.
 */
function unpacked(work) {
  install();
  const extensionsDir = join(work, 'extensions');
  installExtension(vsix, { dataDir: join(work, 'data'), extensionsDir });
  const name = readdirSync(extensionsDir).find((entry) => entry.startsWith('memlens.memlens-'));
  if (!name) throw new Error('the packed extension was not installed');
  const folder = join(extensionsDir, name);
  cpSync(join(root, 'out/host'), join(folder, 'out/host'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'out/host/node_modules'));
  return folder;
}

if (process.argv[1] === import.meta.filename) {
  const report = await runHostSuite({ installed: process.argv.includes('--installed') });
  console.log(report);
  process.exit(report.failures.length > 0 || report.passed === 0 ? 1 : 0);
}
