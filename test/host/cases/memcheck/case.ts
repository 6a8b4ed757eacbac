import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { fileOf, openFile, until } from '../../workspace.js';

describe('Memcheck, chosen for a file', () => {
  const file = fileOf('memcheck', 'kinds.c');
  const marks = () => vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'MemLens');
  const markOf = (line: number) => marks().find(({ range }) => range.start.line === line);
  let answers: Answers;

  before(async () => {
    answers = new Answers();
    await openFile(file);
  });
  after(async () => {
    answers.restore();
    await vscode.commands.executeCommand('memlens.clear');
  });

  it('is offered with what it needs, and runs', async () => {
    answers.stub('showQuickPick', (items: readonly { readonly engine: string }[]) =>
      Promise.resolve(items.find(({ engine }) => engine === 'memcheck')),
    );
    await vscode.commands.executeCommand('memlens.profileWith', file);
    await until(`the squiggles (${answers.asked.map(({ message }) => message).join(' ')})`, () => marks().length > 0, 5_000);
  });

  it('marks what may be lost as a warning, what is still reachable as information', () => {
    assert.equal(markOf(9)?.severity, vscode.DiagnosticSeverity.Warning);
    assert.match(markOf(9)?.message ?? '', /May leak 100 bytes in 1 block \(possibly lost\)/);
    assert.equal(markOf(10)?.severity, vscode.DiagnosticSeverity.Information);
    assert.match(markOf(10)?.message ?? '', /Still reachable at exit: 200 bytes in 1 block/);
  });

  it('tells in the hover where an uninitialised value came from', async () => {
    const mark = markOf(11);
    assert.equal(mark?.severity, vscode.DiagnosticSeverity.Error);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', file, mark?.range.start);
    const text = hovers
      .flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)))
      .join('\n');
    assert.match(text, /uninitialised value created here/);
    assert.match(text, /kinds\\\.c\\:9/);
    assert.ok(mark?.relatedInformation?.some(({ location }) => location.range.start.line === 8));
  });

  it('says it in one sentence', () => {
    const [told] = answers.asked;
    assert.equal(answers.asked.length, 1);
    assert.equal(told?.message, 'Valgrind Memcheck: kinds.c may leak 100 bytes in 1 block and has 1 memory error.');
  });
});
