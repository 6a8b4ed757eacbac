import type * as vscode from 'vscode';
import type { Cancel } from '../base/cancel.js';

/** The editor's token in the words of the rooms below. */
export function cancelOf(token: vscode.CancellationToken): Cancel {
  return {
    get requested() {
      return token.isCancellationRequested;
    },
    onRequest(action) {
      if (token.isCancellationRequested) {
        action();
        return { dispose: () => undefined };
      }
      return token.onCancellationRequested(action);
    },
  };
}
