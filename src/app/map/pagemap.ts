import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { PageStrip } from '../../protocol/map.js';
import type { Target } from '../ports.js';
import { hugePages } from './huge-pages.js';
import { FACTS_LIMIT_MS, PART, partsOf } from './process-facts.js';

/** Bytes of an entry of pagemap. */
const ENTRY = 8;
/** Of a single reading: 2 GiB of addresses where pages have 4 KiB. */
const CHUNK_PAGES = 512 << 10;
/** 128 GiB of addresses: more is seen part by part. */
const MOST_PAGES = 32 << 20;
/** Pages whose frames are looked up in kpageflags; more would be a long reading of the machine's memory. */
const MOST_FRAMES = 1 << 20;

// Bits of the upper half of an entry (kernel doc, admin-guide/mm/pagemap): 63 present, 62 swapped, 61 of a file or shared, 55 soft-dirty.
const PRESENT = 1 << 31;
const SWAPPED = 1 << 30;
const FILE_OR_SHARED = 1 << 29;
const SOFT_DIRTY = 1 << 23;
/** Bits 32 to 54 of the frame's number. */
const FRAME_HIGH = 0x7f_ffff;

const SCRIPT = `LC_ALL=C; export LC_ALL; ${PART}
exec 2>/dev/null
n page; getconf PAGESIZE
n soft; grep -c '^VmFlags:.* sd' /proc/self/smaps
n order; dd if=/proc/self/exe bs=1 skip=5 count=1 | od -An -tx1
exit 0`;

interface Machine {
  readonly pageSize: number;
  /**
   * The mappings of a program that has just begun are soft-dirty where the kernel keeps track (CONFIG_MEM_SOFT_DIRTY; not on every processor).
   */
  readonly softDirty: boolean;
  /** Of the kernel's numbers: the byte order in the header of a program that it runs. */
  readonly littleEndian: boolean;
}

async function machineOf(target: Target, cancel: Cancel): Promise<Result<Machine, Fault>> {
  const captured = await target.capture({ argv: ['sh', '-c', SCRIPT] }, { cancel, timeLimitMs: FACTS_LIMIT_MS });
  if (!captured.ok) return captured;
  const parts = partsOf(captured.value.stdout, '');
  const pageSize = Number(parts.get('page')?.trim());
  return ok({
    pageSize: Number.isSafeInteger(pageSize) && pageSize > 0 ? pageSize : 4096,
    softDirty: Number(parts.get('soft')?.trim()) > 0,
    littleEndian: parts.get('order')?.trim() !== '02',
  });
}

/**
 * The pages of the addresses from `start` to `end`, in at most `cells` cells. Without CAP_SYS_ADMIN the kernel hides the frames, and what is huge is not
 * told. Faults: `permission`, `not-found` (the process is gone), `unreadable` (pages that the kernel does not tell of, or too many), `cancelled`.
 */
export async function readStrip(
  target: Target,
  pid: number,
  start: number,
  end: number,
  cells: number,
  epochMs: () => Milliseconds,
  cancel: Cancel,
): Promise<Result<PageStrip, Fault>> {
  const path = `/proc/${pid}/pagemap`;
  const machine = await machineOf(target, cancel);
  if (!machine.ok) return machine;
  const { pageSize, softDirty, littleEndian } = machine.value;
  const first = Math.floor(start / pageSize);
  const pages = Math.ceil(end / pageSize) - first;
  if (!(pages > 0) || !(cells >= 1))
    return err({ code: 'unreadable', path, detail: 'there are no pages between these addresses' });
  if (pages > MOST_PAGES) {
    return err({ code: 'unreadable', path, detail: `${pages.toLocaleString('en-US')} pages are too many to be read at once` });
  }
  const pagesPerCell = Math.ceil(pages / Math.floor(cells));
  const count = Math.ceil(pages / pagesPerCell);
  const present = new Uint32Array(count);
  const swapped = new Uint32Array(count);
  const fileOrShared = new Uint32Array(count);
  const dirty = new Uint32Array(count);
  const frames: number[] = [];
  const frameCells: number[] = [];
  let framesTold = true;
  const at = epochMs();
  for (let done = 0; done < pages; ) {
    if (cancel.requested) return err({ code: 'cancelled' });
    const wanted = Math.min(CHUNK_PAGES, pages - done);
    const read = await target.readBytes(path, { offset: (first + done) * ENTRY, length: wanted * ENTRY });
    if (!read.ok) return read;
    const view = new DataView(read.value.buffer, read.value.byteOffset, read.value.byteLength);
    const got = Math.floor(read.value.length / ENTRY);
    if (got === 0) {
      // Above the addresses of programs nothing is told ([vsyscall]); of a process that has ended neither.
      if (done === 0) return err({ code: 'unreadable', path, detail: 'the kernel tells nothing of these pages' });
      break;
    }
    for (let i = 0; i < got; i++) {
      const high = view.getUint32(i * ENTRY + (littleEndian ? 4 : 0), littleEndian);
      if (high === 0) continue;
      const cell = Math.floor((done + i) / pagesPerCell);
      if ((high & SWAPPED) !== 0) swapped[cell]!++;
      if ((high & FILE_OR_SHARED) !== 0) fileOrShared[cell]!++;
      if ((high & SOFT_DIRTY) !== 0) dirty[cell]!++;
      if ((high & PRESENT) === 0) continue;
      present[cell]!++;
      const frame = (high & FRAME_HIGH) * 2 ** 32 + view.getUint32(i * ENTRY + (littleEndian ? 0 : 4), littleEndian);
      // Frame 0 is the kernel's own: it stands for one that we may not know.
      if (frame === 0 || frames.length >= MOST_FRAMES) framesTold = false;
      else if (framesTold) {
        frames.push(frame);
        frameCells.push(cell);
      }
    }
    done += got;
  }
  const huge = framesTold ? await hugePages(target, frames, frameCells, count, littleEndian, cancel) : undefined;
  if (cancel.requested) return err({ code: 'cancelled' });
  return ok({
    start,
    end,
    pageSize,
    pagesPerCell,
    present,
    swapped,
    fileOrShared,
    ...(huge === undefined ? {} : { huge }),
    ...(softDirty ? { softDirty: dirty } : {}),
    at,
  });
}

/**
 * Clears the soft-dirty bits of the process, so that pages written from then on are seen. It takes the process's page tables and makes its next write to each page
 * fault once: it is asked for, never done by itself. Fault `unreadable`: this kernel does not keep track.
 */
export async function clearSoftDirty(target: Target, pid: number, cancel: Cancel): Promise<Result<void, Fault>> {
  const path = `/proc/${pid}/clear_refs`;
  const machine = await machineOf(target, cancel);
  if (!machine.ok) return machine;
  if (!machine.value.softDirty) {
    return err({ code: 'unreadable', path, detail: 'this kernel does not keep track of written pages (CONFIG_MEM_SOFT_DIRTY)' });
  }
  if (cancel.requested) return err({ code: 'cancelled' });
  return target.writeText(path, '4\n');
}
