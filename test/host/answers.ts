// Answers the questions of the window: no toast or dialog is shown under the test driver.
import * as vscode from 'vscode';

export interface Asked {
  readonly message: string;
  readonly buttons: readonly string[];
}

type Answer = (asked: Asked) => string | undefined | Promise<string | undefined>;

/** Takes every message of the window, and answers with one of its buttons or nothing. */
export class Answers {
  readonly asked: Asked[] = [];
  private readonly original = new Map<string, unknown>();

  constructor(public answer: Answer = () => undefined) {
    for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage']) {
      this.stub(name, async (message: string, ...buttons: string[]) => {
        const asked = { message, buttons };
        this.asked.push(asked);
        return this.answer(asked);
      });
    }
  }

  /** Replaces another function of `vscode.window`. */
  stub(name: string, value: unknown): void {
    const window = vscode.window as unknown as Record<string, unknown>;
    if (!this.original.has(name)) this.original.set(name, window[name]);
    window[name] = value;
  }

  said(words: RegExp): Asked | undefined {
    return this.asked.find(({ message }) => words.test(message));
  }

  restore(): void {
    const window = vscode.window as unknown as Record<string, unknown>;
    for (const [name, value] of this.original) window[name] = value;
  }
}
