import type { HeapProfile } from '../../model/heap-profile.js';
import { heapFileKind } from './file-kind.js';
import { GperftoolsParser } from './gperftools.js';
import { JemallocParser } from './jemalloc.js';
import { MemlensHeapParser } from './memlens.js';
import { PprofParser } from './pprof.js';

/** Fed piece by piece, cut anywhere. The result is undefined when nothing of the format was there. */
interface Parser<Chunk> {
  push(chunk: Chunk): void;
  end(): HeapProfile | undefined;
}

export type HeapParser =
  | { readonly takes: 'bytes'; readonly parser: Parser<Uint8Array> }
  | { readonly takes: 'text'; readonly parser: Parser<string> };

const ofText = (parser: Parser<string>): HeapParser => ({ takes: 'text', parser });
const ofBytes = (parser: Parser<Uint8Array>): HeapParser => ({ takes: 'bytes', parser });

/** The parser for a file, by its first bytes as text; undefined: it is no heap profile. */
export function recogniseHeapProfile(head: string): HeapParser | undefined {
  const kind = heapFileKind(head);
  switch (kind) {
    case 'pprof':
      return ofBytes(new PprofParser());
    case 'gperftools':
      return ofText(new GperftoolsParser());
    case 'jemalloc':
      return ofText(new JemallocParser());
    case 'memlens':
      return ofText(new MemlensHeapParser());
    default:
      return undefined;
  }
}
