import type { Bytes } from '../../base/units.js';
import { formatBytes, formatCount } from '../../base/units.js';
import { meminfoMap } from '../../insight/meminfo-terms.js';
import { slabBytes, slabWaste } from '../../insight/system/diff.js';
import { nodeMemory } from '../../insight/system/nodes.js';
import { knownPageSize } from '../../insight/system/page-size.js';
import { type FilePage, slabTable, vmallocTable } from '../../insight/system/table-files.js';
import { areaPages } from '../../insight/system/vmalloc.js';
import type { AccountPartId, MachineAccounting } from '../../model/machine-accounting.js';
import type { FreeBlocks } from '../../model/system-owners.js';
import { HIDDEN_PROCESSES, type MemoryFile, type ProcessShare, type SystemState } from '../../model/system-state.js';
import type { Cell, OwnerTable, SystemColumn, SystemItemId, SystemRow, SystemTableId } from '../../protocol/system.js';

/** Which tables tell who holds an item; the first is the one to begin with. */
export const TABLES_OF: Readonly<Partial<Record<SystemItemId, readonly SystemTableId[]>>> = {
  applications: ['processes', 'cgroups'],
  swapCache: ['swap', 'processes'],
  shared: ['mounts', 'files', 'shm', 'dma-buf', 'processes'],
  pageCache: ['processes', 'cgroups'],
  slabReclaimable: ['slab'],
  slabUnreclaimable: ['slab'],
  slab: ['slab'],
  kernelReclaimable: ['dma-buf'],
  vmalloc: ['vmalloc', 'modules'],
  kernelStacks: ['processes'],
  pageTables: ['processes'],
  perCpu: ['cgroups'],
  hugePages: ['huge-pages'],
  cma: ['zones', 'dma-buf'],
  gpu: ['dma-buf'],
  zspages: ['zram', 'swap'],
  zswap: ['swap', 'processes'],
  perCpuFree: ['zones'],
  free: ['zones', 'nodes'],
  unexplained: ['vmalloc', 'dma-buf', 'fields'],
};

interface Made {
  readonly title: string;
  readonly words: readonly [one: string, many: string];
  readonly columns: readonly SystemColumn[];
  readonly rows: readonly (readonly [id: string, cells: readonly Cell[], process?: SystemRow['process']])[];
  readonly sortedBy: string;
  readonly notes?: readonly string[];
}

/** The owners of a machine's memory as tables, as far as they were told. Empty ones are left out. */
export function ownerTables(state: SystemState, accounting: MachineAccounting | undefined): readonly OwnerTable[] {
  const makers: Readonly<Record<SystemTableId, () => Made | undefined>> = {
    processes: () => processes(state, accounting),
    mounts: () => mounts(state),
    files: () => files(state),
    shm: () => segments(state),
    slab: () => slabs(state, accounting),
    vmalloc: () => callers(state, accounting),
    modules: () => modules(state),
    zones: () => zones(state),
    nodes: () => nodes(state),
    cgroups: () => cgroups(state),
    'huge-pages': () => hugePages(state),
    zram: () => zram(state),
    'dma-buf': () => dmaBufs(state),
    swap: () => swaps(state),
    fields: () => accounting && fields(accounting),
  };
  return (Object.entries(makers) as [SystemTableId, () => Made | undefined][]).flatMap(([id, make]) => {
    const made = make();
    if (made === undefined || made.rows.length === 0) return [];
    const rows = made.rows.map(
      ([row, cells, process]): SystemRow => ({ id: row, cells, ...(process === undefined ? {} : { process }) }),
    );
    return [{ ...made, id, rows, notes: made.notes ?? [] }];
  });
}

const text = (id: string, label: string, definition: string): SystemColumn => ({ id, label, definition, unit: 'text' });
const bytes = (id: string, label: string, definition: string): SystemColumn => ({
  id,
  label,
  definition,
  unit: 'bytes',
  isSum: true,
});
const single = (id: string, label: string, definition: string): SystemColumn => ({ id, label, definition, unit: 'bytes' });
const count = (id: string, label: string, definition: string): SystemColumn => ({ id, label, definition, unit: 'count' });
const share = (id: string, label: string, definition: string): SystemColumn => ({ id, label, definition, unit: 'percent' });

