import type { Milliseconds } from '../base/units.js';
import type { HeapUse, MapForm, MapNote, MapOrigin, MapSnapshot, SharedMemory } from '../model/map-snapshot.js';
import type { ProcessStatus, Rollup } from '../model/process.js';

/** What a snapshot tells beside its mappings. */
export type MapFacts = Omit<MapSnapshot, 'table' | 'classes'>;

type Json = Readonly<Record<string, unknown>>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of a moment of the calendar in milliseconds (ECMA-262, "Time Values and Time Range"). */
const LATEST_MOMENT = 8.64e15;
const MOST_NOTES = 100;

const FORMS: Readonly<Record<MapForm, true>> = {
  smaps: true,
  maps: true,
  pmap: true,
  'pmap-x': true,
  'pmap-X': true,
  'pmap-XX': true,
  memlens: true,
};

const NOTES: Readonly<Record<MapNote['code'], true>> = {
  'no-amounts': true,
  'no-permission': true,
  ended: true,
  cut: true,
  'foreign-lines': true,
  'out-of-order': true,
  'several-maps': true,
  'too-many': true,
  'no-headers': true,
  'no-stack-pointers': true,
  'no-threads': true,
  'form-lacks': true,
  'newer-version': true,
  'unknown-entries': true,
  'moments-left-out': true,
  'heap-not-read': true,
};

/** The values: whether it is always told. */
const ROLLUP: Readonly<Record<keyof Rollup, boolean>> = {
  rss: true,
  pss: true,
  pssAnon: false,
  pssFile: false,
  pssShmem: false,
  uss: true,
  anonymous: false,
  swap: true,
  swapPss: false,
  locked: false,
  hugetlb: false,
  anonHuge: false,
  sharedClean: true,
  sharedDirty: true,
  privateClean: true,
  privateDirty: true,
};

const STATUS: Readonly<Record<keyof ProcessStatus, boolean>> = {
  uid: true,
  threads: true,
  vmPeak: false,
  vmSize: false,
  vmHwm: false,
  vmRss: false,
  rssAnon: false,
  rssFile: false,
  rssShmem: false,
  vmData: false,
  vmStack: false,
  vmExe: false,
  vmLib: false,
  vmPte: false,
  vmSwap: false,
  vmLocked: false,
  hugetlb: false,
};

const HEAP_USE: Readonly<Record<keyof HeapUse, boolean>> = {
  at: true,
  chunks: true,
  inUse: true,
  free: true,
  top: true,
  largestFree: true,
};

/** The members of a map that are no mappings, in any order. */
export const FACT_NAMES: ReadonlySet<string> = new Set([
  ...['at', 'origin', 'form', 'bits', 'pageSize', 'rollup', 'status', 'threads', 'sharedMemory', 'heapUse', 'maxMapCount'],
  ...['costMs', 'notes'],
]);

/** What is understood of it; `otherwise` says what holds for what is not told. */
export function readMapFacts(json: Json, otherwise: Pick<MapFacts, 'at' | 'origin' | 'bits'>): MapFacts {
  const at = number(json['at']);
  const facts: Mutable<MapFacts> = {
    at: at !== undefined && at <= LATEST_MOMENT ? at : otherwise.at,
    origin: readOrigin(json['origin']) ?? otherwise.origin,
    form: oneOf(FORMS, json['form']) ?? 'memlens',
    bits: json['bits'] === 32 || json['bits'] === 64 ? json['bits'] : otherwise.bits,
    pageSize: positive(json['pageSize']) ?? 4096,
    notes: readNotes(json['notes']),
  };
  const rollup = readNumbers(json['rollup'], ROLLUP);
  if (rollup !== undefined) facts.rollup = rollup;
  const status = readNumbers(json['status'], STATUS);
  if (status !== undefined) facts.status = status;
  const heapUse = readNumbers(json['heapUse'], HEAP_USE);
  if (heapUse !== undefined) facts.heapUse = heapUse;
  const sharedMemory = readSharedMemory(json['sharedMemory']);
  if (sharedMemory !== undefined) facts.sharedMemory = sharedMemory;
  for (const name of ['threads', 'maxMapCount', 'costMs'] as const) {
    const value = number(json[name]);
    if (value !== undefined) facts[name] = value;
  }
  return facts;
}

export function readOrigin(value: unknown): MapOrigin | undefined {
  if (!isObject(value)) return undefined;
  const { kind, name, target, process, command, commandLine, executable } = value;
  if (kind === 'file') return typeof name === 'string' ? { kind, name } : undefined;
  if (kind !== 'process' || !isObject(process)) return undefined;
  const pid = positive(process['pid']);
  const startTicks = number(process['startTicks']);
  if (pid === undefined || startTicks === undefined) return undefined;
  return {
    kind,
    target: typeof target === 'string' ? target : '',
    process: { pid, startTicks },
    command: typeof command === 'string' ? command : '',
    ...(typeof commandLine === 'string' ? { commandLine } : {}),
    ...(typeof executable === 'string' ? { executable } : {}),
  };
}

function readNotes(value: unknown): readonly MapNote[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).slice(0, MOST_NOTES).flatMap((note): MapNote[] => {
    if (!isObject(note)) return [];
    const code = oneOf(NOTES, note['code']);
    if (code === undefined) return [];
    const count = number(note['count']);
    const line = number(note['line']);
    const detail = note['detail'];
    return [
      {
        code,
        ...(typeof detail === 'string' ? { detail } : {}),
        ...(count === undefined ? {} : { count }),
        ...(line === undefined ? {} : { line }),
      },
    ];
  });
}

function readSharedMemory(value: unknown): SharedMemory | undefined {
  if (!isObject(value)) return undefined;
  const machine = number(value['machine']);
  const written = number(value['written']);
  const open = readNumbers<NonNullable<SharedMemory['open']>>(value['open'], { files: true, bytes: true });
  const named = readNumbers<NonNullable<SharedMemory['named']>>(value['named'], { files: true, bytes: true });
  const segments = readNumbers<NonNullable<SharedMemory['segments']>>(value['segments'], { count: true, bytes: true });
  return {
    ...(machine === undefined ? {} : { machine }),
    ...(written === undefined ? {} : { written }),
    ...(open === undefined ? {} : { open }),
    ...(named === undefined ? {} : { named }),
    ...(segments === undefined ? {} : { segments }),
  };
}

/** Numbers by name; undefined when one that is always told is not. */
function readNumbers<T extends { readonly [K in keyof T]: number | undefined }>(
  value: unknown,
  fields: Readonly<Record<keyof T, boolean>>,
): T | undefined {
  if (!isObject(value)) return undefined;
  const read: Record<string, number> = {};
  for (const [name, isNeeded] of Object.entries<boolean>(fields)) {
    const known = number(value[name]);
    if (known !== undefined) read[name] = known;
    else if (isNeeded) return undefined;
  }
  return read as unknown as T;
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Numbers may be written as texts, for those who lose digits. */
function number(value: unknown): Milliseconds | undefined {
  const read = typeof value === 'string' && /^\d{1,20}(\.\d{1,20})?$/.test(value) ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) && read >= 0 ? read : undefined;
}

function positive(value: unknown): number | undefined {
  const read = number(value);
  return read !== undefined && read > 0 && Number.isSafeInteger(read) ? read : undefined;
}

const oneOf = <T extends string>(all: Readonly<Record<T, true>>, value: unknown): T | undefined =>
  typeof value === 'string' && Object.hasOwn(all, value) ? (value as T) : undefined;
