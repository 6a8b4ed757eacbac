import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { FilePage, SlabRow, SlabTable, VmallocCaller, VmallocTable } from '../insight/system/table-files.js';
import type { TextColumnOf } from './text-table.js';
import { tableLines } from './text-table.js';

/** Goes up when a reader of the old form would be misled. */
const VERSION = 1;
const MOST_ROWS = 20;

export interface KernelTableOptions {
  readonly name: string;
  /** All rows. */
  readonly verbose: boolean;
  readonly width?: number;
  /** Lines of the file that were not understood. */
  readonly unread: number;
}

/** Where a caller is in the sources, by its text in the file: `mm/a.c:12`. */
export type PlaceOfCaller = (caller: VmallocCaller) => string | undefined;

const count = (value: number): string => value.toLocaleString('en-US');

function* notes(page: FilePage, unread: number): Generator<string> {
  if (!page.isSeen) yield 'A page is taken to be 4 KiB: the file does not tell its size.\n';
  if (unread > 0) yield `${formatCount(unread, 'line')} could not be read.\n`;
}

const left = <Row>(rows: readonly Row[], shown: readonly Row[], bytes: (row: Row) => number): string => {
  const rest = rows.slice(shown.length);
  if (rest.length === 0) return '';
  return `${count(rest.length)} more: ${formatBytes(rest.reduce((sum, row) => sum + bytes(row), 0))} (all: --verbose)\n`;
};

/** /proc/vmallocinfo for people: RAM by caller, and apart from it what only takes addresses. */
export function* vmallocText(table: VmallocTable, placeOf: PlaceOfCaller, options: KernelTableOptions): Generator<string> {
  const { callers, others, bytes, page } = table;
  yield `vmalloc: ${formatBytes(bytes)} of RAM in ${formatCount(
    callers.reduce((sum, { areas }) => sum + areas, 0),
    'area',
  )} (${visibleText(options.name)})\n\n`;
  const columns: readonly TextColumnOf<VmallocCaller>[] = [
    { title: 'RAM', text: (row) => formatBytes(row.bytes), right: true },
    { title: 'AREAS', text: ({ areas }) => count(areas), right: true },
    {
      title: 'CALLER',
      text: (row) => {
        const { caller, module } = row;
        const place = placeOf(row);
        const name = caller === '' ? '(not told)' : visibleText(caller);
        return `${name}${module === undefined ? '' : ` [${visibleText(module)}]`}${place === undefined ? '' : `  ${visibleText(place)}`}`;
      },
    },
  ];
  const shown = options.verbose ? callers : callers.slice(0, MOST_ROWS);
  yield* tableLines(columns, shown, options.width);
  yield left(callers, shown, (row) => row.bytes);
  if (others.length > 0) {
    yield '\nNo RAM of their own, only addresses:\n';
    for (const { kind, areas, bytes: addresses } of others)
      yield `  ${visibleText(kind)}: ${formatBytes(addresses)} in ${formatCount(areas, 'area')}\n`;
  }
  yield* notes(page, options.unread);
}

/** /proc/slabinfo for people: caches by RAM. */
export function* slabText(table: SlabTable, options: KernelTableOptions): Generator<string> {
  const { caches, bytes, waste, page } = table;
  yield `Slab caches: ${formatBytes(bytes)} of RAM, ${formatBytes(waste)} of it without an object in use (${visibleText(options.name)})\n\n`;
  const columns: readonly TextColumnOf<SlabRow>[] = [
    { title: 'RAM', text: (row) => formatBytes(row.bytes), right: true },
    { title: 'WASTE', text: (row) => formatBytes(row.waste), right: true },
    { title: 'IN USE', text: (row) => count(row.activeObjects), right: true },
    { title: 'OBJECTS', text: (row) => count(row.objects), right: true },
    { title: 'SIZE', text: (row) => formatBytes(row.objectSize), right: true },
    { title: 'CACHE', text: (row) => visibleText(row.name) },
  ];
  const shown = options.verbose ? caches : caches.slice(0, MOST_ROWS);
  yield* tableLines(columns, shown, options.width);
  yield left(caches, shown, (row) => row.bytes);
  yield* notes(page, options.unread);
}

/** Sizes are bytes. `pageSizeKnown`: false where nothing in the file tells it, and 4096 was taken. */
const headOf = (file: string, source: string, page: FilePage, unread: number): object => ({
  format: 'memlens-kernel-table',
  version: VERSION,
  file,
  source,
  pageSize: page.bytes,
  pageSizeKnown: page.isSeen,
  unreadLines: unread,
});

/** The same as JSON: docs/kernel-files.md. */
export function vmallocJson(table: VmallocTable, placeOf: PlaceOfCaller, { name, unread }: KernelTableOptions): string {
  const { callers, others, bytes, page } = table;
  return `${JSON.stringify(
    {
      ...headOf('vmallocinfo', name, page, unread),
      bytes,
      callers: callers.map((row) => ({
        caller: row.caller === '' ? null : row.caller,
        module: row.module ?? null,
        place: placeOf(row) ?? null,
        bytes: row.bytes,
        pages: row.pages,
        areas: row.areas,
      })),
      addressesOnly: others.map(({ kind, areas, bytes: addresses }) => ({ kind, areas, addressBytes: addresses })),
    },
    null,
    2,
  )}\n`;
}

export function slabJson(table: SlabTable, { name, unread }: KernelTableOptions): string {
  const { caches, bytes, waste, page } = table;
  return `${JSON.stringify({ ...headOf('slabinfo', name, page, unread), bytes, wasteBytes: waste, caches: caches.map(slabRowJson) }, null, 2)}\n`;
}

const slabRowJson = ({ name, bytes, waste, objects, activeObjects, objectSize }: SlabRow): object => ({
  name,
  bytes,
  wasteBytes: waste,
  activeObjects,
  objects,
  objectSize,
});
