import { relativeTo } from '../../base/path.js';
import type { Bytes, Milliseconds } from '../../base/units.js';
import type { CgroupMemory, SystemFacts, TmpfsUse } from '../../model/machine-accounting.js';
import type { MemoryMount, TableText, ZramStat } from '../../model/system-owners.js';
import type { MissingFile, MountUse, SystemOwners } from '../../model/system-state.js';
import { parseCgroupAmount, parseMounts } from '../../procfs/cgroup.js';
import { parseBufinfo } from '../../procfs/dma-buf.js';
import { parseBuddyinfo, parsePagetypeinfo } from '../../procfs/free-blocks.js';
import { parseMeminfo, unreadMeminfo } from '../../procfs/meminfo.js';
import { parseModules } from '../../procfs/modules.js';
import { memoryMounts } from '../../procfs/mountinfo.js';
import { parsePressure } from '../../procfs/pressure.js';
import { parseSlabinfo } from '../../procfs/slabinfo.js';
import { parseSwaps } from '../../procfs/swaps.js';
import { parseSysvipcShm } from '../../procfs/sysvipc-shm.js';
import { parseUptime } from '../../procfs/uptime.js';
import { parseVmallocinfo } from '../../procfs/vmallocinfo.js';
import { parseVmstat } from '../../procfs/vmstat.js';
import { parseZoneinfo } from '../../procfs/zoneinfo.js';
import { hugePagePools, parseZramStat } from '../../procfs/zram.js';

type Texts = ReadonlyMap<string, string>;
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface KnownFacts {
  readonly facts: SystemFacts;
  readonly owners: Pick<SystemOwners, 'mounts' | 'blocksByType' | 'blockTypes'>;
  readonly notUnderstood: readonly MissingFile[];
}

const BUFINFO = '/sys/kernel/debug/dma_buf/bufinfo';

/** Files of a machine as what they say; see docs/formats/system-files.md. What is not there is absent. */
export function factsOfTexts(texts: Texts): KnownFacts {
  const read = new Reading(texts);
  const meminfo = read.text('/proc/meminfo') ?? '';
  const facts: Writable<SystemFacts> = { meminfo: parseMeminfo(meminfo) };
  read.checked('/proc/meminfo', { unread: unreadMeminfo(meminfo) });
  read.checked(BUFINFO, parseBufinfo(read.text(BUFINFO) ?? ''));
  const set = <Key extends keyof SystemFacts>(key: Key, value: SystemFacts[Key] | undefined): void => {
    if (value !== undefined) facts[key] = value;
  };
  set('at', momentOf(read));
  set('kernelRelease', releaseOf(read));
  set('architecture', read.word('uname -m'));
  set('zones', read.table('/proc/zoneinfo', parseZoneinfo));
  set('buddy', read.table('/proc/buddyinfo', parseBuddyinfo));
  set('vmalloc', read.table('/proc/vmallocinfo', parseVmallocinfo));
  set('pageSize', pageSizeOf(read, facts));
  set('slab', read.table('/proc/slabinfo', parseSlabinfo));
  set('counters', read.parsed('/proc/vmstat', parseVmstat));
  set('pressure', read.parsed('/proc/pressure/memory', parsePressure));
  set('modules', read.table('/proc/modules', parseModules));
  set('swaps', read.table('/proc/swaps', parseSwaps));
  set('shm', read.table('/proc/sysvipc/shm', parseSysvipcShm));
  set('zram', zramOf(read));
  set('hugePages', poolsOf(read));
  set('cgroups', cgroupsOf(read));
  set('overcommitMode', numberOf(read.word('/proc/sys/vm/overcommit_memory')));
  set('threads', numberOf(/^\S+ \S+ \S+ \d+\/(\d{1,9}) /.exec(read.text('/proc/loadavg') ?? '')?.[1]));
  const mounts = mountsOf(read);
  set('tmpfs', mounts === undefined ? undefined : tmpfsOf(mounts));
  const types = read.parsed('/proc/pagetypeinfo', (text) => read.checked('/proc/pagetypeinfo', parsePagetypeinfo(text)));
  return {
    facts,
    owners: {
      ...(mounts === undefined ? {} : { mounts }),
      ...(types === undefined ? {} : { blocksByType: types.free, blockTypes: types.blocks }),
    },
    notUnderstood: read.notUnderstood,
  };
}

/** Texts, with a note of what of them could not be understood. */
class Reading {
  readonly notUnderstood: MissingFile[] = [];

  constructor(private readonly texts: Texts) {}

