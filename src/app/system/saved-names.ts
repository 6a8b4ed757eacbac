/** Files by the words of their names, from the last one on: `proc_meminfo.txt` and `proc/meminfo` are `[proc, meminfo]`. */
const FILES: readonly (readonly [path: string, ...names: string[]])[] = [
  ['/proc/meminfo', 'meminfo'],
  ['/proc/zoneinfo', 'zoneinfo'],
  ['/proc/vmstat', 'vmstat'],
  ['/proc/vmallocinfo', 'vmallocinfo', 'vmalloc'],
  ['/proc/slabinfo', 'slabinfo'],
  ['/proc/buddyinfo', 'buddyinfo'],
  ['/proc/pagetypeinfo', 'pagetypeinfo'],
  ['/proc/modules', 'modules', 'lsmod'],
  ['/proc/swaps', 'swaps'],
  ['/proc/sysvipc/shm', 'sysvipc shm', 'sysvipc'],
  ['/proc/self/mountinfo', 'mountinfo'],
  ['/proc/pressure/memory', 'pressure memory', 'psi memory', 'psi'],
  ['/proc/stat', 'proc stat'],
  ['/proc/uptime', 'uptime'],
  ['/proc/loadavg', 'loadavg'],
  ['/proc/version', 'version'],
  ['/proc/sys/kernel/osrelease', 'osrelease'],
  ['/proc/sys/vm/overcommit_memory', 'overcommit memory'],
  ['/proc/sys/kernel/random/boot_id', 'boot id'],
  ['/sys/kernel/debug/dma_buf/bufinfo', 'bufinfo'],
  ['/etc/passwd', 'passwd'],
];

const NAMES: ReadonlyMap<string, string> = new Map(
  FILES.flatMap(([path, ...names]) => names.map((name) => [name, path] as const)),
);

/** Files with a number or a group in their path. */
const PATTERNS: readonly (readonly [pattern: RegExp, path: (match: RegExpExecArray) => string])[] = [
  [/(?:^|[/_.-])(\d{1,10})[/_.-](status|smaps_rollup|smaps)$/, ([, pid, file]) => `/proc/${pid}/${file}`],
  [
    /hugepages-(\d{1,12})kB[/_]((?:nr|free|resv|surplus|nr_overcommit)_hugepages)$/,
    ([, size, file]) => `/sys/kernel/mm/hugepages/hugepages-${size}kB/${file}`,
  ],
  [/(zram\d{1,4})[/_]mm_stat$/, ([, disk]) => `/sys/block/${disk}/mm_stat`],
  [/dmabuf\/buffers\/(\d{1,20})\/(size|exporter_name)$/, ([, inode, file]) => `/sys/kernel/dmabuf/buffers/${inode}/${file}`],
  [
    /^(?:.*?sys\/fs\/cgroup(?=\/)|.*?(?:^|\/)cgroup(?=\/))?(\/?.*?)\/?(memory\.(?:current|max|high|events|usage_in_bytes|limit_in_bytes|soft_limit_in_bytes|failcnt|oom_control|stat))$/,
    ([, group = '', file]) => `/sys/fs/cgroup${group === '' || group.startsWith('/') ? group : `/${group}`}/${file}`,
  ],
];

/** The file of a machine that a saved one is, by its path as somebody has named it; undefined: the name does not tell. */
export function savedAs(path: string): string | undefined {
  const name = path.replace(/\.(?:txt|log|out|cat)$/i, '');
  for (const [pattern, of] of PATTERNS) {
    const match = pattern.exec(name);
    if (match !== null) return of(match);
  }
  const words = name.split(/[/_.\-\s]+/).map((word) => word.toLowerCase());
  const last = words.at(-1) ?? '';
  return NAMES.get(words.slice(-2).join(' ')) ?? NAMES.get(last);
}

const CONTENTS: readonly (readonly [path: string, line: RegExp])[] = [
  ['/proc/meminfo', /^MemTotal:[ \t]+\d+ kB/m],
  ['/proc/pagetypeinfo', /^Page block order:[ \t]+\d/m],
  ['/proc/zoneinfo', /^Node \d+, zone +\S+\s*$/m],
  ['/proc/buddyinfo', /^Node \d+, zone +\S+(?: +\d+){4,}\s*$/m],
  ['/proc/vmallocinfo', /^0x(?:[0-9a-f]+|\(_*ptrval_*\))-0x(?:[0-9a-f]+|\(_*ptrval_*\)) +\d+ /m],
  ['/proc/slabinfo', /^slabinfo - version:/m],
  ['/proc/vmstat', /^nr_free_pages \d/m],
  ['/proc/pressure/memory', /^some avg10=/m],
  ['/proc/sysvipc/shm', /^ *key +shmid /m],
  ['/proc/swaps', /^Filename\s+Type\s+Size/m],
  ['/proc/self/mountinfo', /^\d+ \d+ \d+:\d+ \S+ \S+ .* - \S+ /m],
  ['/proc/modules', /^Module\s+Size\s+Used by\b/m],
  ['/proc/version', /^Linux version \d/m],
];

/** The same by what is in it. */
export function knownBy(text: string): string | undefined {
  return CONTENTS.find(([, line]) => line.test(text))?.[0];
}