const partBytes = (accounting: MachineAccounting | undefined, part: AccountPartId): Bytes | undefined =>
  accounting?.items.find(({ id }) => id === part)?.bytes;

const sum = (values: readonly (number | undefined)[]): number => values.reduce<number>((all, value) => all + (value ?? 0), 0);

function processes({ owners, missing }: SystemState, accounting: MachineAccounting | undefined): Made | undefined {
  const told = owners.processes;
  if (told === undefined) return undefined;
  return {
    title: 'Processes',
    words: ['process', 'processes'],
    // Kernels before 2.6.25, and saved files, may not tell PSS.
    sortedBy: told.rows.some(({ pss }) => pss !== undefined) ? 'pss' : 'rss',
    columns: [
      text('name', 'Process', 'name of the process'),
      count('pid', 'PID', 'number of the process'),
      bytes(
        'pss',
        'PSS',
        'its memory, with what it shares divided by those who share it: the sum over all processes is real memory',
      ),
      single('uss', 'USS', 'memory that it alone has, and that is free when it ends'),
      bytes('pssAnon', 'PSS anon', 'of PSS: memory of no file, such as the heap and stacks'),
      bytes('pssFile', 'PSS file', 'of PSS: files, which are in the page cache'),
      bytes('pssShmem', 'PSS shmem', 'of PSS: shared memory and tmpfs'),
      single('rss', 'RSS', 'all that it has in RAM; what several processes share is in each of them'),
      bytes('swap', 'Swap', 'of its memory: what is in swap'),
      bytes('pageTables', 'Page tables', 'VmPTE: the tables that translate its addresses'),
      { ...count('threads', 'Threads', 'each has a kernel stack'), isSum: true },
      text('user', 'User', 'whose it is'),
    ],
    rows: told.rows.map((row) => [`${row.pid}`, processCells(row), { pid: row.pid, name: row.name }]),
    notes: [...processNotes(told.rows, accounting), ...withoutPssNotes(told.withoutPss, missing), ...hiddenNotes(missing)],
  };
}

const processCells = (row: ProcessShare): readonly Cell[] => [
  row.name,
  row.pid,
  row.pss,
  row.uss,
  row.pssAnon,
  row.pssFile,
  row.pssShmem,
  row.rss,
  row.swap,
  row.pageTables,
  row.threads,
  row.user,
];

/** How far the sum of the processes goes towards what the kernel counts. */
function processNotes(rows: readonly ProcessShare[], accounting: MachineAccounting | undefined): readonly string[] {
  const anonymous = sum(rows.map(({ pssAnon }) => pssAnon));
  const applications = partBytes(accounting, 'applications');
  const hasAnonymous = rows.some(({ pssAnon }) => pssAnon !== undefined);
  return [
    ...(hasAnonymous && applications !== undefined && applications > 0
      ? [
          `Their anonymous PSS is ${formatBytes(anonymous)} together; Applications are ${formatBytes(applications)} (${((100 * anonymous) / applications).toFixed(0)} %).`,
        ]
      : []),
  ];
}

function hiddenNotes(missing: SystemState['missing']): readonly string[] {
  return missing.some(({ path }) => path === HIDDEN_PROCESSES)
    ? ['The processes of other users are hidden (hidepid): only root sees them, and they are in no sum.']
    : [];
}

function withoutPssNotes(withoutPss: number, missing: SystemState['missing']): readonly string[] {
  if (withoutPss === 0) return [];
  const processes = formatCount(withoutPss, 'process', 'processes');
  // Root has asked, as somebody without all rights.
  if (missing.some(({ path, why }) => why === 'refused' && path.startsWith('/proc/PID/smaps'))) {
    return [`${processes}: root was refused their PSS, and they are not in the sums.`];
  }
  if (missing.some(({ path, why }) => why === 'absent' && path === '/proc/PID/smaps')) {
    return [`${processes}: this kernel tells RSS only, which counts shared memory with each of them.`];
  }
  return [`${processes} of other users: only root may read their PSS, and they are not in the sums.`];
}