  text(path: string): string | undefined {
    return this.texts.get(path);
  }

  word(path: string): string | undefined {
    const text = this.text(path)?.trim() ?? '';
    return /^\S{1,200}$/.test(text) ? text : undefined;
  }

  parsed<Value>(path: string, parse: (text: string) => Value | undefined): Value | undefined {
    const text = this.text(path);
    return text === undefined ? undefined : parse(text);
  }

  table<Row>(path: string, parse: (text: string) => TableText<Row>): readonly Row[] | undefined {
    return this.parsed(path, (text) => {
      const table = this.checked(path, parse(text));
      // Nothing of it was understood: it says nothing, rather than that there is nothing.
      return table.rows.length === 0 && table.unread > 0 ? undefined : table.rows;
    });
  }

  checked<Table extends { readonly unread: number }>(path: string, table: Table): Table {
    if (table.unread > 0) this.notUnderstood.push({ path, why: 'not-understood', count: table.unread });
    return table;
  }

  *matching(pattern: RegExp): Generator<readonly [path: string, text: string]> {
    for (const [path, text] of this.texts) {
      if (pattern.test(path)) yield [path, text];
    }
  }
}

const numberOf = (word: string | undefined): number | undefined =>
  word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : undefined;

/** By the machine's own clock: when it was started, and the time since then. */
function momentOf(read: Reading): Milliseconds | undefined {
  const boot = numberOf(/^btime (\d{1,12})$/m.exec(read.text('/proc/stat') ?? '')?.[1]);
  const uptime = read.parsed('/proc/uptime', parseUptime);
  return boot === undefined || uptime === undefined ? undefined : boot * 1000 + uptime;
}

/** As getconf says it, or the mappings of a process; of saved files also as vmallocinfo shows it: an area is its pages and a guard page. */
function pageSizeOf(read: Reading, { vmalloc = [] }: Pick<SystemFacts, 'vmalloc'>): Bytes | undefined {
  const told = numberOf(read.word('getconf PAGESIZE'));
  if (told !== undefined) return isPageSize(told) ? told : undefined;
  for (const [, text] of read.matching(/^\/proc\/\d+\/smaps$/)) {
    const kib = Math.min(...[...text.matchAll(/^KernelPageSize:\s+(\d{1,7}) kB/gm)].map(([, digits]) => Number(digits)));
    if (isPageSize(kib * 1024)) return kib * 1024;
  }
  const areas = vmalloc.filter(({ flags, pages = 0 }) => flags.includes('vmalloc') && pages > 0);
  const votes = new Map<Bytes, number>();
  for (const { size, pages = 0 } of areas) votes.set(size / (pages + 1), (votes.get(size / (pages + 1)) ?? 0) + 1);
  const [size, count] = [...votes].sort(([, one], [, other]) => other - one)[0] ?? [0, 0];
  return isPageSize(size) && count > areas.length / 2 ? size : undefined;
}

const isPageSize = (size: number): boolean => size >= 4096 && size <= 65_536 && Math.log2(size) % 1 === 0;

function releaseOf(read: Reading): string | undefined {
  return read.word('/proc/sys/kernel/osrelease') ?? /^Linux version (\S{1,200})/.exec(read.text('/proc/version') ?? '')?.[1];
}

function zramOf(read: Reading): readonly ZramStat[] | undefined {
  const files = [...read.matching(/\/zram\d+\/mm_stat$/)];
  const deviceOf = (path: string): string => /(zram\d+)\/mm_stat$/.exec(path)?.[1] ?? path;
  const stats = files.flatMap(([path, text]) => {
    const stat = parseZramStat(text);
    if (stat === undefined) read.notUnderstood.push({ path, why: 'not-understood' });
    return stat === undefined ? [] : [{ device: deviceOf(path), ...stat }];
  });
  return files.length === 0 ? undefined : stats;
}

function poolsOf(read: Reading): SystemFacts['hugePages'] {
  const pools = hugePagePools(read.matching(/\/hugepages-\d+kB\/[a-z_]+$/));
  return pools.length === 0 ? undefined : pools;
}

const CGROUP_FILE = /^(.*)\/memory\.(current|max|usage_in_bytes|limit_in_bytes)$/;
const CGROUP_STAT = /^(.*)\/memory\.stat$/;
const CGROUP_COUNTER = /^((?:total_)?(?:in)?active_file|slab_reclaimable) (\d{1,15})$/;

