import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, mkdtemp, open, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Captured, CaptureOptions, Command, FileFacts, OutputListener, StreamedProgram, Target } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { localChunks } from './local-chunks.js';
import { OutputTail } from './output-tail.js';
import { endSession } from './sessions.js';
import { signalGroup, start } from './spawn.js';

const DEFAULT_CAPTURE_BYTES = 16 << 20;

async function guard<T>(path: string, operation: string, action: () => Promise<T>): Promise<Result<T, Fault>> {
  try {
    return ok(await action());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return err({ code: 'not-found', path, what: 'file or directory' });
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return err({ code: 'permission', path, operation });
    if (code === 'ENOSPC' || code === 'EDQUOT') return err({ code: 'disk-full', path });
    return err({ code: 'unreadable', path, detail: message });
  }
}

/**
 * Opens what has an end. A FIFO without a writer would be waited for in open(2), which keeps a thread of Node's pool and the whole
 * program from ending; files of /proc are files.
 */
async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const facts = await file.stat();
  if (facts.isFile() || facts.isDirectory()) return file;
  await file.close();
  throw new Error('it is not a regular file');
}

/** Not by mkdir's own `recursive`: where the file system says ENOENT of a directory that is there (/proc), it never ends. */
async function makeWithParents(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory() === true) return;
  if (dirname(path) !== path) await makeWithParents(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    // Another run made it meanwhile.
    if (error.code !== 'EEXIST') throw error;
  });
}

/** TMPDIR as an absolute path. One with both kinds of quotes can't be named in the options of a sanitizer, which have no escapes. */
function temporaryPlace(): string {
  const place = resolve(tmpdir());
  return place.includes("'") && place.includes('"') ? '/tmp' : place;
}

/** This machine. */
export class LocalTarget implements Target {
  readonly id = 'local';
  readonly platform: string = process.platform;

  async capture(command: Command, options: CaptureOptions = {}): Promise<Result<Captured, Fault>> {
    if (options.cancel?.requested === true) return err({ code: 'cancelled' });
    const started = await start(command, [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']);
    if (!started.ok) return started;
    const { child, pid, ended } = started.value;
    const limit = options.maxBytes ?? DEFAULT_CAPTURE_BYTES;
    const stdout = new OutputTail(limit);
    const stderr = new OutputTail(limit);
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.end(options.stdin);
    let stopped: Fault | undefined;
    const stop = (fault: Fault): void => {
      stopped ??= fault;
      signalGroup(pid, 'SIGTERM');
      setTimeout(() => signalGroup(pid, 'SIGKILL'), 500).unref();
    };
    const cancelled = options.cancel?.onRequest(() => stop({ code: 'cancelled' }));
    const limitMs = options.timeLimitMs;
    const timer =
      limitMs === undefined ? undefined : setTimeout(() => stop({ code: 'time-out', seconds: limitMs / 1000 }), limitMs);
    const exit = await ended;
    cancelled?.dispose();
    clearTimeout(timer);
    if (stopped !== undefined) {
      signalGroup(pid, 'SIGKILL');
      return err(stopped);
    }
    return ok({ ...exit, stdout: stdout.text(), stderr: stderr.text() });
  }

  async stream(command: Command, listener: OutputListener): Promise<Result<StreamedProgram, Fault>> {
    const started = await start(command, ['pipe', 'pipe', 'pipe'], { endsAlone: true });
    if (!started.ok) return started;
    const { child, pid, ended } = started.value;
    child.stdout?.on('data', (chunk: Buffer) => listener.onStdout(chunk));
    child.stderr?.on('data', (chunk: Buffer) => listener.onStderr(chunk));
    let abandoned = false;
    return ok({
      write: (text) => void child.stdin?.write(text),
      endInput: () => void child.stdin?.end(),
      abandon: () => {
        abandoned = true;
        signalGroup(pid, 'SIGKILL');
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      },
      ended: ended.then((exit) => (abandoned ? err({ code: 'cancelled' }) : ok(exit))),
    });
  }

  stat(path: string): Promise<Result<FileFacts, Fault>> {
    return guard(path, 'look at', async () => {
      const facts = await stat(path);
      const kind = facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : facts.isFIFO() ? 'fifo' : 'other';
      return { kind, size: facts.size, executable: (facts.mode & 0o111) !== 0, mode: facts.mode, modifiedMs: facts.mtimeMs };
    });
  }

  list(directory: string): Promise<Result<readonly string[], Fault>> {
    return guard(directory, 'list', () => readdir(directory));
  }

  readBytes(
    path: string,
    options: { readonly offset?: number; readonly length?: number } = {},
  ): Promise<Result<Uint8Array, Fault>> {
    return guard(path, 'read', async () => {
      const file = await openFile(path);
      try {
        const length = options.length ?? (await file.stat()).size;
        const buffer = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(buffer, done, length - done, (options.offset ?? 0) + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return buffer.subarray(0, done);
      } finally {
        await file.close();
      }
    });
  }

  async *readText(path: string): AsyncIterable<string> {
    const stream = (await openFile(path)).createReadStream({ encoding: 'utf8', highWaterMark: 1 << 20 });
    try {
      for await (const chunk of stream) yield chunk as string;
    } finally {
      stream.destroy();
    }
  }

  readChunks(path: string): AsyncIterable<Uint8Array> {
    return localChunks(path);
  }

  writeText(path: string, text: string): Promise<Result<void, Fault>> {
    return guard(path, 'write', () => writeFile(path, text));
  }

  makeDirectory(path: string): Promise<Result<void, Fault>> {
    return guard(path, 'create', () => makeWithParents(path));
  }

  makeTemporaryDirectory(prefix: string): Promise<Result<string, Fault>> {
    const base = join(temporaryPlace(), prefix);
    return guard(base, 'create', async () => {
      const path = await mkdtemp(base);
      await chmod(path, 0o700);
      return path;
    });
  }

  async remove(path: string): Promise<void> {
    // A file that can't be removed costs a little disk; it is no reason to lose the findings.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }

  realPath(path: string): Promise<Result<string, Fault>> {
    return guard(path, 'look at', () => realpath(path));
  }

  endSession(pid: number, graceMs: number): Promise<void> {
    return endSession(pid, graceMs);
  }
}
