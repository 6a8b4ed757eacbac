import type { Captured, Command, FileFacts, OutputListener, StreamedProgram, Target } from '../../../src/app/ports.js';
import type { Fault } from '../../../src/base/fault.js';
import { err, ok, type Result } from '../../../src/base/result.js';

const missing = (path: string): Result<never, Fault> => err({ code: 'not-found', path, what: 'file or directory' });

/** A target whose files are a table of texts; directories are what lies above a file. */
export class MemoryTarget implements Target {
  readonly id = 'memory';
  readonly platform: string = 'linux';

  constructor(
    private readonly files: Readonly<Record<string, string>>,
    private readonly links: Readonly<Record<string, string>> = {},
  ) {}

  capture(_command: Command): Promise<Result<Captured, Fault>> {
    return Promise.resolve(err({ code: 'not-found', path: '', what: 'program' }));
  }

  stream(_command: Command, _listener?: OutputListener): Promise<Result<StreamedProgram, Fault>> {
    return Promise.resolve(err({ code: 'not-found', path: '', what: 'program' }));
  }

  stat(path: string): Promise<Result<FileFacts, Fault>> {
    const base = { executable: false, mode: 0o644, modifiedMs: 0 };
    const text = this.files[path];
    if (text !== undefined) return Promise.resolve(ok({ ...base, kind: 'file' as const, size: text.length }));
    const isDirectory = Object.keys(this.files).some((file) => file.startsWith(`${path}/`));
    return Promise.resolve(isDirectory ? ok({ ...base, kind: 'directory' as const, size: 0 }) : missing(path));
  }

  list(directory: string): Promise<Result<readonly string[], Fault>> {
    const names = Object.keys(this.files)
      .filter((file) => file.startsWith(`${directory}/`))
      .map((file) => file.slice(directory.length + 1).split('/')[0] as string);
    return Promise.resolve(names.length === 0 ? missing(directory) : ok([...new Set(names)]));
  }

  readBytes(path: string): Promise<Result<Uint8Array, Fault>> {
    const text = this.files[path];
    return Promise.resolve(text === undefined ? missing(path) : ok(Uint8Array.from(text, (c) => c.charCodeAt(0))));
  }

  async *readText(path: string): AsyncIterable<string> {
    const text = this.files[path];
    if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    yield text;
  }

  async *readChunks(path: string): AsyncIterable<Uint8Array> {
    for await (const text of this.readText(path)) yield new TextEncoder().encode(text);
  }

  writeText(path: string): Promise<Result<void, Fault>> {
    return Promise.resolve(err({ code: 'permission', path, operation: 'write' }));
  }

  makeDirectory(path: string): Promise<Result<void, Fault>> {
    return this.writeText(path);
  }

  makeTemporaryDirectory(prefix: string): Promise<Result<string, Fault>> {
    return Promise.resolve(err({ code: 'permission', path: prefix, operation: 'create' }));
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  realPath(path: string): Promise<Result<string, Fault>> {
    const [from, to] = Object.entries(this.links).find(([link]) => path === link || path.startsWith(`${link}/`)) ?? ['', ''];
    return Promise.resolve(ok(to + path.slice(from.length)));
  }

  endSession(): Promise<void> {
    return Promise.resolve();
  }
}
