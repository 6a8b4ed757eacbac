/** What a file of a heap profile is written in: by the tools, or by MemLens itself. */
export type HeapFileKind =
  | 'heaptrack'
  | 'massif'
  | 'dhat'
  | 'callgrind'
  | 'pprof'
  | 'gperftools'
  | 'jemalloc'
  | 'memleak'
  | 'bpftrace'
  | 'strace'
  | 'perf'
  | 'folded'
  | 'memlens';

/** So many bytes of a file are enough to tell what it is. */
export const HEAD_BYTES = 64 << 10;

/** In the order in which they are asked for: the surest tells first. `text`: the first bytes as text. */
const TELLS: readonly (readonly [HeapFileKind, RegExp])[] = [
  // `v 10400 3`: version of heaptrack, and of the file, hexadecimal
  ['heaptrack', /^v [0-9a-f]+(?: [0-9a-f]+)?\n/],
  // heaptrack_print writes it without the head
  ['massif', /^desc: .*\ncmd: .*\ntime_unit: |^#-+\nsnapshot=\d/],
  ['dhat', /^\s*\{\s*"dhatFileVersion"\s*:/],
  ['memlens', /^\s*\{\s*"format"\s*:\s*"memlens-heap-profile"/],
  ['bpftrace', /^\s*\{\s*"type"\s*:\s*"/],
  ['jemalloc', /^heap_v2\/\d+/],
  ['gperftools', /^heap profile: *\d+: *\d+ \[ *\d+: *\d+\]/m],
  // Its head has no fixed order; `events:` and a position must be there.
  ['callgrind', /^# callgrind format|^(?:version|creator|pid|cmd|part|desc|positions): (?:.*\n)*?events?: .*\n/m],
  ['memleak', /stacks? with outstanding allocations|^\s*\d+ bytes in \d+ allocations from stack/m],
  // `brk(0x55) = 0x55`, with a process and a time before it, as -f, -t and -r print them
  ['strace', /^(?:\[pid +\d+\] |\d+ +)?(?:[\d:.]+ +)?(?:brk|mmap2?|munmap|mremap)\(.*= /m],
  // a line of a sample, then frames: an address, a symbol, and the object in brackets
  ['perf', /^\S.*\s\d.*:\s*(?:\d+\s+)?\S+:.*\n\s+[0-9a-f]+ .*\)$/m],
];

/** `main;read 12` */
const FOLDED = /^\S.* -?\d+(?:\.\d+)?\r?$/;
const CONTROLS = /[\0-\x08\x0e-\x1f]/;

/** What a file is, by its first bytes as text. Undefined: none of these. */
export function heapFileKind(head: string): HeapFileKind | undefined {
  const text = head.replace(/^\ufeff/, '');
  // profile.proto is the only one that is no text.
  if (CONTROLS.test(text)) return 'pprof';
  const told = TELLS.find(([, pattern]) => pattern.test(text))?.[0];
  if (told !== undefined) return told;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // The last one may be cut.
  const whole = lines.slice(0, Math.max(1, lines.length - 1));
  const folded = whole.filter((line) => FOLDED.test(line)).length;
  return folded > 0 && folded * 2 > whole.length ? 'folded' : undefined;
}
