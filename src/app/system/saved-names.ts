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
  [/(?:^|\/)(node\d{1,5})\/(meminfo|vmstat|numastat)$/, ([, node, file]) => `/sys/devices/system/node/${node}/${file}`],
  [/(?:^|\/)proc\/(\d{1,10})\/mountinfo$/, ([, pid]) => `/proc/${pid}/mountinfo`],
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
  ['/proc/sysvipc/shm', /^ *key +shmid +perms /m],
  ['/proc/swaps', /^Filename\s+Type\s+Size/m],
  ['/proc/self/mountinfo', /^\d+ \d+ \d+:\d+ \S+ \S+ .* - \S+ /m],
  ['/proc/modules', /^(?:Module\s+Size\s+Used by\b|\w{1,64} \d{1,12} (?:\d{1,9}|-) \S+ (?:Live|Loading|Unloading) 0x[\da-f])/m],
  ['/proc/version', /^Linux version \d/m],
];

/** The same by what is in it. */
export function knownBy(text: string): string | undefined {
  return CONTENTS.find(([, line]) => line.test(text))?.[0];
}

/** Of /proc and /sys, and of the commands that collectors of logs run (sosreport, supportconfig, bug reports): they tell of other matters, or once more what is read elsewhere. */
const OTHER_MATTERS = new Set(
  `cgroups cmdline consoles cpuinfo crypto devices diskstats dma driver execdomains fb filesystems interrupts iomem ioports kallsyms kcore keys key-users kmsg kpagecgroup
  kpagecount kpageflags latency_stats locks mdstat misc mounts mtrr numa_maps numastat pagemap partitions sched_debug schedstat softirqs sysrq-trigger thread-self timer_list tty
  version_signature vmcore
  chkconfig date df dmesg dmidecode dumpsys environment fdisk findmnt free getprop hostname hostnamectl id ifconfig installed-rpms ip_addr ipcs iostat last logcat lsblk lscpu lsmem lsof
  lspci lsusb mount mpstat netstat ps pstree route rpm-va sar slabtop sysctl top ulimit uname vgdisplay vmcore-dmesg who`.split(
    /\s+/,
  ),
);

/** Nothing of it is needed here, and nobody need be told that it was not understood. `path`: below the folder that was given. */
export function isOfAnotherMatter(path: string): boolean {
  if (/(?:^|\/)(?:sos_commands|sos_logs|sos_reports|sos_strings)\//.test(path)) return true;
  if (
    /(?:^|\/)(?:proc\/(?:net|irq|bus|fs|scsi|sys|driver|acpi|tty|\d+)|sys\/(?:block|bus|class|dev|devices|firmware|fs|hypervisor|kernel|module|power))\//.test(
      path,
    )
  )
    return true;
  const name = (path.split('/').at(-1) ?? '').toLowerCase().replace(/\.(?:txt|log|out)$/, '');
  // `free_-m`, `df_-al_-x_autofs`: a command and its options.
  return OTHER_MATTERS.has(name) || OTHER_MATTERS.has(name.replace(/_-.*$/, ''));
}
