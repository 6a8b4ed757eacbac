import * as vscode from 'vscode';
import { type FaultText, faultText } from '../app/fault-text.js';
import type { HeapFeed } from '../app/heap/heap-feed.js';
import { CancelSource } from '../base/cancel.js';
import type { HeapReader } from './heap-reader.js';

/** Bytes between two words about how far reading is. */
const TELL_EVERY = 4 << 20;

/** A file of a heap profile that a page shows. */
export class HeapFile {
  private reading: CancelSource | undefined;
  private readonly closing = new CancelSource();

  constructor(
    readonly path: string,
    private readonly feed: HeapFeed,
    private readonly reader: HeapReader,
  ) {}

  async read(): Promise<void> {
    if (this.reading !== undefined || this.isClosed()) return;
    const cancel = new CancelSource();
    this.reading = cancel;
    this.feed.setState({ kind: 'reading' });
    let told = 0;
    const read = await this.reader.read(this.path, cancel, (bytes, wholeBytes) => {
      if (bytes - told < TELL_EVERY) return;
      told = bytes;
      this.feed.setState({ kind: 'reading', bytes, ...(wholeBytes === undefined ? {} : { wholeBytes }) });
    });
    this.reading = undefined;
    if (this.isClosed()) return;
    if (read.ok) {
      this.feed.setProfile(read.value);
      this.feed.setState({ kind: 'still' });
    } else this.feed.setState({ kind: 'failed', ...this.wordsOf(read.error) });
  }

  cancel(): void {
    this.reading?.cancel();
  }

  /** Asks for an older profile, and shows what this one has more. */
  async compareWithAsked(): Promise<void> {
    const older = await this.reader.ask(vscode.l10n.t('Compare with an Older Heap Profile'));
    if (older === undefined || this.isClosed()) return;
    if (older.read.ok) this.feed.compareWith(older.read.value, older.name);
    else this.feed.tellFault(faultText(older.read.error));
  }

  /** As `compareWithAsked`, with this file. */
  async compareWith(path: string): Promise<void> {
    const read = await this.reader.read(path, new CancelSource());
    if (this.isClosed()) return;
    if (read.ok) this.feed.compareWith(read.value, path.slice(path.lastIndexOf('/') + 1));
    else this.feed.tellFault(faultText(read.error));
  }

  close(): void {
    this.closing.cancel();
    this.cancel();
  }

  private isClosed(): boolean {
    return this.closing.requested;
  }

  private wordsOf(fault: Parameters<typeof faultText>[0]): Pick<FaultText, 'message' | 'nextStep'> {
    if (fault.code === 'cancelled')
      return { message: vscode.l10n.t('Reading was cancelled.'), nextStep: vscode.l10n.t('Try Again reads it from the start.') };
    const { message, nextStep } = faultText(fault);
    return { message, nextStep };
  }
}
