import type { ElfImage, ElfLoad } from '../../model/elf-image.js';
import { EXECUTE, SHARED, WRITE } from '../../model/map-table.js';
import type { Segment } from '../../model/segment.js';
import type { MapContext } from './map-context.js';
import { LIBRARY_NAME, type MappedName } from './mapped-name.js';
import type { RegionView } from './region-view.js';
import type { RuleId } from './rules.js';

interface BssRange {
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly program: boolean;
}

interface PartRange {
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly program: boolean;
  readonly load: ElfLoad;
}

/**
 * The program and its libraries: text, read-only data, data, and bss, by their program headers where those are known, else by the permissions and
 * the neighbourhood.
 */
export function decideImages(view: RegionView, context: MapContext, nameOf: (row: number) => MappedName): void {
  const files = imageFiles(view, context, nameOf);
  const bss: BssRange[] = [];
  const parts: PartRange[] = [];
  for (const file of files) {
    const image = context.images.get(file.path);
    if (image !== undefined && image !== 'none') decideByHeader(view, context, file, image, bss, parts);
    else decideByPermission(view, file);
  }
  decideInside(view, bss, parts);
  for (const file of files) {
    if (!context.images.has(file.path)) bssByLayout(view, file);
  }
}

interface ImageFile {
  readonly path: string;
  readonly name: string;
  readonly rows: readonly number[];
  readonly program: boolean;
  /** Nobody says that it is the program: it is the first one that looks so. */
  readonly guess: boolean;
}

function imageFiles(view: RegionView, context: MapContext, nameOf: (row: number) => MappedName): ImageFile[] {
  const rows = new Map<number, number[]>();
  const { index } = view.table.path;
  for (let row = 0; row < view.length; row++) {
    const { kind } = nameOf(row);
    // A program may be run from memfd_create or /dev/shm.
    if (kind !== 'file' && kind !== 'memfd' && kind !== 'posix-shm') continue;
    const list = rows.get(index[row]!);
    if (list === undefined) rows.set(index[row]!, [row]);
    else list.push(row);
  }
  const files: ImageFile[] = [];
  let program = context.executable;
  for (const list of rows.values()) {
    const first = list[0]!;
    const path = view.path(first);
    const image = context.images.get(path);
    const isProgram = path === context.executable;
    if (!isProgram && (image === 'none' || !looksLoaded(view, list, path, image))) continue;
    const { name, kind } = nameOf(first);
    // Memory in which code is made at run time is executable, too.
    if (kind !== 'file' && !isProgram && image === undefined) continue;
    let guess = false;
    if (
      context.executable === undefined &&
      program === undefined &&
      !LIBRARY_NAME.test(name) &&
      list.some((row) => view.is(row, EXECUTE))
    ) {
      program = path;
      guess = true;
    }
    files.push({ path, name, rows: list, program: path === program, guess });
  }
  return files;
}

/** A library is loaded in parts; one that is only read as a file is mapped at once, and not executable. */
function looksLoaded(view: RegionView, rows: readonly number[], path: string, image: ElfImage | undefined): boolean {
  if (rows.some((row) => view.is(row, EXECUTE) && !view.is(row, WRITE))) return true;
  if (image !== undefined) return rows.length > 1 && rows.some((row) => !view.is(row, SHARED));
  return LIBRARY_NAME.test(path) && rows.some((row) => view.is(row, WRITE) && !view.is(row, SHARED)) && rows.length > 1;
}

function decideByHeader(
  view: RegionView,
  context: MapContext,
  { name, rows, program }: ImageFile,
  image: ElfImage,
  bss: BssRange[],
  parts: PartRange[],
): void {
  const page = context.pageSize;
  const bases = loadedAt(view, rows, image, page);
  for (const base of bases) addRanges(image, base, page, name, program, bss, parts);
  let base: number | undefined;
  for (const row of rows) {
    if (view.is(row, SHARED)) continue;
    if (base === undefined || loadAt(view, row, image, base, page) === undefined) {
      // The first one of the file, or of the file loaded a second time (dlmopen).
      base = basesOf(view, row, image, page).find((one) => bases.has(one));
    }
    const load = base === undefined ? undefined : loadAt(view, row, image, base, page);
    if (view.untouchable(row)) {
      view.decide(row, 'reserved', 'image-hole', { owner: name });
      continue;
    }
    if (base === undefined || load === undefined) {
      // Beside where it was loaded: the program reads the file, as those do that look for names in their own image.
      if (bases.size > 0 && !view.is(row, EXECUTE)) continue;
      view.decide(row, ...byPermission(view, row, program), { owner: name });
      continue;
    }
    if (isRelro(view, row, image, base)) view.decide(row, readOnly(program), 'relro', { owner: name });
    else {
      const rule = program ? 'program-header' : 'library-header';
      if (load.executable) view.decide(row, program ? 'text' : 'library-text', rule, { owner: name });
      else if (load.writable) view.decide(row, program ? 'data' : 'library-data', rule, { owner: name });
      else view.decide(row, readOnly(program), rule, { owner: name });
    }
  }
}

const readOnly = (program: boolean): 'read-only-data' | 'library-read-only-data' =>
  program ? 'read-only-data' : 'library-read-only-data';

const down = (value: number, page: number): number => value - (value % page);
const up = (value: number, page: number): number => Math.ceil(value / page) * page;

/** The part of the file at a row, when the file is loaded `base` above the addresses that it names. */
function loadAt(view: RegionView, row: number, image: ElfImage, base: number, page: number): ElfLoad | undefined {
  const address = view.start(row) - base;
  const offset = view.table.offset[row]!;
  return image.loads.find(
    (load) =>
      load.fileSize > 0 &&
      address >= down(load.address, page) &&
      address < up(load.address + load.fileSize, page) &&
      offset - address === load.offset - load.address,
  );
}