function mounts({ owners, facts }: SystemState): Made {
  const rows =
    owners.mounts?.map(({ mountPoint, type, used, size, sizeLimit, source }): Made['rows'][number] => [
      mountPoint,
      [mountPoint, used, size, used === undefined || !size ? undefined : (100 * used) / size, type, sizeLimit, source],
    ]) ??
    facts.tmpfs?.map(({ mountPoint, used }): Made['rows'][number] => [
      mountPoint,
      [mountPoint, used, undefined, undefined, 'tmpfs', undefined, undefined],
    ]) ??
    [];
  return {
    title: 'Mounts in memory',
    words: ['mount', 'mounts'],
    sortedBy: 'used',
    columns: [
      text('mount', 'Mounted at', 'where its files are'),
      bytes('used', 'Used', 'memory or swap that its files take (statfs)'),
      single('size', 'Size', 'as much as it may take'),
      share('share', 'Full', 'used of its size'),
      text('type', 'Type', 'kind of the file system'),
      text('limit', 'size=', 'as the mount was given it; none: half of the RAM'),
      text('source', 'Source', 'the name that it was mounted with'),
    ],
    rows,
    notes: ['ramfs tells no sizes, and nothing of it can be swapped.'].filter(() =>
      rows.some(([, cells]) => cells[4] === 'ramfs'),
    ),
  };
}

const FILE_KINDS: Readonly<Record<MemoryFile['kind'], string>> = {
  tmpfs: 'tmpfs',
  posix: 'POSIX shared memory',
  memfd: 'memfd',
  deleted: 'deleted, still open',
};

function files({ owners }: SystemState): Made | undefined {
  const { files: told, filesLeftOut = 0 } = owners;
  return (
    told && {
      title: 'Files in memory',
      words: ['file', 'files'],
      sortedBy: 'bytes',
      columns: [
        text('path', 'File', 'its path, or the name of the memfd'),
        bytes('bytes', 'Memory', 'blocks that it takes: memory, or swap'),
        single('length', 'Length', 'st_size: what was not written yet takes nothing'),
        text('kind', 'Kind', 'what it is'),
        text('holders', 'Held by', 'processes that have it open or mapped, as far as they were looked for'),
      ],
      rows: told.map(({ path, bytes: taken, length, kind, holders }, at) => [
        `${at}`,
        [path, taken, length, FILE_KINDS[kind], holders?.map(holderWords).join(', ')],
        holders?.length === 1 ? holders[0] : undefined,
      ]),
      notes: filesLeftOut > 0 ? [`${formatCount(filesLeftOut, 'smaller file')} more are not listed.`] : [],
    }
  );
}

const holderWords = ({ pid, name }: { readonly pid: number; readonly name: string }): string => `${name} (${pid})`;

function segments({ facts }: SystemState): Made | undefined {
  const { shm } = facts;
  const orphans = shm?.filter(({ attached }) => attached === 0) ?? [];
  return (
    shm && {
      title: 'System V shared memory',
      words: ['segment', 'segments'],
      sortedBy: shm.some(({ resident }) => resident !== undefined) ? 'resident' : 'size',
      columns: [
        text('id', 'shmid', 'number of the segment, as ipcrm -m takes it'),
        bytes('resident', 'In RAM', 'what of it is in memory'),
        bytes('swapped', 'Swapped', 'what of it is in swap'),
        bytes('size', 'Size', 'bytes that were asked for'),
        count('attached', 'Attached', 'how many have it attached; 0: it stays until somebody removes it'),
        text('key', 'Key', 'the key that it was made with'),
        count('creator', 'Creator', 'PID of the process that made it'),
        count('last', 'Last', 'PID of the last that attached or detached it'),
        text('state', 'State', 'whether its removal was asked for'),
      ],
      rows: shm.map((row) => [
        `${row.id}`,
        [
          `${row.id}`,
          row.resident,
          row.swapped,
          row.size,
          row.attached,
          `0x${(row.key >>> 0).toString(16).padStart(8, '0')}`,
          row.creator,
          row.last,
          row.removed ? 'to be removed' : row.attached === 0 ? 'nobody has it' : 'in use',
        ],
      ]),
      notes:
        orphans.length > 0
          ? [`Nobody has ${formatCount(orphans.length, 'segment')} attached; ipcrm -m removes one, and its contents.`]
          : [],
    }
  );
}

