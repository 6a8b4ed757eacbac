import * as vscode from 'vscode';
import type { Cancel } from '../base/cancel.js';
import { visibleText } from '../base/visible-text.js';

/** What the ssh client wants to know: a password or passphrase, a yes or no about a host key, or a plain answer. */
export interface SshQuestion {
  readonly text: string;
  readonly kind: 'secret' | 'confirm' | 'text';
}

/**
 * Asks in the editor's own boxes. The answer goes to the ssh client and nowhere else. undefined: the user has given up. A box whose
 * answer nobody waits for any more is closed; the editor has no way to close a modal question, so its answer is dropped instead.
 */
export async function askSshQuestion(target: string, question: SshQuestion, cancel: Cancel): Promise<string | undefined> {
  // The text comes from the other machine, or names it: control characters are made visible, lines are kept.
  const text = question.text
    .split('\n')
    .map((line) => visibleText(line.trimEnd()))
    .join('\n')
    .trim();
  if (question.kind === 'confirm') {
    const yes = vscode.l10n.t('Yes');
    const message = vscode.l10n.t('ssh asks about {0}', visibleText(target));
    const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail: text }, yes);
    return chosen === yes && !cancel.requested ? 'yes' : undefined;
  }
  const source = new vscode.CancellationTokenSource();
  const requested = cancel.onRequest(() => source.cancel());
  try {
    const options = {
      title: vscode.l10n.t('ssh asks for {0}', visibleText(target)),
      prompt: text,
      password: question.kind === 'secret',
      ignoreFocusOut: true,
    };
    return await vscode.window.showInputBox(options, source.token);
  } finally {
    requested.dispose();
    source.dispose();
  }
}
