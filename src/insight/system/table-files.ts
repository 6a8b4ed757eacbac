import type { Bytes } from '../../base/units.js';
import type { SlabCache, VmallocArea } from '../../model/system-owners.js';
import { slabBytes, slabWaste } from './diff.js';
import { areaPages } from './vmalloc.js';

/** A page where a file does not tell how large it is. */
const USUAL_PAGE: Bytes = 4096;
const PAGES: readonly Bytes[] = [4096, 8192, 16_384, 32_768, 65_536];

/** How large a page is, by what a file tells; not `isSeen`: nothing speaks against 4 KiB. */
export interface FilePage {
  readonly bytes: Bytes;
  readonly isSeen: boolean;
}

export interface VmallocCaller {
  /** `kernel_clone+0xa7/0x27c`; '' where none is told. */
  readonly caller: string;
  readonly module?: string;
  readonly areas: number;
  readonly pages: number;
  /** RAM: of its pages, without guard pages. */
  readonly bytes: Bytes;
}

/** Ranges that take no RAM of their own: `ioremap` shows a device, `vmap` pages of somebody else. */
export interface VmallocOther {
  readonly kind: string;
  readonly areas: number;
  /** Of addresses. */
  readonly bytes: Bytes;
}

export interface VmallocTable {
  readonly page: FilePage;
  /** The largest first. */
  readonly callers: readonly VmallocCaller[];
  readonly others: readonly VmallocOther[];
  readonly bytes: Bytes;
}

/** /proc/vmallocinfo by caller: the pages of what is marked `vmalloc`; all else apart, since it only takes addresses. */
export function vmallocTable(areas: readonly VmallocArea[]): VmallocTable {
  const page = vmallocPage(areas);
  const callers = new Map<string, { caller: string; module?: string; areas: number; pages: number }>();
  const others = new Map<string, { areas: number; bytes: Bytes }>();
  for (const area of areas) {
    const { caller = '', module, flags, size } = area;
    if (!flags.includes('vmalloc')) {
      const kind = flags[0] ?? 'not told';
      const there = others.get(kind) ?? { areas: 0, bytes: 0 };
      there.areas++;
      there.bytes += size;
      if (there.areas === 1) others.set(kind, there);
      continue;
    }
    const key = `${caller} ${module ?? ''}`;
    const there = callers.get(key) ?? { caller, ...(module === undefined ? {} : { module }), areas: 0, pages: 0 };
    there.areas++;
    there.pages += areaPages(area);
    if (there.areas === 1) callers.set(key, there);
  }
  const rows = [...callers.values()].map((row) => ({ ...row, bytes: row.pages * page.bytes }));
  rows.sort((one, other) => other.bytes - one.bytes || (one.caller < other.caller ? -1 : 1));
  return {
    page,
    callers: rows,
    others: [...others].map(([kind, row]) => ({ kind, ...row })).sort((one, other) => other.bytes - one.bytes),
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** An area is its pages and one more, the guard: so most of them tell how large a page is. */
function vmallocPage(areas: readonly VmallocArea[]): FilePage {
  const votes = new Map<Bytes, number>();
  for (const { flags, pages = 0, size } of areas) {
    const bytes = size / (pages + 1);
    if (flags.includes('vmalloc') && pages > 0 && PAGES.includes(bytes)) votes.set(bytes, (votes.get(bytes) ?? 0) + 1);
  }
  const [most] = [...votes].sort((one, other) => other[1] - one[1]);
  return most === undefined ? { bytes: USUAL_PAGE, isSeen: false } : { bytes: most[0], isSeen: true };
}

export interface SlabRow {
  readonly name: string;
  /** RAM: of its slabs, used or not. */
  readonly bytes: Bytes;
  readonly objects: number;
  readonly activeObjects: number;
  readonly objectSize: Bytes;
  /** RAM that holds no object in use. */
  readonly waste: Bytes;
}

export interface SlabTable {
  readonly page: FilePage;
  /** The largest first. */
  readonly caches: readonly SlabRow[];
  readonly bytes: Bytes;
  readonly waste: Bytes;
}

export function slabTable(caches: readonly SlabCache[]): SlabTable {
  const page = slabPage(caches);
  const rows = caches.map(
    (cache): SlabRow => ({
      name: cache.name,
      bytes: slabBytes(cache, page.bytes),
      objects: cache.objects,
      activeObjects: cache.activeObjects,
      objectSize: cache.objectSize,
      waste: slabWaste(cache, page.bytes),
    }),
  );
  rows.sort((one, other) => other.bytes - one.bytes || (one.name < other.name ? -1 : 1));
  const sum = (pick: (row: SlabRow) => number): number => rows.reduce((all, row) => all + pick(row), 0);
  return { page, caches: rows, bytes: sum(({ bytes }) => bytes), waste: sum(({ waste }) => waste) };
}

/** The objects of a slab must find room in its pages: where they do not in pages of 4 KiB, pages are larger. */
function slabPage(caches: readonly SlabCache[]): FilePage {
  let least = 0;
  for (const { objects, objectSize, slabs, pagesPerSlab } of caches) {
    if (slabs > 0 && pagesPerSlab > 0) least = Math.max(least, (objects * objectSize) / (slabs * pagesPerSlab));
  }
  const bytes = PAGES.find((size) => size >= least);
  return bytes === undefined || bytes === USUAL_PAGE ? { bytes: USUAL_PAGE, isSeen: false } : { bytes, isSeen: true };
}