function slabs(state: SystemState, accounting: MachineAccounting | undefined): Made | undefined {
  const { slab } = state.facts;
  const size = pageSizeOf(state);
  if (slab === undefined || size === undefined) return undefined;
  const all = sum(slab.map((cache) => slabBytes(cache, size)));
  const told = sum((['slabReclaimable', 'slabUnreclaimable', 'slab'] as const).map((part) => partBytes(accounting, part)));
  return {
    title: 'Slab caches',
    words: ['cache', 'caches'],
    sortedBy: 'bytes',
    columns: [
      text('name', 'Cache', 'name of the cache; one name may stand for several that the kernel merged'),
      bytes('bytes', 'Memory', 'of its slabs, used or not'),
      bytes('waste', 'Waste', 'memory that no object in use needs: free objects and what is left of a slab'),
      count('active', 'Objects in use', 'active_objs of slabinfo'),
      count('objects', 'Objects', 'num_objs of slabinfo'),
      share('use', 'In use', 'objects in use, of all'),
      single('size', 'Object size', 'of one object'),
      count('slabs', 'Slabs', 'num_slabs of slabinfo'),
    ],
    rows: slab.map((cache, at) => [
      `${cache.name} ${at}`,
      [
        cache.name,
        slabBytes(cache, size),
        slabWaste(cache, size),
        cache.activeObjects,
        cache.objects,
        cache.objects > 0 ? (100 * cache.activeObjects) / cache.objects : undefined,
        cache.objectSize,
        cache.slabs,
      ],
    ]),
    notes: [
      ...(told > 0 ? [`The caches are ${formatBytes(all)} together; meminfo counts ${formatBytes(told)} of slab.`] : []),
      ...pageNotes(accounting, slabTable(slab).page),
    ],
  };
}

interface Caller {
  pages: number;
  areas: number;
  module: string;
}

function callers(state: SystemState, accounting: MachineAccounting | undefined): Made | undefined {
  const { vmalloc } = state.facts;
  const size = pageSizeOf(state);
  if (vmalloc === undefined || size === undefined) return undefined;
  const byCaller = new Map<string, Caller>();
  let others = 0;
  for (const area of vmalloc) {
    const pages = areaPages(area);
    if (pages === 0) {
      others++;
      continue;
    }
    const name = area.caller ?? 'nobody told';
    const caller = byCaller.get(name) ?? { pages: 0, areas: 0, module: area.module ?? '' };
    caller.pages += pages;
    caller.areas++;
    byCaller.set(name, caller);
  }
  return {
    title: 'vmalloc callers',
    words: ['caller', 'callers'],
    sortedBy: 'bytes',
    columns: [
      text('caller', 'Caller', 'the function in the kernel that asked for it'),
      bytes('bytes', 'Memory', 'pages of its areas'),
      { ...count('areas', 'Areas', 'how many areas it asked for'), isSum: true },
      text('module', 'Module', 'the module of the function'),
    ],
    rows: [...byCaller].map(([name, { pages, areas, module }]) => [name, [name, pages * size, areas, module]]),
    notes: [
      ...(others > 0
        ? [
            `${formatCount(others, 'area')} of ioremap, vmap and the like are left out: they show memory of others, or of devices, and take none.`,
          ]
        : []),
      ...pageNotes(accounting, vmallocTable(vmalloc).page),
    ],
  };
}

function modules(state: SystemState): Made | undefined {
  const told = state.facts.modules;
  const page = pageSizeOf(state);
  const taken = (size: Bytes): Bytes | undefined => (page === undefined ? undefined : Math.ceil(size / page) * page);
  const guarded = (pages: Bytes | undefined): Bytes | undefined =>
    pages === undefined || page === undefined ? undefined : pages + page;
  return (
    told && {
      title: 'Modules',
      words: ['module', 'modules'],
      sortedBy: 'size',
      columns: [
        text('name', 'Module', 'name of the module'),
        bytes('size', 'Size', 'of its code and data as loaded, in bytes (/proc/modules)'),
        bytes('pages', 'Whole pages', 'its size up to the next page: the memory that it takes'),
        single(
          'area',
          'With guard page',
          'the addresses of its area in /proc/vmallocinfo, before Linux 6.4: the guard page is no memory',
        ),
        count('users', 'Held', 'how many hold it'),
        text('usedBy', 'Used by', 'modules that need it'),
        text('state', 'State', 'whether it is loaded'),
        text('taints', 'Taints', 'O: not of the kernel’s own tree; E: not signed; P: proprietary'),
      ],
      rows: told.map(({ name, size, users, usedBy, state: now, taints }) => [
        name,
        [name, size, taken(size), guarded(taken(size)), users, usedBy.join(', '), now, taints ?? ''],
      ]),
    }
  );
}

