import { utf8Text } from '../base/utf8.js';
import { MapTextParser, type ParsedMap } from './map-text.js';
import { PmapParser } from './pmap.js';
import { layoutOfRow, pmapLayout } from './pmap-columns.js';

/** So much is looked at for a line that tells what the file is. */
const SNIFFED = 1 << 18;

type MapParser = Pick<MapTextParser, 'push' | 'end' | 'isEmpty'>;

/**
 * A saved `maps`, `smaps` or output of pmap, told apart by the first line that is of one of them. What stands before it (a prompt, a log)
 * is counted among the foreign lines. Undefined: no mapping is in it, or none in its first `mostForeign` bytes. Errors of `chunks` are thrown.
 */
export async function parseSavedMap(
  chunks: AsyncIterable<Uint8Array>,
  mostForeign = Number.POSITIVE_INFINITY,
): Promise<ParsedMap | undefined> {
  let parser: MapParser | undefined;
  let head = new Uint8Array(0);
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (parser !== undefined) {
      parser.push(chunk);
      if (bytes > mostForeign && parser.isEmpty) return undefined;
      continue;
    }
    head = joined(head, chunk);
    parser = parserOf(head, false);
    if (parser === undefined && head.length > SNIFFED) parser = new MapTextParser();
    parser?.push(head);
  }
  if (parser === undefined) {
    parser = parserOf(head, true) ?? new MapTextParser();
    parser.push(head);
  }
  const parsed = parser.end();
  return parsed.table.length === 0 ? undefined : parsed;
}

/** By the first line that tells; the last one only when it has its end, or `isAll`. */
function parserOf(head: Uint8Array, isAll: boolean): MapParser | undefined {
  const lines = utf8Text(head, 0, isAll ? head.length : head.lastIndexOf(0x0a) + 1).split('\n');
  for (const line of lines) {
    if (/^\s*[0-9a-f]{1,16}-[0-9a-f]{1,16} [r-][w-][x-][sp] /.test(line)) return new MapTextParser();
    if (pmapLayout(line) !== undefined || layoutOfRow(line) !== undefined) return new PmapParser();
  }
  return undefined;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
