import { EXECUTE, type MapTable, SHARED, WRITE } from '../../model/map-table.js';
import type { RegionClasses } from '../../model/segment.js';
import { decideArenas, numberArenas } from './arenas.js';
import { decideGoHeap } from './go-heap.js';
import { decideImages } from './loaded-images.js';
import type { MapContext } from './map-context.js';
import { type MappedName, mappedName } from './mapped-name.js';
import { decideNameless } from './nameless.js';
import { RegionView } from './region-view.js';
import { decideGrowsDown, decideStacksByLayout, decideStacksByPointer, guardBelow, threadText } from './stacks.js';

/** Nothing smaller is called reserved because it was hardly touched. */
const LARGE = 64 << 20;
/** The same where VmFlags are not told. */
const HUGE = 2 ** 30;
/**
 * What each mapping is, and what says so. The strongest evidence comes first: the kernel's names and flags, ELF headers, stack pointers; then
 * the usual layout, which is marked as a guess. Linear in the number of mappings.
 */
export function classify(table: MapTable, context: MapContext): RegionClasses {
  const view = new RegionView(table);
  const names = namesOf(view, context);
  const nameOf = (row: number): MappedName => names[row]!;

  for (let row = 0; row < view.length; row++) byKernelName(view, row, nameOf(row), context);
  for (let row = 0; row < view.length; row++) byFlag(view, row, nameOf(row), context);
  decideGrowsDown(view);
  for (let row = 0; row < view.length; row++) byGivenName(view, row, nameOf(row), context);
  // Before stack pointers are looked at: goroutines have their stacks on Go's heap.
  decideGoHeap(view, context);
  decideStacksByPointer(view, context);
  for (let row = 0; row < view.length; row++) {
    if (view.is(row, WRITE | EXECUTE)) view.decide(row, 'jit', 'writable-executable', { owner: nameOf(row).name });
  }
  decideImages(view, context, nameOf);
  for (let row = 0; row < view.length; row++) byFile(view, row, nameOf(row), context);
  decideNameless(view);
  decideArenas(view, context);
  for (let row = 0; row < view.length; row++) {
    if (view.is(row, EXECUTE)) view.decide(row, 'jit', 'executable-anonymous', { owner: nameOf(row).name });
    else if (nameOf(row).name !== '') view.decide(row, 'named-anonymous', 'named', { owner: nameOf(row).name });
  }
  decideStacksByLayout(view, context);
  for (let row = 0; row < view.length; row++) byTouch(view, row);
  numberArenas(view);
  for (let row = 0; row < view.length; row++) addMarks(view, row, nameOf(row), context);
  return view.classes();
}

function namesOf(view: RegionView, context: MapContext): readonly MappedName[] {
  const { path, device } = view.table;
  const known = new Map<number, MappedName>();
  return Array.from({ length: view.length }, (_, row) => {
    // A name means another thing on a disk than on the kernel's own tmpfs.
    const key = path.index[row]! * device.texts.length + device.index[row]!;
    let name = known.get(key);
    if (name === undefined) {
      name = mappedName(view.path(row), view.device(row), context);
      known.set(key, name);
    }
    return name;
  });
}

function byKernelName(view: RegionView, row: number, { kind, name }: MappedName, context: MapContext): void {
  if (kind !== 'kernel') {
    const { startBrk = 0, startStack = 0 } = context;
    if (kind !== 'none' || !view.anonymous(row) || name !== '') return;
    // Names that the kernel would have given, in a form that leaves them out.
    if (startBrk > 0 && view.start(row) === startBrk && view.is(row, WRITE)) view.decide(row, 'heap', 'start-brk');
    else if (startStack > 0 && view.start(row) <= startStack && startStack < view.end(row)) {
      view.decide(row, 'main-stack', 'start-stack');
    }
    return;
  }
  const stack = /^\[ ?stack(?::(\d+))? ?\]$/.exec(name);
  if (name === '[heap]') view.decide(row, 'heap', 'heap-name');
  else if (stack?.[1] !== undefined) {
    const tid = Number(stack[1]);
    const thread = context.threads?.find((one) => one.tid === tid);
    const owner = thread === undefined ? `thread ${tid}` : threadText(thread);
    view.decide(row, 'thread-stack', 'thread-stack-name', { owner });
    guardBelow(view, row, owner, false);
  } else if (stack !== null) view.decide(row, 'main-stack', 'stack-name');
  else if (name === '[vdso]') view.decide(row, 'vdso', 'vdso-name');
  else if (name.startsWith('[vvar')) view.decide(row, 'vvar', 'vvar-name');
  else if (name === '[vsyscall]') view.decide(row, 'vsyscall', 'vsyscall-name');
  else view.decide(row, 'kernel-other', 'kernel-name', { owner: name });
}

