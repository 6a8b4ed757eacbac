import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { fileOf, until } from '../../workspace.js';

/** A report of another machine. */
const report = (...leaks: readonly (readonly [string, number])[]) =>
  [
    '==12==ERROR: LeakSanitizer: detected memory leaks',
    '',
    ...leaks.flatMap(([file, bytes]) => [
      `Direct leak of ${bytes} byte(s) in 1 object(s) allocated from:`,
      '    #0 0x7f in malloc ../../../../src/libsanitizer/lsan/lsan_interceptors.cpp:75',
      `    #1 0x56 in main ${file}:3:12`,
      '',
    ]),
    'SUMMARY: LeakSanitizer: 40 byte(s) leaked in 1 allocation(s).',
    '',
  ].join('\n');

describe('reports of another machine', () => {
  // Outside of the workspace, where files are found by their names alone.
  const here = mkdtempSync(join(tmpdir(), 'memlens-sources-'));
  const sources = ['one/a.c', 'two/b.c'].map((name) => vscode.Uri.file(join(here, name)));
  const logs = ['first.log', 'second.log'].map((name) => fileOf('foreign-report', name));
  const marks = () =>
    sources.map((file) => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens').length);
  const configuration = () => vscode.workspace.getConfiguration('memlens', vscode.workspace.workspaceFolders?.[0]);
  const questions = () => answers.asked.filter(({ message }) => message.includes('Where are they'));
  const open = () => vscode.commands.executeCommand('memlens.openReport', logs[0], logs);
  let answers: Answers;
  let dialogs = 0;

  before(() => {
    for (const { fsPath } of sources) {
      mkdirSync(dirname(fsPath), { recursive: true });
      writeFileSync(fsPath, '#include <stdlib.h>\nint main(void) {\n    return malloc(40) == 0;\n}\n');
    }
    mkdirSync(fileOf('foreign-report').fsPath, { recursive: true });
    const texts = [report(['/build/x/one/a.c', 40]), report(['/build/x/one/a.c', 40], ['/build/x/two/b.c', 4])];
    for (const [i, text] of texts.entries()) writeFileSync(logs[i]?.fsPath ?? '', text);
  });
  beforeEach(() => {
    answers = new Answers();
    dialogs = 0;
  });
  afterEach(() => answers.restore());
  after(async () => {
    rmSync(here, { recursive: true });
    await configuration().update('sourcePathMap', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('memlens.clear');
  });
  const choosing = (...folders: readonly (string | undefined)[]) => {
    answers.answer = ({ buttons }) => buttons.find((button) => /^(Choose Folder|Keep)/.test(button));
    answers.stub('showOpenDialog', () => {
      const folder = folders[dialogs++];
      return Promise.resolve(folder === undefined ? undefined : [vscode.Uri.file(folder)]);
    });
  };

  it('asks once for the sources of several, and leaves it when the dialog is cancelled', async () => {
    choosing(undefined);
    await open();
    assert.equal(questions().length, 1);
    assert.match(questions()[0]?.message ?? '', /sources in \/build\/x,/);
    assert.equal(dialogs, 1);
    assert.deepEqual(marks(), [0, 0]);
  });

  it('says when a folder has none of them, places all by one answer, and keeps it in the settings', async () => {
    choosing(tmpdir(), here);
    await open();
    assert.equal(dialogs, 2);
    assert.match(questions()[1]?.message ?? '', /None of the sources/);
    await until('both squiggles', () => marks().every((count) => count === 1));
    await until('the setting', () => configuration().get<Record<string, string>>('sourcePathMap')?.['/build/x'] === here);
    assert.equal(questions().length, 2);
  });

  it('asks no more', async () => {
    await vscode.commands.executeCommand('memlens.clear');
    await open();
    assert.equal(questions().length, 0);
    await until('both squiggles', () => marks().every((count) => count === 1));
  });
});
