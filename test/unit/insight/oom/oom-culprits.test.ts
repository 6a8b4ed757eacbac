import { describe, expect, it } from 'vitest';
import { OomParser } from '../../../../src/formats/kernel/oom.js';
import { explainOom } from '../../../../src/insight/oom/explain-oom.js';
import { oomCulpritText } from '../../../../src/insight/oom/oom-culprit-words.js';
import type { OomCulprit } from '../../../../src/insight/oom/oom-culprits.js';

/** Sentences of a report of these lines, without dates. */
function sentences(...lines: readonly string[]): readonly string[] {
  const parser = new OomParser();
  parser.push(`${lines.join('\n')}\n`);
  const [event] = parser.end().events;
  if (event === undefined) throw new Error('no event');
  return explainOom(event).culprits.map(oomCulpritText);
}
const ASKED = 'shop invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0';
/** 1,000,000 pages of RAM; what is not told is nothing. */
const memory = (told: Readonly<Record<string, number>>): readonly string[] => {
  const {
    anon = 0,
    file = 0,
    shmem = 0,
    unevictable = 0,
    dirty = 0,
    reclaimable = 0,
    unreclaimable = 0,
    tables = 0,
    free = 5000,
    ram = 1_000_000,
  } = told;
  return [
    'Mem-Info:',
    `active_anon:0 inactive_anon:${anon} isolated_anon:0\n active_file:${file} inactive_file:0 isolated_file:0\n unevictable:${unevictable} dirty:${dirty} writeback:0\n slab_reclaimable:${reclaimable} slab_unreclaimable:${unreclaimable}\n mapped:0 shmem:${shmem} pagetables:${tables}\n kernel_misc_reclaimable:0\n free:${free} free_pcp:0 free_cma:0`,
    `${file + shmem} total pagecache pages`,
    '0 pages in swap cache',
    'Free swap  = 0kB',
    'Total swap = 0kB',
    `${ram} pages RAM`,
    '0 pages HighMem/MovableOnly',
    '0 pages reserved',
  ];
};
const NEW_TABLE =
  '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name';
const OLD_TABLE = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name';
const newTask = (pid: number, rss: number, anon: number, name: string): string =>
  `[${pid}]  1000 ${pid} ${rss * 2} ${rss} ${anon} ${rss - anon} 0 4096 0 0 ${name}`;
const oldTask = (pid: number, rss: number, name: string): string => `[${pid}]  1000 ${pid} ${rss * 2} ${rss} 4096 0 0 ${name}`;
const killed = (pid: number, name: string, pages: number): readonly string[] => [
  `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=${name},pid=${pid},uid=1000`,
  `Out of memory: Killed process ${pid} (${name}) total-vm:${pages * 8}kB, anon-rss:${pages * 4}kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:4kB oom_score_adj:0`,
];

