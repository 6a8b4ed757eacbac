import type { HeapProfile } from '../../model/heap-profile.js';
import { AllocinfoParser } from './allocinfo.js';
import { BpftraceJsonParser } from './bpftrace-json.js';
import { CallgrindParser } from './callgrind.js';
import { DhatParser } from './dhat.js';
import { heapFileKind } from './file-kind.js';
import { FoldedParser } from './folded.js';
import { GperftoolsParser } from './gperftools.js';
import { HeaptrackParser } from './heaptrack.js';
import { JemallocParser } from './jemalloc.js';
import { MassifParser } from './massif.js';
import { MemleakParser } from './memleak.js';
import { MemlensHeapParser } from './memlens.js';
import { PageOwnerParser } from './page-owner.js';
import { PagetraceParser } from './pagetrace.js';
import { isPerfMappings, PerfMappingsParser } from './perf-mappings.js';
import { PerfScriptParser } from './perf-script.js';
import { PprofParser } from './pprof.js';
import { SlabTracesParser } from './slab-traces.js';
import { StraceParser } from './strace.js';

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
    case 'heaptrack':
      return ofBytes(new HeaptrackParser());
    case 'massif':
      return ofText(new MassifParser());
    case 'dhat':
      return ofText(new DhatParser());
    case 'callgrind':
      return ofText(new CallgrindParser());
    case 'pprof':
      return ofBytes(new PprofParser());
    case 'gperftools':
      return ofText(new GperftoolsParser());
    case 'jemalloc':
      return ofText(new JemallocParser());
    case 'memleak':
      return ofText(new MemleakParser());
    case 'bpftrace':
      return ofText(new BpftraceJsonParser());
    case 'strace':
      return ofText(new StraceParser());
    case 'perf':
      return ofText(isPerfMappings(head) ? new PerfMappingsParser() : new PerfScriptParser());
    case 'folded':
      return ofText(new FoldedParser());
    case 'page-owner':
      return ofText(new PageOwnerParser());
    case 'pagetrace':
      return ofText(new PagetraceParser());
    case 'allocinfo':
      return ofText(new AllocinfoParser());
    case 'slab-traces':
      return ofText(new SlabTracesParser());
    case 'memlens':
      return ofText(new MemlensHeapParser());
    case undefined:
      return undefined;
  }
}
