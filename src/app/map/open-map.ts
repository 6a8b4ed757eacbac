import type { Fault } from '../../base/fault.js';
import { baseName } from '../../base/path.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { MapJsonReader } from '../../formats/map-json.js';
import { classify } from '../../insight/map/classify.js';
import { contextOfFile } from '../../insight/map/map-context.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import { parseSavedMap } from '../../procfs/saved-map.js';
import { FileChunks, readFault } from '../file-chunks.js';
import { Utf8Chunks } from '../utf8-chunks.js';
import { knownClasses } from './told-classes.js';

const OPEN_OBJECT = 0x7b;
/** A file whose first bytes, so many, hold nothing of a map holds none: it may be a disk image, or never end. */
const MOST_FOREIGN = 16 << 20;

/**
 * A map from a file: a saved /proc/PID/maps or smaps, the output of pmap, or our own JSON, told apart by what comes. `writtenMs`: when the
 * file was written, in milliseconds since the Unix epoch. A file that can't be read to its end gives what was read, with the note `cut`.
 * Faults: `unrecognised-map`, `not-found`, `permission`, `unreadable`.
 */
export async function openSavedMap(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  writtenMs: Milliseconds,
): Promise<Result<MapSnapshot, Fault>> {
  const bytes = new Begun(chunks);
  const opened =
    (await bytes.firstLetter()) === OPEN_OBJECT ? await openJson(bytes, path, writtenMs) : await openText(bytes, path, writtenMs);
  const { failure } = bytes;
  if (opened === undefined) return err(failure === undefined ? noMap(path, bytes.beginning) : readFault(failure, path));
  if (failure === undefined || opened.notes.some(({ code }) => code === 'cut')) return ok(opened);
  return ok({ ...opened, notes: [...opened.notes, { code: 'cut' }] });
}

async function openText(chunks: AsyncIterable<Uint8Array>, path: string, at: Milliseconds): Promise<MapSnapshot | undefined> {
  const parsed = await parseSavedMap(chunks, MOST_FOREIGN);
  if (parsed === undefined) return undefined;
  const { table, form, bits, notes } = parsed;
  const context = contextOfFile(table, bits);
  const { pageSize } = context;
  return {
    at,
    origin: { kind: 'file', name: baseName(path) },
    form,
    bits,
    pageSize,
    table,
    classes: classify(table, context),
    notes: form === 'maps' ? [...notes, { code: 'form-lacks', detail: 'amounts and VmFlags' }] : notes,
  };
}

async function openJson(chunks: AsyncIterable<Uint8Array>, path: string, at: Milliseconds): Promise<MapSnapshot | undefined> {
  const reader = new MapJsonReader();
  const text = new Utf8Chunks();
  let bytes = 0;
  for await (const chunk of chunks) {
    reader.push(text.push(chunk));
    bytes += chunk.length;
    if (bytes > MOST_FOREIGN && reader.isForeign) return undefined;
  }
  reader.push(text.end());
  const file = reader.end(baseName(path), at);
  if (file === undefined) return undefined;
  const { facts, table, told } = file;
  return { ...facts, table, classes: knownClasses(table, told, facts.bits) };
}

function noMap(path: string, beginning: Uint8Array): Fault {
  const [first, second] = beginning;
  const format = /"format"\s*:\s*"memlens-(recording|map-diff)"/.exec(String.fromCharCode(...beginning.subarray(0, 1024)))?.[1];
  const holds =
    first === 0x1f && second === 0x8b
      ? 'gzip'
      : (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
        ? 'utf-16'
        : format === 'recording'
          ? 'recording'
          : format === 'map-diff'
            ? 'difference'
            : undefined;
  return { code: 'unrecognised-map', path, ...(holds === undefined ? {} : { holds }) };
}

/** Bytes whose beginning was looked at, without the byte order mark of UTF-8. They end where reading fails. */
class Begun extends FileChunks implements AsyncIterable<Uint8Array> {
  /** Blanks, and the chunk with the first letter: a copy. */
  beginning: Uint8Array = new Uint8Array(0);

  /** That is no blank, and no byte order mark. */
  async firstLetter(): Promise<number | undefined> {
    const looked: Uint8Array[] = [];
    let bytes = 0;
    let letter: number | undefined;
    while (letter === undefined && bytes < MOST_BLANK) {
      const chunk = await this.next();
      if (chunk === undefined) break;
      looked.push(Uint8Array.from(chunk));
      bytes += chunk.length;
      letter = chunk.find((byte) => byte > 0x20 && !BYTE_ORDER_MARK.includes(byte));
    }
    const joined = new Uint8Array(bytes);
    let at = 0;
    for (const chunk of looked) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    this.beginning = BYTE_ORDER_MARK.every((byte, i) => joined[i] === byte) ? joined.subarray(BYTE_ORDER_MARK.length) : joined;
    return letter;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield this.beginning;
      for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
    } finally {
      await this.leave();
    }
  }
}

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
/** Bytes. */
const MOST_BLANK = 1 << 20;