/** Groups that tell both what they use and what they may use: that of the root of version 2 has no limit. */
function cgroupsOf(read: Reading): readonly CgroupMemory[] | undefined {
  const mounts = parseMounts(read.text('/proc/self/mountinfo') ?? '');
  const groups = new Map<string, { usage?: Bytes | 'max'; limit?: Bytes | 'max' }>();
  for (const [path, text] of read.matching(CGROUP_FILE)) {
    const [, folder = '', file = ''] = CGROUP_FILE.exec(path) ?? [];
    const group = groups.get(folder) ?? {};
    const amount = parseCgroupAmount(text);
    if (amount !== undefined) group[file === 'current' || file === 'usage_in_bytes' ? 'usage' : 'limit'] = amount;
    groups.set(folder, group);
  }
  if (groups.size === 0) return undefined;
  const counters = groupCounters(read);
  return [...groups].flatMap(([folder, { usage, limit }]) => {
    if (usage === undefined || usage === 'max' || limit === undefined) return [];
    const inner = mounts.map(({ mountPoint }) => relativeTo(mountPoint, folder)).find((path) => path !== undefined);
    const back = reclaimableOf(counters.get(folder), usage);
    return [
      {
        group: `/${inner ?? folder.replace(/^\/?sys\/fs\/cgroup(?:\/memory(?=\/|$))?\/?/, '')}`,
        usage,
        limit,
        ...(back === undefined ? {} : { reclaimable: back }),
      },
    ];
  });
}

/** By the folder of the group: lines of memory.stat, each group's file by itself or all of them as grep tells them. */
function groupCounters(read: Reading): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, Map<string, number>>();
  const add = (folder: string, line: string): void => {
    const [, name = '', digits] = CGROUP_COUNTER.exec(line) ?? [];
    const counters = found.get(folder) ?? new Map<string, number>();
    if (name !== '') found.set(folder, counters.set(name, Number(digits)));
  };
  for (const [path, text] of read.matching(CGROUP_STAT)) {
    for (const line of text.split('\n')) add(CGROUP_STAT.exec(path)?.[1] ?? '', line);
  }
  for (const [, text] of read.matching(/^group-stats /)) {
    for (const line of text.split('\n')) {
      const [, folder = '', counter = ''] = /^(\/.*)\/memory\.stat:([a-z_]+ \d+)$/.exec(line) ?? [];
      add(folder, counter);
    }
  }
  return found;
}

/** Page cache of files and slab that is reclaimable; in version 1 of the groups below as well, as the usage is. tmpfs is on the anonymous lists. */
function reclaimableOf(counters: ReadonlyMap<string, number> | undefined, usage: Bytes): Bytes | undefined {
  const total = counters?.has('total_inactive_file') === true ? 'total_' : '';
  const [inactive, active] = [counters?.get(`${total}inactive_file`), counters?.get(`${total}active_file`)];
  if (inactive === undefined || active === undefined) return undefined;
  return Math.min(usage, inactive + active + (counters?.get('slab_reclaimable') ?? 0));
}

/** Of several mounts at one place only the last can be seen. */
function mountsOf(read: Reading): readonly MountUse[] | undefined {
  const mounts = read.table('/proc/self/mountinfo', memoryMounts);
  if (mounts === undefined) return undefined;
  const seen = new Map<string, MemoryMount>();
  for (const mount of mounts) seen.set(mount.mountPoint, mount);
  return [...seen.values()].map((mount) => ({ ...mount, ...spaceOf(read.text(`df ${mount.device}`)) }));
}

/** Of `df -Pk`, the line behind the headings: `FILESYSTEM 1024-BLOCKS USED AVAILABLE CAPACITY MOUNT-POINT`. Names may hold anything. */
function spaceOf(text: string | undefined): { readonly used?: Bytes; readonly size?: Bytes } {
  const [, size, used] = /\s(\d{1,15})\s+(\d{1,15})\s+-?\d{1,15}\s+(?:\d+%|-)\s/.exec(text ?? '') ?? [];
  return size === undefined || used === undefined ? {} : { used: Number(used) * 1024, size: Number(size) * 1024 };
}

/** A file system that is mounted at several places holds its memory once. */
function tmpfsOf(mounts: readonly MountUse[]): readonly TmpfsUse[] | undefined {
  const devices = new Map<string, TmpfsUse>();
  for (const { type, device, mountPoint, used } of mounts) {
    if (used !== undefined && used > 0 && (type === 'tmpfs' || type === 'devtmpfs') && !devices.has(device))
      devices.set(device, { mountPoint, used });
  }
  return devices.size === 0 && mounts.every(({ used }) => used === undefined) ? undefined : [...devices.values()];
}
