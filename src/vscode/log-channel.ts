import * as vscode from 'vscode';
import type { Log } from '../app/ports.js';

/** The extension's one log; it opens with "Show Log". */
export class LogChannel implements Log, vscode.Disposable {
  private readonly channel = vscode.window.createOutputChannel('MemLens', { log: true });

  info(message: string): void {
    this.channel.info(message);
  }

  warn(message: string): void {
    this.channel.warn(message);
  }

  error(message: string): void {
    this.channel.error(message);
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }
}
