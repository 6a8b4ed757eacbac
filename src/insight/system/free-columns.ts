import type { Bytes } from '../../base/units.js';
import { FREE_VERSIONS, type FreeColumns, type FreeVersion } from '../../model/machine-accounting.js';
import type { MeminfoField } from '../../model/sample.js';
import { meminfoMap } from '../meminfo-terms.js';

type Fields = ReadonlyMap<string, number>;

/** What `used` was made of, by version. */
const USED: Readonly<Record<FreeVersion, string>> = {
  '3.3.8': 'MemTotal − MemFree',
  '3.3.9': 'MemTotal − MemFree',
  '3.3.11': 'MemTotal − MemFree − Buffers − Cached − Slab',
  '4.0.0': 'MemTotal − MemFree − Buffers − Cached − SReclaimable',
  '4.0.1': 'MemTotal − MemAvailable',
};

/**
 * What free(1) of procps shows of the same meminfo, from the oldest way to count to the newest; empty without MemTotal and MemFree. The
 * formulas are those of its library (proc/sysinfo.c, library/meminfo.c) by version.
 */
export function freeColumns(meminfo: readonly MeminfoField[]): readonly FreeColumns[] {
  const fields = meminfoMap(meminfo);
  const total = fields.get('MemTotal');
  const free = fields.get('MemFree');
  if (total === undefined || free === undefined) return [];
  return FREE_VERSIONS.map((version) => ({
    version,
    total,
    free,
    ...(version === '3.3.8' || version === '3.3.9' ? early(version, fields, total, free) : late(version, fields, total, free)),
    usedIs: USED[version],
  }));
}

/** The family of a version such as `3.3.17` or `procps-ng 4.0.2`; undefined when it is no version of procps. */
export function freeVersion(text: string): FreeVersion | undefined {
  const [, major, minor, patch = '0'] = /(?:^|[\sv])(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const number = Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
  if (number <= 30_308) return '3.3.8';
  if (number === 30_309) return '3.3.9';
  if (number <= 30_311) return '3.3.11';
  return number <= 40_000 ? '4.0.0' : '4.0.1';
}

type Columns = Omit<FreeColumns, 'version' | 'total' | 'free' | 'usedIs'>;

/** `total used free shared buffers cached`, and a line below that takes the cache out. `shared` was 0 until Shmem was shown. */
function early(version: FreeVersion, fields: Fields, total: Bytes, free: Bytes): Columns {
  const buffers = fields.get('Buffers');
  const cached = fields.get('Cached');
  const cache = (buffers ?? 0) + (cached ?? 0);
  const shared = version === '3.3.9' ? fields.get('Shmem') : (fields.get('MemShared') ?? 0);
  return {
    used: total - free,
    ...told('shared', shared),
    ...told('buffers', buffers),
    ...told('cached', cached),
    withoutCache: { used: total - free - cache, free: free + cache },
  };
}

/** `total used free shared buff/cache available`. */
function late(version: FreeVersion, fields: Fields, total: Bytes, free: Bytes): Columns {
  const slab = fields.get(version === '3.3.11' ? 'Slab' : 'SReclaimable');
  const cache = (fields.get('Buffers') ?? 0) + (fields.get('Cached') ?? 0) + (slab ?? 0);
  const estimate = fields.get('MemAvailable');
  // In a container of lxc MemAvailable may be the host's; free then takes what is free.
  const available = estimate === undefined || estimate <= total ? estimate : free;
  return {
    ...told('used', usedOf(version, total, free, cache, available)),
    ...told('shared', fields.get('Shmem')),
    cache,
    ...told('available', available),
  };
}

function usedOf(version: FreeVersion, total: Bytes, free: Bytes, cache: Bytes, available: Bytes | undefined): Bytes | undefined {
  // Before Linux 3.14 free makes an estimate of its own, of vm.min_free_kbytes, which meminfo does not tell.
  if (version === '4.0.1') return available === undefined ? undefined : total - available;
  const used = total - free - cache;
  return used < 0 ? total - free : used;
}

const told = <Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> =>
  value === undefined ? {} : ({ [name]: value } as Record<Name, number>);
