import type { Disposable } from './dispose.js';

/** What a long task may ask its caller. AbortSignal and vscode.CancellationToken are adapted to it at the edge. */
export interface Cancel {
  readonly requested: boolean;
  /** Runs `action` once, when cancel is requested; at once when it was already. */
  onRequest(action: () => void): Disposable;
}

export const neverCancelled: Cancel = {
  requested: false,
  onRequest: () => ({ dispose: () => undefined }),
};

export class CancelSource implements Cancel {
  private readonly actions = new Set<() => void>();
  private isRequested = false;

  get requested(): boolean {
    return this.isRequested;
  }

  onRequest(action: () => void): Disposable {
    if (this.isRequested) {
      action();
      return { dispose: () => undefined };
    }
    // A wrapper, so that the same function registered twice is two registrations.
    const entry = (): void => action();
    this.actions.add(entry);
    return { dispose: () => this.actions.delete(entry) };
  }

  cancel(): void {
    if (this.isRequested) return;
    this.isRequested = true;
    const actions = [...this.actions];
    this.actions.clear();
    for (const action of actions) action();
  }
}
