import { EXECUTE, type MapTable, READ, SHARED, type TextColumn, WRITE } from '../model/map-table.js';

/** A mapping as a file of ours tells it. Addresses and amounts are bytes. */
export interface ToldRegion {
  readonly start: number;
  readonly end: number;
  readonly permissions: number;
  /** NaN: not told. */
  readonly offset: number;
  readonly device: string;
  readonly inode: string;
  readonly path: string;
  readonly flags: string;
  /** Ids, which another version may have more of; empty: not told. */
  readonly segment: string;
  readonly rule: string;
  readonly marks: number;
  readonly owner: string;
  readonly figures: readonly (readonly [name: string, value: number])[];
}

/** What a file says that its mappings are, in its own words. */
export interface ToldClasses {
  readonly segment: TextColumn;
  readonly rule: TextColumn;
  readonly marks: Uint8Array;
  readonly owner: TextColumn;
}

export interface ToldRegions {
  readonly table: MapTable;
  readonly told: ToldClasses;
  /** Mappings that were left out, because they overlap others. */
  readonly overlapping: number;
}

const MOST_FIGURES = 100;

export const isFigureName = (name: string): boolean => /^[A-Za-z][\w@().-]{0,63}$/.test(name);

/** Mappings as a table: ascending, without overlaps. `bare`: figures that are no amounts of bytes. */
export function tableOfRegions(regions: readonly ToldRegion[], bare: readonly string[]): ToldRegions {
  let overlapping = 0;
  let end = 0;
  const isAscending = regions.every(({ start }, row) => row === 0 || start >= regions[row - 1]!.end);
  const kept = isAscending
    ? regions
    : [...regions]
        .sort((a, b) => a.start - b.start)
        .filter((region) => {
          if (region.start < end) {
            overlapping++;
            return false;
          }
          end = region.end;
          return true;
        });
  const { length } = kept;
  const numbers = (of: (region: ToldRegion) => number): Float64Array => Float64Array.from(kept, of);
  const bytes = (of: (region: ToldRegion) => number): Uint8Array => Uint8Array.from(kept, of);
  const figures = new Map<string, Float64Array>();
  for (const [row, region] of kept.entries()) {
    for (const [name, value] of region.figures) {
      let column = figures.get(name);
      if (column === undefined) {
        if (figures.size >= MOST_FIGURES || !isFigureName(name)) continue;
        column = new Float64Array(length).fill(Number.NaN);
        figures.set(name, column);
      }
      column[row] = value;
    }
  }
  const bareFigures = bare.filter((name) => figures.has(name));
  const table: MapTable = {
    length,
    start: numbers(({ start }) => start),
    end: numbers((region) => region.end),
    permissions: bytes(({ permissions }) => permissions),
    offset: numbers(({ offset }) => offset),
    device: texts(kept, ({ device }) => device),
    inode: texts(kept, ({ inode }) => inode),
    path: texts(kept, ({ path }) => path),
    flags: texts(kept, ({ flags }) => flags),
    figures: Object.fromEntries(figures),
    ...(bareFigures.length === 0 ? {} : { bare: bareFigures }),
  };
  const told: ToldClasses = {
    segment: texts(kept, ({ segment }) => segment),
    rule: texts(kept, ({ rule }) => rule),
    marks: bytes(({ marks }) => marks),
    owner: texts(kept, ({ owner }) => owner),
  };
  return { table, told, overlapping };
}

function texts(regions: readonly ToldRegion[], of: (region: ToldRegion) => string): TextColumn {
  const numbers = new Map([['', 0]]);
  const index = Uint32Array.from(regions, (region) => {
    const text = of(region);
    let number = numbers.get(text);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(text, number);
    }
    return number;
  });
  return { index, texts: [...numbers.keys()] };
}

/** Of `rw-p`; undefined for all else. */
export function permissionBits(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[r-][w-][x-][sp-]$/.test(text)) return undefined;
  return (
    (text[0] === 'r' ? READ : 0) |
    (text[1] === 'w' ? WRITE : 0) |
    (text[2] === 'x' ? EXECUTE : 0) |
    (text[3] === 's' ? SHARED : 0)
  );
}

/** Up to 2^64, as a number or as text: decimal, or hexadecimal behind `0x`. */
export function unsigned(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^(0x[0-9a-fA-F]{1,16}|\d{1,20})$/.test(value)) return undefined;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return number >= 0 && number <= 2 ** 64 && Number.isInteger(number) ? number : undefined;
}
