import type { Bytes } from '../base/units.js';
import type { CgroupEvents, CgroupMemory, Refaulting, Swapping, SystemFacts, TmpfsUse } from '../model/machine-accounting.js';
import type { MeminfoField, Pressure, PressureLine, VmCounters } from '../model/sample.js';
import type {
  BlockTypes,
  CpuPages,
  FreeBlocks,
  HugePagePool,
  KernelModule,
  NodePages,
  SlabCache,
  SwapDevice,
  SysvSegment,
  VmallocArea,
  ZoneInfo,
  ZramStat,
} from '../model/system-owners.js';
import {
  type DmaBuf,
  type MemoryFile,
  type MissingFile,
  type MountUse,
  type ProcessShare,
  type ProcessShares,
  SYSTEM_FILE_FORMAT,
  SYSTEM_FILE_VERSION,
  type SystemOwners,
  type SystemState,
} from '../model/system-state.js';

/** A value that is as the model says, or undefined. What nobody knows is left out of it, and so are rows of lists that are not so. */
type Read<Value> = (value: unknown) => Value | undefined;
type Fields<Value> = {
  readonly [Key in keyof Value]-?: undefined extends Value[Key] ? Optional<Exclude<Value[Key], undefined>> : Read<Value[Key]>;
};
interface Optional<Value> {
  readonly optional: Read<Value>;
}

const optional = <Value>(read: Read<Value>): Optional<Value> => ({ optional: read });
const number: Read<number> = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
/** Of sizes and counts: never below 0. */
const amount: Read<number> = (value) => (typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined);
const text: Read<string> = (value) => (typeof value === 'string' ? value : undefined);
const yes: Read<true> = (value) => (value === true ? true : undefined);
const bool: Read<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
const oneOf =
  <Word extends string>(...words: readonly Word[]): Read<Word> =>
  (value) =>
    words.find((word) => word === value);
const list =
  <Row>(read: Read<Row>): Read<readonly Row[]> =>
  (value) =>
    Array.isArray(value)
      ? value.flatMap((one: unknown) => {
          const row = read(one);
          return row === undefined ? [] : [row];
        })
      : undefined;
