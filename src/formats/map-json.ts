import type { Milliseconds } from '../base/units.js';
import { MAP_FILE_FORMAT, MAP_FILE_VERSION, type MapNote } from '../model/map-snapshot.js';
import type { MapTable } from '../model/map-table.js';
import { MARKS, type Mark } from '../model/segment.js';
import { JsonMembers } from './json-members.js';
import { FACT_NAMES, isObject, type MapFacts, readMapFacts } from './map-facts.js';
import { isFigureName, permissionBits, type ToldClasses, type ToldRegion, tableOfRegions, unsigned } from './map-regions.js';

export interface MapFile {
  readonly facts: MapFacts;
  readonly table: MapTable;
  readonly told: ToldClasses;
}

/** As many as a parser of smaps takes. */
const MOST_REGIONS = 1_000_000;
const MOST_BARE = 100;

/** The last ones follow from the rest. */
const OTHER_MEMBERS = new Set(['format', 'version', 'bare', 'tool', 'totals', 'findings']);
const REGION_MEMBERS = new Set([
  ...['start', 'end', 'permissions', 'offset', 'device', 'inode', 'path', 'flags'],
  ...['segment', 'rule', 'marks', 'owner', 'figures', 'size'],
]);

/**
 * Reads a map that was saved as JSON (docs/formats/map.md) from text cut anywhere. Never throws: what is understood is kept, however the file
 * was formatted, whatever wrote it, and wherever it ends; notes tell the rest.
 */
export class MapJsonReader {
  private readonly members = new JsonMembers('regions', {
    member: (name, value) => this.member(name, value),
    entry: (value) => this.region(value),
  });
  private readonly facts: Record<string, unknown> = {};
  private readonly regions: ToldRegion[] = [];
  private readonly bare: string[] = [];
  private isMap = false;
  private version = MAP_FILE_VERSION;
  /** Mappings that lack what makes one. */
  private bad = 0;
  private leftOut = 0;
  private unknown = 0;

  push(chunk: string): void {
    this.members.push(chunk);
  }

  /** So far nothing of a map has come. */
  get isForeign(): boolean {
    return !this.isMap && this.regions.length === 0;
  }

  /** Undefined: it is no map. `name` and `writtenMs` are those of the file, for what it does not tell itself. */
  end(name: string, writtenMs: Milliseconds): MapFile | undefined {
    if (!this.isMap) return undefined;
    const { table, told, overlapping } = tableOfRegions(this.regions, this.bare);
    const bits = table.length === 0 || table.end.some((address) => address > 2 ** 32) ? 64 : 32;
    const facts = readMapFacts(this.facts, { at: writtenMs, origin: { kind: 'file', name }, bits });
    const count = this.bad + this.members.bad;
    const notes: MapNote[] = [...facts.notes];
    if (this.version > MAP_FILE_VERSION) notes.push({ code: 'newer-version' });
    if (this.unknown > 0) notes.push({ code: 'unknown-entries', count: this.unknown });
    if (count > 0) notes.push({ code: 'foreign-lines', count });
    if (overlapping > 0) notes.push({ code: 'out-of-order', count: overlapping });
    if (this.leftOut > 0) notes.push({ code: 'too-many', count: this.leftOut });
    if (!this.members.ended) notes.push({ code: 'cut' });
    return { facts: { ...facts, notes }, table, told };
  }

  private member(name: string, value: unknown): void {
    if (name === 'format') this.isMap ||= value === MAP_FILE_FORMAT;
    else if (name === 'version') this.version = typeof value === 'number' ? value : MAP_FILE_VERSION;
    else if (name === 'bare' && Array.isArray(value)) {
      for (const one of value.slice(0, MOST_BARE) as readonly unknown[]) if (typeof one === 'string') this.bare.push(one);
    } else if (FACT_NAMES.has(name)) this.facts[name] = value;
    else if (!OTHER_MEMBERS.has(name)) this.unknown++;
  }

  private region(value: unknown): void {
    const region = readRegion(value);
    if (region === undefined) this.bad++;
    else if (this.regions.length >= MOST_REGIONS) this.leftOut++;
    else this.regions.push(region);
    if (region !== undefined && !isAllKnown(value as object)) this.unknown++;
  }
}

function isAllKnown(region: object): boolean {
  if (Object.keys(region).some((name) => !REGION_MEMBERS.has(name))) return false;
  const { figures } = region as { readonly figures?: unknown };
  return (
    !isObject(figures) || Object.entries(figures).every(([name, told]) => isFigureName(name) && unsigned(told) !== undefined)
  );
}

function readRegion(value: unknown): ToldRegion | undefined {
  if (!isObject(value)) return undefined;
  const start = unsigned(value['start']);
  const end = unsigned(value['end']);
  if (start === undefined || end === undefined || end <= start) return undefined;
  const figures = isObject(value['figures']) ? Object.entries(value['figures']) : [];
  const marks = Array.isArray(value['marks']) ? (value['marks'] as readonly unknown[]) : [];
  return {
    start,
    end,
    permissions: permissionBits(value['permissions']) ?? 0,
    offset: unsigned(value['offset']) ?? Number.NaN,
    device: text(value['device']),
    inode: text(value['inode']),
    path: text(value['path']),
    flags: text(value['flags']),
    segment: text(value['segment']),
    rule: text(value['rule']),
    marks: marks.reduce<number>((bits, mark) => bits | bitOf(mark), 0),
    owner: text(value['owner']),
    figures: figures.flatMap(([name, told]) => {
      const amount = unsigned(told);
      return amount === undefined ? [] : [[name, amount] as const];
    }),
  };
}

const bitOf = (mark: unknown): number => (typeof mark === 'string' && Object.hasOwn(MARKS, mark) ? MARKS[mark as Mark] : 0);

/** An inode may be written as a number. */
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
