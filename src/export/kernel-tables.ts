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
  /** Lines of the file that were not understood, and the first of them, from 1. */
  readonly unread: number;
  readonly firstUnread?: number;
  /** Files of /proc that stand in the same text and were not read. */
  readonly others?: readonly string[];
}

/** Where a caller is in the sources, by its text in the file: `mm/a.c:12`. */
export type PlaceOfCaller = (caller: VmallocCaller) => string | undefined;

const count = (value: number): string => value.toLocaleString('en-US');

function* notes(page: FilePage, { unread, firstUnread, others = [] }: KernelTableOptions): Generator<string> {
  if (!page.isSeen) yield 'A page is taken to be 4 KiB: the file does not tell its size.\n';
  if (unread > 0) {
    const first =
      firstUnread === undefined ? '' : unread === 1 ? ` (line ${firstUnread})` : ` (the first is line ${firstUnread})`;
    yield `${formatCount(unread, 'line')} could not be read${first}.\n`;
  }
  if (others.length > 0)
    yield `Not read, and in the same file: ${others.map(visibleText).join(', ')}. memlens system --from FILE reads what belongs together.\n`;
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
  yield* notes(page, options);
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
  yield* notes(page, options);
}

/** Sizes are bytes. `pageSizeKnown`: false where nothing in the file tells it, and 4096 was taken. */
const headOf = (file: string, page: FilePage, { name, unread, firstUnread, others }: KernelTableOptions): object => ({
  format: 'memlens-kernel-table',
  version: VERSION,
  file,
  source: name,
  pageSize: page.bytes,
  pageSizeKnown: page.isSeen,
  unreadLines: unread,
  firstUnreadLine: firstUnread ?? null,
  otherFiles: others ?? [],
});

/** The same as JSON: docs/kernel-files.md. */
export function vmallocJson(table: VmallocTable, placeOf: PlaceOfCaller, options: KernelTableOptions): string {
  const { callers, others, bytes, page } = table;
  return `${JSON.stringify(
    {
      ...headOf('vmallocinfo', page, options),
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

export function slabJson(table: SlabTable, options: KernelTableOptions): string {
  const { caches, bytes, waste, page } = table;
  return `${JSON.stringify({ ...headOf('slabinfo', page, options), bytes, wasteBytes: waste, caches: caches.map(slabRowJson) }, null, 2)}\n`;
}

const slabRowJson = ({ name, bytes, waste, objects, activeObjects, objectSize }: SlabRow): object => ({
  name,
  bytes,
  wasteBytes: waste,
  activeObjects,
  objects,
  objectSize,
});
