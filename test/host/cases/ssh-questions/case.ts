import * as assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import { askSshQuestion } from '../../../../src/vscode/ssh-questions.js';
import { Answers } from '../../answers.js';

describe('a question of ssh', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  before(() => {
    answers = new Answers();
  });
  let options: vscode.InputBoxOptions | undefined;
  let token: vscode.CancellationToken | undefined;
  const types = (text: string | undefined) =>
    answers.stub('showInputBox', async (given: vscode.InputBoxOptions, given2: vscode.CancellationToken) => {
      options = given;
      token = given2;
      return text;
    });

  after(() => answers.restore());

  it('for a secret is asked unseen, and the answer is handed on as it was typed', async () => {
    types(' p ä ');
    const answer = await askSshQuestion('board', { text: "root@board's password: ", kind: 'secret' }, neverCancelled);
    assert.equal(answer, ' p ä ');
    assert.equal(options?.password, true);
    assert.equal(options?.prompt, "root@board's password:");
    assert.match(options?.title ?? '', /board/);
  });

  it('shows control characters of the other machine', async () => {
    types(undefined);
    const text = 'Code\u001b[2J\r\nfor \u202egnp.exe: ';
    assert.equal(await askSshQuestion('b\u001b', { text, kind: 'text' }, neverCancelled), undefined);
    assert.doesNotMatch(`${options?.prompt} ${options?.title}`, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.equal(options?.password, false);
  });

  it('about a host key is answered by yes, or not at all', async () => {
    const text = "The authenticity of host 'board' can't be established.\nED25519 key fingerprint is SHA256:abc.";
    answers.answer = () => 'Yes';
    assert.equal(await askSshQuestion('board', { text, kind: 'confirm' }, neverCancelled), 'yes');
    answers.answer = () => undefined;
    assert.equal(await askSshQuestion('board', { text, kind: 'confirm' }, neverCancelled), undefined);
    assert.ok(answers.said(/ssh asks about board/));
  });

  it('is closed when nobody waits for its answer any more', async () => {
    const cancel = new CancelSource();
    answers.stub('showInputBox', async (_: unknown, given: vscode.CancellationToken) => {
      token = given;
      cancel.cancel();
      return given.isCancellationRequested ? undefined : 'late';
    });
    assert.equal(await askSshQuestion('board', { text: 'password', kind: 'secret' }, cancel), undefined);
    assert.equal(token?.isCancellationRequested, true);
    answers.answer = () => 'Yes';
    assert.equal(await askSshQuestion('board', { text: 'key', kind: 'confirm' }, cancel), undefined);
  });
});