/** Where the file is loaded if the row is one of its parts. Two parts may share a page of the file. */
function basesOf(view: RegionView, row: number, image: ElfImage, page: number): readonly number[] {
  if (image.fixed) return loadAt(view, row, image, 0, page) === undefined ? [] : [0];
  const offset = view.table.offset[row]!;
  return image.loads
    .filter((one) => one.fileSize > 0 && offset >= down(one.offset, page) && offset < one.offset + one.fileSize)
    .map((load) => view.start(row) - offset + load.offset - load.address);
}

/**
 * Where the file is loaded. That it is mapped there does not say so: it may be read as a file. One of its parts must have the permissions that a
 * file which is read has not, or two must lie as they do in a loaded file.
 */
function loadedAt(view: RegionView, rows: readonly number[], image: ElfImage, page: number): ReadonlySet<number> {
  const found = new Map<number, Set<ElfLoad>>();
  const loaded = new Set<number>();
  const parts = image.loads.filter(({ fileSize }) => fileSize > 0);
  // Nothing tells these apart, or nothing has to.
  const plain = image.fixed || (parts.length === 1 && parts[0]?.executable === false);
  for (const row of rows) {
    if (view.is(row, SHARED)) continue;
    for (const base of basesOf(view, row, image, page)) {
      const load = loadAt(view, row, image, base, page);
      if (load === undefined) continue;
      const loads = found.get(base) ?? new Set();
      found.set(base, loads.add(load));
      const special = (load.executable && view.is(row, EXECUTE)) || (load.writable && view.is(row, WRITE));
      if (plain || special || loads.size > 1) loaded.add(base);
    }
  }
  return loaded;
}

function isRelro(view: RegionView, row: number, { relro }: ElfImage, base: number): boolean {
  if (relro === undefined || view.is(row, WRITE)) return false;
  const address = view.start(row) - base;
  // It ends within a page where the linker did not fill it up; that page stays writable.
  return view.end(row) - base > relro.address && address < relro.address + relro.size;
}

function addRanges(
  image: ElfImage,
  base: number,
  page: number,
  file: string,
  program: boolean,
  bss: BssRange[],
  parts: PartRange[],
): void {
  for (const load of image.loads) {
    const fileEnd = up(load.address + load.fileSize, page) + base;
    const end = up(load.address + load.memorySize, page) + base;
    if (end > fileEnd && load.writable)
      bss.push({ start: load.fileSize === 0 ? down(load.address, page) + base : fileEnd, end, file, program });
    if (load.fileSize > 0) parts.push({ start: down(load.address, page) + base, end: fileEnd, file, program, load });
  }
}

/** Anonymous rows at the addresses of a file's bss, or in the place of one of its parts. */
function decideInside(view: RegionView, bss: readonly BssRange[], parts: readonly PartRange[]): void {
  const rowsFrom = function* (start: number, end: number): Generator<number> {
    for (let row = view.rowAt(start) ?? nextRow(view, start); row < view.length && view.start(row) < end; row++) {
      if (!view.decided(row) && view.anonymous(row) && view.start(row) >= start) yield row;
    }
  };
  for (const { start, end, file, program } of bss) {
    for (const row of rowsFrom(start, end)) {
      const mine = Math.min(end, view.end(row)) - view.start(row);
      if (mine * 2 >= view.size(row)) view.decide(row, program ? 'bss' : 'library-bss', 'bss-header', { owner: file });
      else view.decide(row, 'anonymous', 'bss-merged', { owner: file });
    }
  }
  for (const { start, end, file, program, load } of parts) {
    for (const row of rowsFrom(start, end)) {
      if (view.end(row) > end || view.untouchable(row)) continue;
      if (load.executable) view.decide(row, program ? 'text' : 'library-text', 'image-copy', { owner: file });
      else if (load.writable) view.decide(row, program ? 'data' : 'library-data', 'image-copy', { owner: file });
      else view.decide(row, readOnly(program), 'image-copy', { owner: file });
    }
  }
}

/** The first row that begins above `address`. */
function nextRow(view: RegionView, address: number): number {
  let low = 0;
  let high = view.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (view.start(middle) <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byPermission(view: RegionView, row: number, program: boolean): readonly [Segment, RuleId] {
  const rule = program ? 'program-permission' : 'library-permission';
  if (view.is(row, EXECUTE)) return [program ? 'text' : 'library-text', rule];
  if (view.is(row, WRITE)) return [program ? 'data' : 'library-data', rule];
  return [readOnly(program), rule];
}

function decideByPermission(view: RegionView, { name, rows, program, guess }: ImageFile): void {
  for (const row of rows) {
    if (view.is(row, SHARED)) continue;
    if (view.untouchable(row)) view.decide(row, 'reserved', 'image-hole', { owner: name, guess });
    else view.decide(row, ...byPermission(view, row, program), { owner: name, guess });
  }
}

function bssByLayout(view: RegionView, { name, rows, program }: ImageFile): void {
  for (const row of rows) {
    const next = row + 1;
    if (!view.is(row, WRITE) || view.is(row, SHARED) || !view.touchesPrevious(next) || view.decided(next)) continue;
    // An arena or a reservation that lies there by chance would have the flag nr.
    if (view.anonymous(next) && view.is(next, WRITE) && !view.is(next, EXECUTE) && !view.flag(next, 'nr')) {
      view.decide(next, program ? 'bss' : 'library-bss', 'bss-layout', { owner: name, guess: true });
    }
  }
}