function zones(state: SystemState): Made | undefined {
  const { zones: told, buddy } = state.facts;
  const page = pageSizeOf(state);
  if (page === undefined || (told === undefined && buddy === undefined)) return undefined;
  const key = ({ node, zone }: { readonly node: number; readonly zone: string }): string => `${node} ${zone}`;
  const blocks = new Map((buddy ?? []).map((row) => [key(row), row]));
  const inBytes = (pages: number | undefined): Bytes | undefined => (pages === undefined ? undefined : pages * page);
  const names = [...new Map([...(told ?? []), ...(buddy ?? [])].map((row) => [key(row), row])).values()];
  const rows = names.map((name): Made['rows'][number] => {
    const zone = told?.find((one) => key(one) === key(name));
    const free = blocks.get(key(name));
    return [
      key(name),
      [
        `node ${name.node}, ${name.zone}`,
        inBytes(zone?.free ?? freePages(free)),
        inBytes(zone?.managed ?? zone?.present),
        inBytes(zone?.min),
        inBytes(zone?.low),
        inBytes(zone?.high),
        inBytes(zone?.counters['nr_free_cma']),
        zone === undefined ? undefined : inBytes(sum(zone.cpus.map((cpu) => cpu.count))),
        largestBlock(free, page),
        unusable(free),
      ],
    ];
  });
  return {
    title: 'Zones',
    words: ['zone', 'zones'],
    sortedBy: 'managed',
    columns: [
      text('zone', 'Zone', 'a range of addresses that allocations are limited to'),
      bytes('free', 'Free', 'free pages of the zone'),
      bytes('managed', 'Managed', 'pages that the page allocator has'),
      single('min', 'min', 'below it only emergencies are served'),
      single('low', 'low', 'below it kswapd begins to reclaim'),
      single('high', 'high', 'kswapd stops here'),
      bytes('cma', 'Free CMA', 'of the free pages: only for movable ones'),
      bytes('cpus', 'CPU lists', 'free pages on the lists of the CPUs, which Free does not count'),
      single('largest', 'Largest block', 'the largest contiguous block that is free (/proc/buddyinfo)'),
      share('fragmented', 'Fragmented', 'of the free memory: blocks smaller than a huge page (2^9 pages)'),
    ],
    rows,
    notes:
      buddy === undefined
        ? ['/proc/buddyinfo was not read: it tells how the free memory is broken up.']
        : ['Fragmented memory is lost for huge pages and for drivers that need contiguous buffers, not for programs.'],
  };
}

const freePages = (blocks: FreeBlocks | undefined): number | undefined =>
  blocks?.free.reduce((pages, number, order) => pages + number * 2 ** order, 0);

function largestBlock(blocks: FreeBlocks | undefined, page: Bytes): Bytes | undefined {
  const order = blocks?.free.findLastIndex((number) => number > 0);
  return order === undefined || order < 0 ? undefined : 2 ** order * page;
}

/** Share of the free pages, in percent, that are in blocks below 2^9 pages. */
function unusable(blocks: FreeBlocks | undefined): number | undefined {
  const all = freePages(blocks);
  if (blocks === undefined || all === undefined || all === 0) return undefined;
  return (100 * sum(blocks.free.slice(0, 9).map((number, order) => number * 2 ** order))) / all;
}

