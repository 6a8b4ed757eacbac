import type { Fault } from '../base/fault.js';

/** Chunks of a file, one at a time, to the place where reading it fails, which ends them. */
export class FileChunks {
  failure: unknown;
  private readonly iterator: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.iterator = chunks[Symbol.asyncIterator]();
  }

  /** undefined: there are no more. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.failure !== undefined) return undefined;
    try {
      const step = await this.iterator.next();
      return step.done === true ? undefined : step.value;
    } catch (error) {
      this.failure = error;
      return undefined;
    }
  }

  /** Nothing more is read. */
  async leave(): Promise<void> {
    await this.iterator.return?.();
  }
}

/** Why a file could not be read: `not-found`, `permission`, `unreadable`. */
export function readFault(failure: unknown, path: string): Fault {
  const { code, message } = failure as { readonly code?: unknown; readonly message?: unknown };
  if (code === 'ENOENT' || code === 'ENOTDIR') return { code: 'not-found', path, what: 'file' };
  if (code === 'EACCES' || code === 'EPERM') return { code: 'permission', path, operation: 'read' };
  return { code: 'unreadable', path, detail: String(message) };
}