describe('who held the memory', () => {
  it('one large program that was killed says all: no sentence', () => {
    expect(
      sentences(
        ASKED,
        ...memory({ anon: 900_000, file: 40_000, reclaimable: 20_000, unreclaimable: 20_000 }),
        OLD_TABLE,
        oldTask(10, 880_000, 'shop'),
        oldTask(11, 2000, 'sshd'),
        ...killed(10, 'shop', 870_000),
      ),
    ).toEqual([]);
  });

  it('tmpfs, which no kill gives back, and a victim that held little', () => {
    expect(
      sentences(
        ASKED,
        ...memory({ anon: 750_000, shmem: 700_000, file: 100_000, unreclaimable: 100_000 }),
        OLD_TABLE,
        oldTask(10, 30_000, 'shop'),
        oldTask(11, 20_000, 'sshd'),
        ...killed(10, 'shop', 30_000),
      ),
    ).toEqual([
      '2.7 GiB of 3.8 GiB (70.0 %) was shared memory and files of tmpfs. A kill gives back only what nobody else holds: files of tmpfs and segments stay. Look at the tmpfs mounts and at /proc/sysvipc/shm.',
      'shop (10) itself held 117.2 MiB of 3.8 GiB (3.0 %) only: its end alone does not cure the shortage.',
    ]);
  });

  it('objects of the kernel with the largest cache, and what no counter tells', () => {
    expect(
      sentences(
        ASKED,
        ...memory({ anon: 100_000, unreclaimable: 300_000 }),
        'Unreclaimable slab info:',
        'Name                      Used          Total',
        'kmalloc-64             1000KB       2000KB',
        'leaky_cache          900000KB    1000000KB',
      ),
    ).toEqual([
      '1.1 GiB of 3.8 GiB (30.0 %) was objects of the kernel that can’t be reclaimed, the most in the cache leaky_cache. A kill gives back little of it. Look at /proc/slabinfo, twice, and at kmemleak.',
      '2.3 GiB of 3.8 GiB (59.5 %) is in no counter of the report. Drivers that take pages directly, vmalloc, per-CPU data: mark and compare System Memory while it grows.',
    ]);
  });

  it('locked memory and what waits for the disk', () => {
    const told = sentences(ASKED, ...memory({ anon: 300_000, unevictable: 350_000, file: 250_000, dirty: 120_000 }));
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^1\.3 GiB of 3\.8 GiB \(35\.0 %\) could not be reclaimed at all: locked by mlock/);
    expect(told[1]).toMatch(/^468\.8 MiB of 3\.8 GiB \(12\.0 %\) waited to be written/);
  });

  const workers = (row: (pid: number) => string): readonly string[] => Array.from({ length: 40 }, (_, at) => row(100 + at));

  it('many of one name: exact where the table tells anonymous memory', () => {
    const all = [
      ASKED,
      ...memory({ anon: 900_000, unreclaimable: 80_000 }),
      NEW_TABLE,
      newTask(10, 60_000, 60_000, 'big'),
      ...workers((pid) => newTask(pid, 30_000, 20_000, 'php-fpm')),
      ...killed(10, 'big', 60_000),
    ];
    expect(sentences(...all)).toEqual([
      '40 tasks named php-fpm held 3.1 GiB of 3.8 GiB (80.0 %) together, none of them more than 78.1 MiB: it is their number.',
    ]);
  });

  it('many of one name: a bound where the table tells RSS alone, nothing where they share more than there is', () => {
    const of = (rss: number): readonly string[] =>
      sentences(
        ASKED,
        ...memory({ anon: 900_000, unreclaimable: 80_000 }),
        OLD_TABLE,
        ...workers((pid) => oldTask(pid, rss, 'postgres')),
        oldTask(10, 60_000, 'big'),
        ...killed(10, 'big', 60_000),
      );
    expect(of(15_000)).toEqual([
      '40 tasks named postgres held up to 2.3 GiB of 3.8 GiB (60.0 %) together, none of them more than 58.6 MiB: it is their number. What they share is counted for each.',
    ]);
    expect(of(50_000)).toEqual([]);
  });

  it('threads of one process in the table of old kernels are not many', () => {
    const threads = Array.from({ length: 40 }, (_, at) => `[${10 + at}]  1000 10 60000 20000 0 0 0 java`);
    expect(
      sentences(
        ASKED,
        ...memory({ anon: 900_000, unreclaimable: 80_000 }),
        '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name',
        ...threads,
        'Out of memory: Kill process 10 (java) score 900 or sacrifice child',
        'Killed process 10 (java) total-vm:240000kB, anon-rss:80000kB, file-rss:0kB',
      ).filter((text) => text.includes('tasks named')),
    ).toEqual([]);
  });

  const group = (stats: readonly string[], constraint = 'CONSTRAINT_MEMCG'): readonly string[] =>
    sentences(
      ASKED,
      'memory: usage 102400kB, limit 102400kB, failcnt 5',
      'swap: usage 0kB, limit 0kB, failcnt 0',
      'Memory cgroup stats for /box:',
      ...stats,
      OLD_TABLE,
      oldTask(10, 6000, 'shop'),
      oldTask(11, 5000, 'sidecar'),
      `oom-kill:constraint=${constraint},nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/box,task_memcg=/box,task=shop,pid=10,uid=1000`,
      'Memory cgroup out of memory: Killed process 10 (shop) total-vm:48000kB, anon-rss:24000kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:4kB oom_score_adj:0',
    );

  it('of a control group by its own statistics, of its limit', () => {
    expect(
      group(['anon 40960000', 'file 52428800', 'kernel_stack 102400', 'shmem 52428800', 'slab_unreclaimable 1048576']),
    ).toEqual([
      '50 MiB of 100 MiB (50.0 %) was shared memory and files of tmpfs. A kill gives back only what nobody else holds: files of tmpfs and segments stay. Look at the tmpfs mounts and at /proc/sysvipc/shm.',
    ]);
    expect(group(['anon 40960000', 'file 52428800', 'shmem 4096'])).toEqual([]);
  });

  it('nothing where only some nodes could be used', () => {
    expect(group(['anon 40960000', 'file 52428800', 'shmem 52428800'], 'CONSTRAINT_CPUSET')).toEqual([]);
  });

  it('each kind has its own words', () => {
    const parts = [
      'shared',
      'slabUnreclaimable',
      'slab',
      'hugePages',
      'zspages',
      'gpu',
      'balloon',
      'pageTables',
      'kernelStacks',
      'unexplained',
    ] as const;
    const told = parts.map((part) => oomCulpritText({ code: 'part', part, bytes: 1, whole: 2 } satisfies OomCulprit));
    expect(new Set(told).size).toBe(parts.length);
  });
});