/** Of a machine with one node it would be the whole machine again. */
function nodes(state: SystemState): Made | undefined {
  const page = pageSizeOf(state);
  const told = page === undefined ? [] : nodeMemory(state.facts.zones ?? [], page);
  if (told.length < 2) return undefined;
  return {
    title: 'Nodes',
    words: ['node', 'nodes'],
    sortedBy: 'managed',
    columns: [
      text('node', 'Node', 'memory that is near to some of the processors (NUMA)'),
      bytes('managed', 'Managed', 'pages that the page allocator has'),
      bytes('free', 'Free', 'free pages of its zones'),
      bytes('anonymous', 'Applications', 'anonymous memory of processes'),
      bytes('files', 'Cache', 'page cache, with shared memory and tmpfs'),
      bytes('shared', 'Shared', 'of the cache: shared memory and tmpfs'),
      bytes('slab', 'Slab', 'objects of the kernel, reclaimable or not'),
    ],
    rows: told.map(({ node, managed, free, anonymous, files: cache, shared, slab }) => [
      String(node),
      [`node ${node}`, managed, free, anonymous, cache, shared, slab],
    ]),
    notes: ['A process that may use one node only (numactl, cpuset) runs out when that node does, however much the others have.'],
  };
}

function cgroups({ facts }: SystemState): Made | undefined {
  const told = facts.cgroups;
  const has = (what: 'high' | 'softLimit' | 'events'): boolean => told?.some((group) => group[what] !== undefined) === true;
  const bound = (limit: Bytes | 'max' | undefined): Cell => (limit === 'max' ? 'none' : (limit ?? ''));
  return (
    told && {
      title: 'Cgroups',
      words: ['cgroup', 'cgroups'],
      sortedBy: 'usage',
      columns: [
        text('group', 'Cgroup', 'its path'),
        single('usage', 'Usage', 'memory that is charged to it and to the groups below it: with page cache of its files'),
        single('limit', 'Limit', 'memory that it may have'),
        share('share', 'Of the limit', 'usage of the limit'),
        ...(has('high')
          ? [single('high', 'High', 'memory.high: beyond it its processes are slowed down, and none is killed')]
          : []),
        ...(has('softLimit')
          ? [single('soft', 'Soft limit', 'only when the machine is short of memory the group is brought down to it')]
          : []),
        ...(has('events')
          ? [
              count('hits', 'Limit reached', 'how often since the group was made, of groups with a limit'),
              count('killed', 'Killed', 'its processes that were killed for want of memory, its own or the machine’s'),
            ]
          : []),
        single(
          'back',
          'Can Be Given Back',
          'page cache of files and slab that is reclaimable, of groups with a limit; tmpfs is not in it',
        ),
      ],
      rows: told.map(({ group, usage, limit, high, softLimit, events, reclaimable }) => [
        group,
        [
          group,
          usage,
          bound(limit),
          limit === 'max' || limit <= 0 ? '' : (100 * usage) / limit,
          ...(has('high') ? [bound(high)] : []),
          ...(has('softLimit') ? [bound(softLimit)] : []),
          ...(has('events') ? [events?.max ?? '', events?.oomKill ?? ''] : []),
          reclaimable ?? '',
        ],
      ]),
      notes: ['A group holds what the groups below it hold: the rows are not summed up.'],
    }
  );
}

function hugePages({ facts }: SystemState): Made | undefined {
  const fieldsOf = meminfoMap(facts.meminfo);
  const pageSize = fieldsOf.get('Hugepagesize');
  const fallback =
    pageSize === undefined
      ? undefined
      : [
          {
            pageSize,
            pages: fieldsOf.get('HugePages_Total') ?? 0,
            free: fieldsOf.get('HugePages_Free'),
            reserved: fieldsOf.get('HugePages_Rsvd'),
            surplus: fieldsOf.get('HugePages_Surp'),
            overcommit: undefined,
          },
        ];
  const told = (facts.hugePages ?? fallback)?.filter(({ pages, overcommit = 0 }) => pages > 0 || overcommit > 0);
  return (
    told && {
      title: 'Huge page pools',
      words: ['pool', 'pools'],
      sortedBy: 'bytes',
      columns: [
        text('size', 'Page size', 'of one huge page'),
        bytes('bytes', 'Memory', 'of all pages of the pool, used or not'),
        count('pages', 'Pages', 'of the pool'),
        count('free', 'Free', 'not handed out'),
        count('reserved', 'Reserved', 'of the free ones: promised to a mapping'),
        count('surplus', 'Surplus', 'above what was set aside; they go when they are free'),
        bytes('unused', 'Not used', 'free and not reserved'),
      ],
      rows: told.map(({ pageSize: size, pages, free, reserved, surplus }) => [
        `${size}`,
        [
          formatBytes(size),
          pages * size,
          pages,
          free,
          reserved,
          surplus,
          free === undefined ? undefined : Math.max(0, free - (reserved ?? 0)) * size,
        ],
      ]),
    }
  );
}

