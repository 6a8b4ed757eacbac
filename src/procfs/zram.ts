import type { Bytes } from '../base/units.js';
import type { HugePagePool, ZramStat } from '../model/system-owners.js';

/**
 * /sys/block/zramN/mm_stat (admin-guide/blockdev/zram, since Linux 4.1): `original compressed used limit most-used same-pages compacted huge...`.
 * Undefined when less than the first three numbers are there.
 */
export function parseZramStat(text: string): ZramStat | undefined {
  const words = text.trim().split(/\s+/);
  const [original, compressed, used, limit, mostUsed, samePages] = words.map((word) =>
    /^\d{1,20}$/.test(word) ? Number(word) : undefined,
  );
  if (original === undefined || compressed === undefined || used === undefined) return undefined;
  return {
    original,
    compressed,
    used,
    ...(limit === undefined ? {} : { limit }),
    ...(mostUsed === undefined ? {} : { mostUsed }),
    ...(samePages === undefined ? {} : { samePages }),
  };
}

const FILES = {
  nr_hugepages: 'pages',
  free_hugepages: 'free',
  resv_hugepages: 'reserved',
  surplus_hugepages: 'surplus',
  nr_overcommit_hugepages: 'overcommit',
} as const;

/**
 * The pools of /sys/kernel/mm/hugepages (admin-guide/mm/hugetlbpage) from pairs of a path that ends in `hugepages-2048kB/nr_hugepages` and the
 * file's text; the smallest pages first. A pool without nr_hugepages is left out.
 */
export function hugePagePools(files: Iterable<readonly [path: string, text: string]>): readonly HugePagePool[] {
  const pools = new Map<Bytes, { -readonly [Field in keyof HugePagePool]?: HugePagePool[Field] }>();
  for (const [path, text] of files) {
    const [, kib, file = ''] = /(?:^|\/)hugepages-(\d{1,12})kB\/([a-z_]+)$/.exec(path) ?? [];
    const field = Object.hasOwn(FILES, file) ? FILES[file as keyof typeof FILES] : undefined;
    if (kib === undefined || field === undefined || !/^\d{1,15}\s*$/.test(text)) continue;
    const pageSize = Number(kib) * 1024;
    const pool = pools.get(pageSize) ?? {};
    pool[field] = Number(text);
    pools.set(pageSize, pool);
  }
  return [...pools]
    .sort(([one], [other]) => one - other)
    .flatMap(([pageSize, { pages, ...rest }]) => (pages === undefined ? [] : [{ pageSize, pages, ...rest }]));
}