function byFlag(view: RegionView, row: number, { kind, name }: MappedName, context: MapContext): void {
  const pages = view.figure(row, 'KernelPageSize');
  if (view.flag(row, 'ht')) view.decide(row, 'hugetlb', 'huge-flag', { owner: name });
  else if (pages > context.pageSize && pages % context.pageSize === 0)
    view.decide(row, 'hugetlb', 'huge-page-size', { owner: name });
  else if (kind === 'hugetlb') view.decide(row, 'hugetlb', 'huge-name', { owner: name });
  else if (view.flag(row, 'io') || view.flag(row, 'pf')) view.decide(row, 'device', 'device-flag', { owner: name });
  else if (view.flag(row, 'ss')) view.decide(row, 'thread-stack', 'shadow-stack', { owner: 'shadow stack' });
}

/** Names that C libraries give to anonymous memory: bionic; glibc with glibc.mem.decorate_maps. */
function byGivenName(view: RegionView, row: number, { kind, name }: MappedName, context: MapContext): void {
  if (kind !== 'none' || name === '' || !view.anonymous(row)) return;
  const stack = /^(?:stack_and_tls:(\d+|main)| ?glibc: pthread (?:user )?stack: (\d+))$/.exec(name);
  if (stack !== null && view.is(row, WRITE)) {
    const tid = stack[1] ?? stack[2] ?? '';
    const thread = context.threads?.find((one) => String(one.tid) === tid);
    const owner = thread === undefined ? `thread ${tid}` : threadText(thread);
    view.decide(row, 'thread-stack', 'thread-stack-name', { owner });
    guardBelow(view, row, owner, false);
  } else if (stack !== null || /^(thread (signal )?stack guard|stack guard)/.test(name)) view.decide(row, 'guard', 'guard-name');
  else if (/^ ?glibc: malloc arena$/.test(name)) {
    if (view.is(row, WRITE)) view.decide(row, 'arena', 'arena-name');
    else view.decide(row, 'reserved', 'arena-rest');
  } else if (name === '.bss' && view.touchesPrevious(row)) {
    const file = view.path(row - 1);
    const program = file === context.executable;
    view.decide(row, program ? 'bss' : 'library-bss', 'bss-name', { owner: file });
  }
}

function byFile(view: RegionView, row: number, { kind, name }: MappedName, context: MapContext): void {
  const shared = view.is(row, SHARED);
  const executable = view.is(row, EXECUTE);
  switch (kind) {
    case 'sysv':
      view.decide(row, 'sysv-shm', 'sysv-name', { owner: name });
      return;
    case 'memfd':
      if (!executable) view.decide(row, 'memfd', 'memfd-name', { owner: name });
      return;
    case 'zero':
      if (shared) view.decide(row, 'shared-anonymous', 'shared-zero', { owner: name });
      else if (!executable) view.decide(row, 'anonymous', 'private-zero');
      return;
    case 'shared-name':
      view.decide(row, 'shared-anonymous', 'shared-name', { owner: name });
      return;
    case 'posix-shm':
      if (!executable) view.decide(row, 'posix-shm', 'dev-shm', { owner: name });
      return;
    case 'device':
      view.decide(row, 'device', 'device-path', { owner: name });
      return;
    case 'kernel-object':
      view.decide(row, 'device', 'kernel-object', { owner: name });
      return;
    case 'file':
      if (context.tmpfs.has(view.device(row))) view.decide(row, 'tmpfs', 'tmpfs-mount', { owner: name });
      else view.decide(row, 'file', 'file', { owner: name });
      return;
    case 'none':
      if (shared) view.decide(row, 'shared-anonymous', 'shared-unnamed', { guess: true });
      return;
    default:
  }
}

/** What nothing else has decided is anonymous memory, or addresses that are kept for later. */
function byTouch(view: RegionView, row: number): void {
  if (view.decided(row)) return;
  // A form may tell of no swap; without Rss it is NaN, and says nothing.
  const used = view.figure(row, 'Rss') + (view.figure(row, 'Swap') || 0);
  if (view.untouchable(row)) view.decide(row, 'reserved', 'no-access');
  else if (view.flag(row, 'nr') && view.size(row) >= LARGE && used <= view.size(row) / 8)
    view.decide(row, 'reserved', 'no-reserve');
  else if (!view.hasFlags(row) && view.size(row) >= HUGE && used <= view.size(row) / 1024) {
    view.decide(row, 'reserved', 'hardly-touched', { guess: true });
  } else view.decide(row, 'anonymous', 'anonymous');
}

function addMarks(view: RegionView, row: number, name: MappedName, context: MapContext): void {
  if (name.deleted) view.mark(row, 'deleted');
  if (view.is(row, WRITE | EXECUTE)) view.mark(row, 'writableExecutable');
  const huge = (figure: string): boolean => view.figure(row, figure) > 0;
  if (huge('AnonHugePages') || huge('ShmemPmdMapped') || huge('FilePmdMapped')) view.mark(row, 'hugePages');
  if (view.flag(row, 'lo') || huge('Locked')) view.mark(row, 'locked');
  const onTmpfs = name.kind === 'memfd' || name.kind === 'posix-shm' || name.kind === 'zero' || name.kind === 'sysv';
  if ((onTmpfs && view.is(row, SHARED)) || (name.kind === 'file' && context.tmpfs.has(view.device(row)))) view.mark(row, 'tmpfs');
}