function zram({ facts }: SystemState): Made | undefined {
  return (
    facts.zram && {
      title: 'zram',
      words: ['device', 'devices'],
      sortedBy: 'used',
      columns: [
        text('device', 'Device', 'its name'),
        bytes('used', 'Memory', 'RAM that it takes, with fragmentation and metadata'),
        bytes('original', 'Holds', 'what was written to it, before compression'),
        bytes('compressed', 'Compressed', 'the same, compressed'),
        share('ratio', 'Of the original', 'memory that it takes, of what it holds'),
        single('limit', 'Limit', 'as much as it may take'),
        single('most', 'Most', 'the most that it took'),
        count('same', 'Same pages', 'pages that hold one word again and again, and take no memory'),
      ],
      rows: facts.zram.map(({ device = '', used, original, compressed, limit, mostUsed, samePages }, at) => [
        `${at} ${device}`,
        [
          device,
          used,
          original,
          compressed,
          original > 0 ? (100 * used) / original : undefined,
          limit === 0 ? 'none' : limit,
          mostUsed,
          samePages,
        ],
      ]),
    }
  );
}

function dmaBufs({ owners }: SystemState): Made | undefined {
  return (
    owners.dmaBufs && {
      title: 'dma-buf',
      words: ['buffer', 'buffers'],
      sortedBy: 'bytes',
      columns: [
        text('name', 'Buffer', 'its name, where it has one'),
        bytes('bytes', 'Size', 'of the buffer'),
        text('exporter', 'Exporter', 'the driver that made it'),
        text('holders', 'Held by', 'processes that have it open or mapped, as far as they were looked for'),
      ],
      rows: owners.dmaBufs.map(({ name, bytes: size, exporter, holders }, at) => [
        `${at}`,
        [name ?? 'without a name', size, exporter, holders?.map(holderWords).join(', ')],
        holders?.length === 1 ? holders[0] : undefined,
      ]),
      notes: [
        'Where their pages come from depends on the driver: they may be shared memory, CMA, or unexplained. They are not added.',
      ],
    }
  );
}

function swaps({ facts }: SystemState): Made | undefined {
  return (
    facts.swaps && {
      title: 'Swap',
      words: ['device', 'devices'],
      sortedBy: 'used',
      columns: [
        text('name', 'Device or file', 'where it is swapped to'),
        bytes('used', 'Used', 'of it'),
        bytes('size', 'Size', 'of it'),
        share('share', 'Full', 'used of its size'),
        text('type', 'Type', 'partition or file'),
        count('priority', 'Priority', 'the highest is used first'),
      ],
      rows: facts.swaps.map(({ name, used, size, type, priority, deleted }, at) => [
        `${at}`,
        [deleted === true ? `${name} (deleted)` : name, used, size, size > 0 ? (100 * used) / size : undefined, type, priority],
      ]),
      notes: ['Swap is no RAM: it is not in the sum, unless it is zram.'],
    }
  );
}

function fields({ uncounted }: MachineAccounting): Made {
  return {
    title: 'Fields that are not added',
    words: ['field', 'fields'],
    sortedBy: 'bytes',
    columns: [text('name', 'Field', 'as /proc/meminfo calls it'), single('bytes', 'Amount', 'as the kernel tells it')],
    rows: uncounted.map(({ name, bytes: amount }) => [name, [name, amount]]),
    notes: ['Nothing says that they are outside of the other fields, so they are shown and not added.'],
  };
}

/** Where nothing but the file itself tells how large a page is. */
const pageNotes = (accounting: MachineAccounting | undefined, page: FilePage): readonly string[] =>
  accounting === undefined && !page.isSeen ? ['A page is taken to be 4 KiB: the file does not tell its size.'] : [];

const pageSizeOf = ({ facts }: SystemState): Bytes | undefined =>
  knownPageSize(facts.pageSize, facts.zones, meminfoMap(facts.meminfo).get('MemTotal'));