/** Names that a machine has given, with counts. */
const counts: Read<Readonly<Record<string, number>>> = (value) => {
  if (!isObject(value)) return undefined;
  const pairs = Object.entries(value).flatMap(([name, count]) => (typeof count === 'number' ? [[name, count] as const] : []));
  return Object.fromEntries<number>(pairs);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function object<Value>(fields: Fields<Value>): Read<Value> {
  const entries = Object.entries<Read<unknown> | Optional<unknown>>(fields);
  return (value) => {
    if (!isObject(value)) return undefined;
    const found: Record<string, unknown> = {};
    for (const [key, read] of entries) {
      const isOptional = typeof read !== 'function';
      const told = Object.hasOwn(value, key) ? (isOptional ? read.optional : read)(value[key]) : undefined;
      if (told !== undefined) found[key] = told;
      else if (!isOptional) return undefined;
    }
    return found as Value;
  };
}

const pressureLine = object<PressureLine>({ avg10: amount, avg60: amount, avg300: amount, totalMicroseconds: amount });
const holders = list(object<{ readonly pid: number; readonly name: string }>({ pid: amount, name: text }));
const freeBlocks = object<FreeBlocks>({
  node: amount,
  zone: text,
  free: list(amount),
  atLeast: optional(yes),
  type: optional(text),
});
const limit: Read<Bytes | 'max'> = (value) => (value === 'max' ? 'max' : amount(value));

const facts = object<SystemFacts>({
  meminfo: list(object<MeminfoField>({ name: text, value: amount, unit: oneOf('bytes', 'count') })),
  at: optional(number),
  sinceBoot: optional(amount),
  bootId: optional(text),
  pageSize: optional((value) => (typeof value === 'number' && value >= 512 && value <= 1 << 20 ? value : undefined)),
  kernelRelease: optional(text),
  architecture: optional(text),
  zones: optional(
    list(
      object<ZoneInfo>({
        node: amount,
        zone: text,
        free: optional(amount),
        min: optional(amount),
        low: optional(amount),
        high: optional(amount),
        boost: optional(amount),
        spanned: optional(amount),
        present: optional(amount),
        managed: optional(amount),
        cma: optional(amount),
        protection: list(amount),
        cpus: list(object<CpuPages>({ cpu: amount, count: amount, high: optional(amount), batch: optional(amount) })),
        counters: counts,
      }),
    ),
  ),
  buddy: optional(list(freeBlocks)),
  vmalloc: optional(
    list(
      object<VmallocArea>({
        from: text,
        to: text,
        size: amount,
        caller: optional(text),
        module: optional(text),
        pages: optional(amount),
        physical: optional(text),
        flags: list(text),
        nodes: list(object<NodePages>({ node: amount, pages: amount })),
      }),
    ),
  ),
  slab: optional(
    list(
      object<SlabCache>({
        name: text,
        activeObjects: amount,
        objects: amount,
        objectSize: amount,
        pagesPerSlab: amount,
        activeSlabs: amount,
        slabs: amount,
      }),
    ),
  ),
  counters: optional(
    object<VmCounters>({
      pgfault: optional(amount),
      pgmajfault: optional(amount),
      pswpin: optional(amount),
      pswpout: optional(amount),
      oomKill: optional(amount),
      zspages: optional(amount),
      refaultFile: optional(amount),
      cmaFails: optional(amount),
    }),
  ),
  pressure: optional(object<Pressure>({ some: pressureLine, full: optional(pressureLine) })),
  zram: optional(
    list(
      object<ZramStat>({
        device: optional(text),
        original: amount,
        compressed: amount,
        used: amount,
        limit: optional(amount),
        mostUsed: optional(amount),
        samePages: optional(amount),
      }),
    ),
  ),
  hugePages: optional(
    list(
      object<HugePagePool>({
        pageSize: amount,
        pages: amount,
        free: optional(amount),
        reserved: optional(amount),
        surplus: optional(amount),
        overcommit: optional(amount),
      }),
    ),
  ),
  modules: optional(
    list(
      object<KernelModule>({
        name: text,
        size: amount,
        users: optional(amount),
        usedBy: list(text),
        state: optional(text),
        taints: optional(text),
      }),
    ),
  ),
  swaps: optional(
    list(
      object<SwapDevice>({
        name: text,
        type: text,
        size: amount,
        used: amount,
        priority: optional(number),
        deleted: optional(yes),
      }),
    ),
  ),
  shm: optional(
    list(
      object<SysvSegment>({
        key: number,
        id: amount,
        size: amount,
        creator: amount,
        last: amount,
        attached: amount,
        uid: amount,
        resident: optional(amount),
        swapped: optional(amount),
        removed: bool,
      }),
    ),
  ),
  cgroups: optional(
    list(
      object<CgroupMemory>({
        group: text,
        usage: amount,
        limit,
        reclaimable: optional(amount),
        high: optional(limit),
        softLimit: optional(limit),
        aroundLimit: optional(amount),
        events: optional(
          object<CgroupEvents>({
            high: optional(amount),
            max: optional(amount),
            oom: optional(amount),
            oomKill: optional(amount),
          }),
        ),
      }),
    ),
  ),
  overcommitMode: optional(amount),
  threads: optional(amount),
  mostPageTables: optional(object<NonNullable<SystemFacts['mostPageTables']>>({ pid: amount, name: text, bytes: amount })),
  mostThreads: optional(object<NonNullable<SystemFacts['mostThreads']>>({ pid: amount, name: text, threads: amount })),
  swapping: optional(object<Swapping>({ pagesIn: amount, pagesOut: amount, duringMs: amount })),
  refaulting: optional(object<Refaulting>({ pages: amount, majorFaults: amount, duringMs: amount })),
  tmpfs: optional(list(object<TmpfsUse>({ mountPoint: text, used: amount }))),
});

const owners = object<SystemOwners>({
  processes: optional(
    object<ProcessShares>({
      rows: list(
        object<ProcessShare>({
          pid: amount,
          name: text,
          user: optional(text),
          rss: optional(amount),
          pss: optional(amount),
          pssAnon: optional(amount),
          pssFile: optional(amount),
          pssShmem: optional(amount),
          uss: optional(amount),
          swap: optional(amount),
          pageTables: optional(amount),
          threads: optional(amount),
        }),
      ),
      withoutPss: amount,
    }),
  ),
  mounts: optional(
    list(
      object<MountUse>({
        type: oneOf('tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs'),
        mountPoint: text,
        source: text,
        device: text,
        sizeLimit: optional(text),
        used: optional(amount),
        size: optional(amount),
      }),
    ),
  ),
  files: optional(
    list(
      object<MemoryFile>({
        kind: oneOf('tmpfs', 'posix', 'memfd', 'deleted'),
        path: text,
        bytes: amount,
        length: optional(amount),
        holders: optional(holders),
      }),
    ),
  ),
  filesLeftOut: optional(amount),
  dmaBufs: optional(
    list(object<DmaBuf>({ name: optional(text), exporter: optional(text), bytes: amount, holders: optional(holders) })),
  ),
  blocksByType: optional(list(freeBlocks)),
  blockTypes: optional(list(object<BlockTypes>({ node: amount, zone: text, blocks: counts }))),
});

const state = object<SystemState>({
  source: text,
  facts,
  owners,
  missing: list(
    object<MissingFile>({
      path: text,
      why: oneOf('absent', 'permission', 'refused', 'not-in-time', 'unreadable', 'not-understood', 'report'),
      count: optional(amount),
    }),
  ),
  procps: optional(text),
  readBy: optional(amount),
  rootRefused: optional(text),
});

/** The state in the JSON of `memlens system` (docs/system-schema.json); undefined for every other text. */
export function readSystemJson(json: string): SystemState | undefined {
  let file: unknown;
  try {
    file = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(file) || file['format'] !== SYSTEM_FILE_FORMAT) return undefined;
  // New fields need no new version: what is above has become something else.
  if (typeof file['version'] !== 'number' || file['version'] > SYSTEM_FILE_VERSION) return undefined;
  return state(file['state']);
}
