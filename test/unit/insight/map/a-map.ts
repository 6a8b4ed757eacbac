import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { EXECUTE, type MapTable, READ, SHARED, type TextColumn, WRITE } from '../../../../src/model/map-table.js';
import { SEGMENTS, type Segment } from '../../../../src/model/segment.js';

/** A mapping of a test: addresses and sizes in KiB. */
export interface TestRegion {
  readonly at: number;
  readonly size: number;
  /** As the kernel writes them. */
  readonly permissions?: string;
  readonly path?: string;
  readonly inode?: string;
  readonly offset?: number;
  readonly segment?: Segment;
  /** In KiB, by the kernel's name. */
  readonly figures?: Readonly<Record<string, number>>;
}

const KIB = 1024;

/** A table of these regions, which ascend. */
export function aTable(regions: readonly TestRegion[]): MapTable {
  const names = [...new Set(regions.flatMap(({ figures = {} }) => Object.keys(figures)))];
  const numbers = (of: (region: TestRegion) => number): Float64Array => Float64Array.from(regions, of);
  return {
    length: regions.length,
    start: numbers(({ at }) => at * KIB),
    end: numbers(({ at, size }) => (at + size) * KIB),
    permissions: Uint8Array.from(regions, ({ permissions = 'rw-p' }) => bits(permissions)),
    offset: numbers(({ offset = 0 }) => offset * KIB),
    device: texts(regions.map(({ inode }) => (inode === undefined ? '00:00' : 'fd:01'))),
    inode: texts(regions.map(({ inode = '0' }) => inode)),
    path: texts(regions.map(({ path = '' }) => path)),
    flags: texts(regions.map(() => '')),
    figures: Object.fromEntries(names.map((name) => [name, numbers(({ figures = {} }) => (figures[name] ?? Number.NaN) * KIB)])),
  };
}

export function aMap(regions: readonly TestRegion[], at = 0, more: Partial<MapSnapshot> = {}): MapSnapshot {
  const none = { index: new Uint32Array(regions.length), texts: [''] };
  return {
    at,
    origin: { kind: 'process', target: 'local', process: { pid: 1, startTicks: 1 }, command: 'test' },
    form: 'smaps',
    bits: 64,
    pageSize: 4096,
    table: aTable(regions),
    classes: {
      segment: Uint8Array.from(regions, ({ segment = 'anonymous' }) => SEGMENTS.indexOf(segment)),
      rule: new Uint8Array(regions.length),
      marks: new Uint8Array(regions.length),
      owner: none,
    },
    notes: [],
    ...more,
  };
}

const bits = (text: string): number =>
  (text[0] === 'r' ? READ : 0) | (text[1] === 'w' ? WRITE : 0) | (text[2] === 'x' ? EXECUTE : 0) | (text[3] === 's' ? SHARED : 0);

function texts(values: readonly string[]): TextColumn {
  const all = ['', ...new Set(values.filter((text) => text !== ''))];
  return { index: Uint32Array.from(values, (text) => all.indexOf(text)), texts: all };
}
