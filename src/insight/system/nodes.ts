import type { Bytes } from '../../base/units.js';
import type { ZoneInfo } from '../../model/system-owners.js';

/** What of one node's memory is used for what. Absent: the kernel does not tell it. */
export interface NodeMemory {
  readonly node: number;
  readonly managed?: Bytes;
  readonly free?: Bytes;
  readonly anonymous?: Bytes;
  /** The page cache, with shared memory. */
  readonly files?: Bytes;
  readonly shared?: Bytes;
  readonly slab?: Bytes;
}

/** By node, from /proc/zoneinfo: since Linux 4.8 a node's counters stand with its first zone, before it each zone has its own. */
export function nodeMemory(zones: readonly ZoneInfo[], pageSize: Bytes): readonly NodeMemory[] {
  return [...new Set(zones.map(({ node }) => node))].map((node) => {
    const own = zones.filter((zone) => zone.node === node);
    const sum = (pick: (zone: ZoneInfo) => number | undefined): Bytes | undefined => {
      const told = own.map(pick).filter((pages) => pages !== undefined);
      return told.length === 0 ? undefined : told.reduce((all, pages) => all + pages, 0) * pageSize;
    };
    const counter = (name: string): Bytes | undefined => sum(({ counters }) => counters[name]);
    const slab = [counter('nr_slab_reclaimable'), counter('nr_slab_unreclaimable')].filter((bytes) => bytes !== undefined);
    const values = {
      managed: sum(({ managed, present }) => managed ?? present),
      free: sum(({ free }) => free),
      anonymous: counter('nr_anon_pages'),
      files: counter('nr_file_pages'),
      shared: counter('nr_shmem'),
      slab: slab.length === 0 ? undefined : slab.reduce((all, bytes) => all + bytes, 0),
    };
    return { node, ...Object.fromEntries(Object.entries(values).filter(([, bytes]) => bytes !== undefined)) };
  });
}
