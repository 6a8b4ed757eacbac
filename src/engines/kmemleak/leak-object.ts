import { bareAddressOf, kernelSymbolOf } from '../../base/kernel-symbol.js';
import type { Frame } from '../../model/stack.js';

/** One unreferenced object, while its lines come. */
export interface LeakObject {
  /** Hexadecimal with 0x. */
  readonly address: string;
  readonly bytes: number;
  /** What kernels since 6.12 say in brackets: `phys`, `percpu`. */
  readonly type?: string;
  comm?: string;
  pid?: number;
  /** When it was allocated, on the kernel's clock. */
  jiffies?: string;
  /** Seconds; kernels from 6.5 on do not tell it. */
  age?: number;
  /** So many bytes are dumped. */
  dumped: number;
  /** Of memory that each processor has: whose copy is dumped. */
  dumpedOf?: string;
  readonly dump: string[];
  hasBacktrace: boolean;
  readonly frames: Frame[];
}

const HEADER = /unreferenced object(?: \((\w{1,20})\))? (0x[\da-f]{1,16}) \(size (\d{1,16})\)/;
/** The name may hold anything, quotes too. */
const PROCESS = /comm "(.{0,64})", pid (-?\d{1,10}), jiffies (\d{1,20})(?: \(age (\d{1,12})\.(\d{1,3})s\))?/;
const DUMP = /hex dump \(first (\d{1,3}) bytes(?: on cpu (\d{1,6}))?/;
/** A row of a dump, alone in its line but for what a log or a mail puts before it. */
const ROW_ALONE = /^(?:[>|\s]*|.{0,200}(?:\]|kernel:|kmemleak:)\s+)(?:[\da-f]{2} ){7,15}[\da-f]{2}(?:\s{1,80}\S.{0,16})?\s*$/;
const BACKTRACE = /(?:^|\s)backtrace(?: \(crc [\da-f]{1,8}\))?:\s*$/;
const ROW = 16;
/** What begins another report of the kernel, with frames of its own; kmemleak itself also dumps objects that are no leaks. */
const OTHER_REPORT =
  /Call [Tt]race:|Modules linked in:|cut here|(?:WARNING|BUG|INFO|RIP|EIP|PC is at|Oops)\b ?:|Object(?: \(\w{1,20}\))? 0x[\da-f]{1,16} \(size|kmemleak: (?:Kernel|Cannot|Found|Freeing|\d)/;

export function readHeader(line: string): LeakObject | undefined {
  const found = line.includes('unreferenced object') ? HEADER.exec(line) : null;
  if (found === null) return undefined;
  const [, type, address = '', size] = found;
  return {
    address,
    bytes: Number(size),
    ...(type === undefined ? {} : { type }),
    dumped: 0,
    dump: [],
    hasBacktrace: false,
    frames: [],
  };
}

/** What of an object's head, but its first line, a line is. */
export type HeadPart = 'process' | 'dump' | 'row' | 'backtrace';

export function headPart(line: string): HeadPart | undefined {
  if (PROCESS.test(line)) return 'process';
  if (DUMP.test(line)) return 'dump';
  if (BACKTRACE.test(line)) return 'backtrace';
  return line.length <= 400 && ROW_ALONE.test(line) ? 'row' : undefined;
}

/** True: the line says what was said of the object already, so it is of another one. */
export const isOfAnother = ({ comm, dumped }: LeakObject, line: string): boolean =>
  (comm !== undefined && PROCESS.test(line)) || (dumped > 0 && DUMP.test(line));

/** True: the line tells the process, and it was taken in. */
export function readProcess(object: LeakObject, line: string): boolean {
  const process = PROCESS.exec(line);
  if (process === null) return false;
  object.comm = process[1] ?? '';
  object.pid = Number(process[2]);
  object.jiffies = process[3] ?? '';
  if (process[4] !== undefined) object.age = Number(`${process[4]}.${process[5]}`);
  return true;
}

/** True: the line is one of the object's head, and it was taken in. */
export function readHead(object: LeakObject, line: string): boolean {
  if (object.comm === undefined && readProcess(object, line)) return true;
  // The letters of a dump may say anything, `backtrace:` too.
  if (readDump(object, line)) return true;
  if (BACKTRACE.test(line)) {
    object.hasBacktrace = true;
    return true;
  }
  const dump = DUMP.exec(line);
  if (dump !== null) {
    object.dumped = Math.min(Number(dump[1]), 256);
    if (dump[2] !== undefined) object.dumpedOf = dump[2];
    return true;
  }
  return false;
}

/** `41 41 41 41 …  AAAA`: as many pairs as are still to come, at most those of a row. */
function readDump({ dumped, dump }: LeakObject, line: string): boolean {
  const left = Math.min(ROW, dumped - dump.length * ROW);
  if (left <= 0) return false;
  const words = line.trimEnd().split(/\s/);
  for (let at = 0; at + left <= words.length; at++) {
    const pairs = words.slice(at, at + left);
    if (!pairs.every((pair) => /^[\da-f]{2}$/.test(pair))) continue;
    const text = words
      .slice(at + left)
      .join(' ')
      .trim()
      .slice(0, ROW);
    dump.push(text === '' ? pairs.join(' ') : `${pairs.join(' ')}  ${text}`);
    return true;
  }
  return false;
}

export const isOtherReport = (line: string): boolean => OTHER_REPORT.test(line);

/** What old kernels print where the stack ends. */
const END_OF_STACK = /^0xf{8}(?:f{8})?$/;

/** The frame of a line of a backtrace; `end`: it says that the stack ends. Undefined: it is none. */
export function readFrame(line: string): Frame | 'end' | undefined {
  const symbol = kernelSymbolOf(line);
  if (symbol === undefined) {
    const bare = bareAddressOf(line);
    if (bare === undefined) return undefined;
    return END_OF_STACK.test(bare) ? 'end' : { address: before(bare) };
  }
  const { name, offset, size, module, buildId, file, line: number, inlined } = symbol;
  const address = addressOf(line);
  return {
    function: name,
    ...(file === undefined ? {} : { file }),
    ...(number === undefined ? {} : { line: number }),
    ...(module === undefined ? {} : { module }),
    ...(buildId === undefined ? {} : { buildId }),
    ...(offset === undefined ? {} : { symbolOffset: offset }),
    ...(size === undefined ? {} : { symbolSize: size }),
    ...(address === undefined ? {} : { address }),
    ...(inlined === undefined ? {} : { inlined }),
  };
}

/** In brackets kernels from 4.15 on print a hash of the address: only one with the upper half of a kernel's own addresses is taken for what it says. */
function addressOf(line: string): string | undefined {
  const digits = /\[<(f{4}[\da-f]{12})>\]/.exec(line)?.[1];
  return digits === undefined ? undefined : before(`0x${digits}`);
}

/** Traces hold the addresses to return to: one byte less is within the call. */
const before = (address: string): string => `0x${(BigInt(address) - 1n).toString(16)}`;
