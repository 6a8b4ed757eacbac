import * as assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { KernelPrograms, kmemleak } from '../../../tools/kernel-programs.js';
import { fileOf, until } from '../../workspace.js';

describe('a report in the log of a CI', () => {
  const file = fileOf('report', 'old.c');
  const log = fileOf('report', 'ci.log');
  const marks = () => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');

  after(() => vscode.commands.executeCommand('memlens.clear'));

  it('is shown on its lines, though the file was never open', async () => {
    const lines = [
      'compiling',
      '==12==ERROR: LeakSanitizer: detected memory leaks',
      '',
      'Direct leak of 40 byte(s) in 1 object(s) allocated from:',
      '    #0 0x7f in malloc ../../../../src/libsanitizer/lsan/lsan_interceptors.cpp:75',
      `    #1 0x56 in main ${file.fsPath}:5:12`,
      '',
      'SUMMARY: LeakSanitizer: 40 byte(s) leaked in 1 allocation(s).',
    ];
    writeFileSync(log.fsPath, lines.map((line) => `2024-01-01T00:00:00Z ${line}\n`).join(''));
    await vscode.commands.executeCommand('memlens.openReport', log);
    const [mark] = await until('the squiggle', () => marks().length > 0 && marks());
    assert.equal(marks().length, 1);
    assert.deepEqual(mark?.range, new vscode.Range(4, 11, 4, 21));
    assert.match(mark?.message ?? '', /40 bytes in 1 block/);
  });

  it('disappears with the next report of the same file that is empty of it', async () => {
    writeFileSync(
      log.fsPath,
      '==12==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x7f in malloc (/lib/x.so+0x1)\n\nSUMMARY: LeakSanitizer: 8 byte(s) leaked in 1 allocation(s).\n',
    );
    await vscode.commands.executeCommand('memlens.openReport', log);
    await until('no squiggle', () => marks().length === 0);
  });
});

describe('a report of a kernel', () => {
  const log = fileOf('report', 'kmemleak');
  const programs = new KernelPrograms(fileOf('report', 'kernel').fsPath);
  const source = vscode.Uri.file(programs.at('drivers/leak/leak-mod.c'));
  const marks = () => vscode.languages.getDiagnostics(source).filter(({ source: by }) => by === 'MemLens');

  after(async () => {
    await vscode.commands.executeCommand('memlens.clear');
    programs.dispose();
  });

  it('is shown on the lines of a module that was built in the workspace', async () => {
    const { text } = programs.call(programs.module(), 'leak_kmalloc', '__kmalloc');
    writeFileSync(log.fsPath, kmemleak([`leak_kmalloc+${text} [leak_mod]`]));
    await vscode.commands.executeCommand('memlens.openReport', log);
    const [mark] = await until('the squiggle', () => marks().length > 0 && marks());
    assert.equal(mark?.range.start.line, 7);
  });
});
