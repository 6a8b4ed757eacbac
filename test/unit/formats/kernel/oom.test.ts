import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOomText, OomParser } from '../../../../src/formats/kernel/oom.js';
import { oomHeadline } from '../../../../src/insight/oom/oom-words.js';
import type { OomEvent, OomField, OomReport } from '../../../../src/model/oom.js';
import { textOf } from '../../procfs/fixture.js';

const KIB = 1024;
const PAGE = 4096;
const FILES = [
  '2.6.26-sysrq-wrapped',
  '2.6.28-highmem',
  '2.6.3x-allocating-task-cut',
  '3.10-panic-on-oom',
  '4.6-no-killable',
  '4.17-memcg-v1-quoted',
  '5.14-memcg-v2',
  '5.x-memory-policy',
  '6.11-global',
] as const;

const oomText = (name: (typeof FILES)[number]): string => textOf(`oom/${name}.txt`);
const parse = (text: string): OomReport => {
  const parser = new OomParser();
  parser.push(text);
  return parser.end();
};
const eventsOf = (name: (typeof FILES)[number]): readonly OomEvent[] => parse(oomText(name)).events;
const value = (fields: readonly OomField[] | undefined, name: string): number | undefined =>
  fields?.find((field) => field.name === name)?.value;
const codes = (event: OomEvent | undefined): readonly string[] => event?.notes.map(({ code }) => code) ?? [];

describe('OomParser', () => {
  it('reads Linux 6.11: the request, zones, blocks, sums and tasks', () => {
    const [event, ...more] = eventsOf('6.11-global');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      firstLine: 1,
      lastLine: 48,
      when: { text: '30.745678', uptimeSeconds: 30.745678 },
      kernel: '6.11.0-10669-g11a299a7933e-dirty',
      pageSize: PAGE,
      isManual: false,
      killsAsker: false,
      asker: {
        command: 'stress-ng-vm',
        pid: 116,
        order: 0,
        oomScoreAdj: 1000,
        cpuset: '/',
        memsAllowed: '0',
        gfp: { mask: 0x440dc0, namedBy: 'report', isMovable: false, zone: 'Normal', mayReclaim: true },
      },
      constraint: { kind: 'none', told: 'CONSTRAINT_NONE' },
      chosen: { pid: 116, name: 'stress-ng-vm', uid: 0, cgroup: '/' },
      foreignLines: 0,
      notes: [],
    });
    expect(event?.asker?.gfp?.flags).toEqual(['GFP_KERNEL_ACCOUNT', '__GFP_COMP', '__GFP_ZERO']);
    const { memory, tasks = [], killed } = event ?? {};
    expect(value(memory?.sums, 'active_anon')).toBe(1999425 * PAGE);
    expect(value(memory?.sums, 'free_pcp')).toBe(8616 * PAGE);
    expect(memory).toMatchObject({
      pageCache: 8810 * PAGE,
      swapTotal: 0,
      ram: 2097022 * PAGE,
      reserved: 67366 * PAGE,
      cmaReserved: 0,
    });
    expect(memory?.zones.map(({ name }) => name)).toEqual(['DMA', 'DMA32', 'Normal']);
    const normal = memory?.zones[2];
    expect(['free', 'min', 'low', 'high', 'managed'].map((name) => value(normal?.fields, name))).toEqual(
      [984, 8628, 14764, 20900, 6138744].map((kib) => kib * KIB),
    );
    expect(memory?.zones[0]?.lowmemReserve).toEqual([0, 1895, 7890, 0, 0].map((pages) => pages * PAGE));
    expect(normal?.blocks?.slice(0, 2)).toEqual([
      { size: 4 * KIB, count: 14, types: 'UE' },
      { size: 8 * KIB, count: 7, types: 'UE' },
    ]);
    expect(normal?.blocksTotal).toBe(576 * KIB);
    expect(value(memory?.nodes[0]?.fields, 'kernel_stack')).toBe(2144 * KIB);
    expect(memory?.hugePages).toHaveLength(2);
    expect(tasks.at(-1)).toEqual({
      pid: 116,
      uid: 0,
      tgid: 116,
      name: 'stress-ng-vm',
      totalVm: 2628942 * PAGE,
      rss: 1995298 * PAGE,
      rssAnon: 1995157 * PAGE,
      rssFile: 141 * PAGE,
      rssShmem: 0,
      pageTables: 16052224,
      swap: 0,
      oomScoreAdj: 1000,
    });
    expect(killed).toEqual([
      {
        pid: 116,
        name: 'stress-ng-vm',
        uid: 0,
        totalVm: 10515768 * KIB,
        anonRss: 7980628 * KIB,
        fileRss: 564 * KIB,
        shmemRss: 0,
        pageTables: 15676 * KIB,
        oomScoreAdj: 1000,
      },
    ]);
  });

  it('reads a control group of version 2 with memory.stat, behind the prefixes of dmesg -x -T', () => {
    const [event, ...more] = eventsOf('5.14-memcg-v2');
    const scope = 'cri-containerd-c3f1de0d0969e5d3c6758d2e59be98d4dc8ba0367af77f52b09d15225139c74f.scope';
    const path = `/kubepods.slice/kubepods-pod089f25ee_a41a_414c_a028_71a38dfb30d3.slice/${scope}`;
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      when: { text: 'Thu Aug 17 17:29:27 2023' },
      kernel: '5.14.0-333.el9.x86_64',
      asker: { command: 'xray', pid: 1586622, oomScoreAdj: -997, cpuset: scope, gfp: { isMovable: true, zone: 'Movable' } },
      constraint: { kind: 'memcg', told: 'CONSTRAINT_MEMCG' },
      chosen: { pid: 1586608, name: 'xray', cgroup: path },
      foreignLines: 0,
    });
    expect(event?.when?.unixMs).toBeUndefined();
    expect(event?.cgroup).toMatchObject({
      path,
      taskPath: path,
      limits: [
        { name: 'memory', usage: 208204 * KIB, limit: 204800 * KIB, failures: 7470 },
        { name: 'swap', usage: 0, limit: 0, failures: 0 },
      ],
    });
    const [stats] = event?.cgroup?.stats ?? [];
    expect(stats?.path).toBe(path);
    expect(value(stats?.fields, 'anon')).toBe(28139520);
    expect(value(stats?.fields, 'sock')).toBe(183623680);
    expect(stats?.fields.find(({ name }) => name === 'pgscan')).toEqual({ name: 'pgscan', value: 8263, unit: 'count' });
    expect(stats?.fields).toHaveLength(25);
    expect(codes(event)).toEqual([]);
    expect(event?.pageSize).toBe(PAGE);
    expect(event?.memory).toBeUndefined();
  });

  it('reads a control group of version 1, quoted twice in a mail', () => {
    const [event, ...more] = eventsOf('4.17-memcg-v1-quoted');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      kernel: '4.17.2-1-ARCH',
      asker: { command: 'foo.sh', pid: 18415, order: 0, memsAllowed: '0', gfp: { flags: ['GFP_KERNEL'] } },
      constraint: { kind: 'memcg' },
      chosen: { pid: 18160, name: 'foo.sh', score: 261 },
      killed: [{ pid: 18415, anonRss: 472 * KIB, shmemRss: 0 }],
      reaped: [{ pid: 18415, name: 'foo.sh', left: { anonRss: 0, fileRss: 0, shmemRss: 0 } }],
      // `[...]` of the mail.
      foreignLines: 1,
    });
    expect(event?.when).toBeUndefined();
    expect(event?.cgroup?.limits).toEqual([
      { name: 'memory', usage: 10240 * KIB, limit: 10240 * KIB, failures: 13073 },
      { name: 'memory+swap', usage: 10240 * KIB, failures: 0 },
      { name: 'kmem', usage: 1308 * KIB, failures: 0 },
    ]);
    expect(value(event?.cgroup?.stats[0]?.fields, 'cache')).toBe(8848 * KIB);
    expect(event?.tasks).toMatchObject([{ rss: 652 * PAGE, pageTables: 73728 }, { pid: 18415 }]);
  });

  it('reads several events of 4.6, one of them in the middle of a trace, and a machine that stops', () => {
    const [cut, whole, last, ...more] = eventsOf('4.6-no-killable');
    expect(more).toEqual([]);
    expect(cut).toMatchObject({ chosen: { pid: 442, score: 855 }, killed: [{ pid: 442 }], reaped: [{ pid: 442 }] });
    expect(codes(cut)).toEqual(['no-beginning']);
    expect(whole).toMatchObject({
      asker: { command: "oleg's-test", pid: 443, gfp: { zone: 'Movable' } },
      chosen: { pid: 443, score: 855 },
      tasks: [{ pid: 443, rss: 105971 * PAGE, pageTables: (214 + 3) * PAGE }],
      // It stands among the lines of the next event.
      reaped: [{ pid: 443 }],
      notes: [],
    });
    expect(whole?.memory?.zones[1]).toMatchObject({ node: 0, name: 'DMA32', isUnreclaimable: true, blocksTotal: 2660 * KIB });
    expect(last).toMatchObject({
      asker: { command: 'sh', pid: 1 },
      isDeadlocked: true,
      panic: 'Out of memory and no killable processes...',
      tasks: [],
      killed: [],
      reaped: [],
    });
    expect(value(last?.memory?.sums, 'free')).toBe(107155 * PAGE);
  });

  it('reads vm.panic_on_oom of 3.10, whose flags follow from the version', () => {
    const [event, ...more] = eventsOf('3.10-panic-on-oom');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      kernel: '3.10.0-229.42.1.105.x86_64',
      asker: {
        gfp: { mask: 0xd0, namedBy: 'version', flags: ['__GFP_WAIT', '__GFP_IO', '__GFP_FS'], isMovable: false, zone: 'Normal' },
      },
      panic: 'Out of memory: compulsory panic_on_oom is enabled',
      isDeadlocked: false,
      killed: [],
      foreignLines: 0,
    });
    expect(value(event?.memory?.sums, 'isolated_file')).toBe(128 * PAGE);
    expect(event?.memory?.hugePages).toEqual([{ node: 0, size: 2048 * KIB, total: 1024, free: 0, surplus: 0 }]);
    expect(event?.tasks.filter(({ oomScoreAdj }) => oomScoreAdj === -1000).map(({ name }) => name)).toEqual([
      'systemd-udevd',
      'auditd',
      'sshd',
    ]);
  });

  it('reads 32 bits with high memory of 2.6.28, and a report that has only begun', () => {
    const [event, begun, ...more] = eventsOf('2.6.28-highmem');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      when: { text: '10161.653347' },
      kernel: '2.6.28-14-generic',
      asker: { command: 'lid.sh', pid: 32336, oomAdj: 0, gfp: { flags: ['__GFP_WAIT', '__GFP_IO', '__GFP_FS', '__GFP_ZERO'] } },
      chosen: { pid: 2966, name: 'x-session-manag', score: 75994 },
      killed: [{ pid: 3091, name: 'ssh-agent' }],
      memory: { highMem: 33538 * PAGE, swapCache: 7936 * PAGE, swapFree: 2795472 * KIB, swapTotal: 2971984 * KIB },
    });
    expect(event?.killed[0]).toEqual({ pid: 3091, name: 'ssh-agent' });
    expect(value(event?.memory?.sums, 'active_anon')).toBe(12538 * PAGE);
    expect(value(event?.memory?.sums, 'slab')).toBe(202882 * PAGE);
    expect(event?.memory?.zones.map(({ name }) => name)).toEqual(['DMA', 'Normal', 'HighMem']);
    expect(codes(begun)).toEqual(['no-end']);
    expect(begun?.asker).toMatchObject({ command: 'lid.sh', gfp: { mask: 0x80d0, namedBy: 'age' }, order: 0, oomAdj: 0 });
    // Without oom_adj it could be of any kernel.
    const [bare] = parse('oom-killer: gfp_mask=0xd0').events;
    expect(codes(bare)).toEqual(['no-end', 'flags-not-known']);
    expect(bare?.asker).toEqual({ gfp: { mask: 0xd0 } });
  });

  it('reads a kill by SysRq of 2.6.26, where a mail program has wrapped the lines', () => {
    const [event, ...more] = eventsOf('2.6.26-sysrq-wrapped');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      isManual: true,
      kernel: '2.6.26-2-amd64',
      killed: [{ pid: 2842 }],
      foreignLines: 0,
      notes: [],
    });
    const zone = event?.memory?.zones[1];
    expect(['free', 'high', 'inactive', 'present', 'pages_scanned'].map((name) => value(zone?.fields, name))).toEqual([
      4140 * KIB,
      8496 * KIB,
      1960736 * KIB,
      2019172 * KIB,
      782860,
    ]);
    expect(zone).toMatchObject({ isUnreclaimable: false, blocksTotal: 4140 * KIB });
    expect(zone?.blocks?.map(({ count }) => count)).toEqual([477, 7, 0, 2, 3, 1, 1, 1, 1, 0, 0]);
    expect(event?.memory).toMatchObject({ ram: 515887 * PAGE, reserved: 8379 * PAGE, swapCache: 491223 * PAGE });
  });

  it('takes a report for one by SysRq only where it follows', () => {
    const request = 'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n';
    const manual = (between: number): boolean | undefined =>
      parse(`sysrq: Manual OOM execution\n${'eth0: link up\n'.repeat(between)}${request}`).events[0]?.isManual;
    expect([manual(0), manual(49), manual(50)]).toEqual([true, true, false]);
    expect(parse(`sysrq: Manual OOM execution\n${request}${request}`).events.map(({ isManual }) => isManual)).toEqual([
      true,
      false,
    ]);
    expect(parse(request.replace('order=0', 'order=-1')).events[0]?.isManual).toBe(true);
  });

  it('reads vm.oom_kill_allocating_task, and says that the beginning is missing', () => {
    const [event, ...more] = eventsOf('2.6.3x-allocating-task-cut');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      killsAsker: true,
      chosen: { pid: 6344, name: 'sh', score: 0 },
      killed: [{ pid: 6345, name: 'sleep', totalVm: 1736 * KIB, anonRss: 44 * KIB, fileRss: 200 * KIB }],
    });
    expect(event?.asker).toBeUndefined();
    expect(codes(event)).toEqual(['no-beginning']);
    expect(value(event?.memory?.zones[2]?.fields, 'free')).toBe(63352504 * KIB);
  });

  it('reads a memory policy, and rows with a column that is not known', () => {
    const [event] = eventsOf('5.x-memory-policy');
    expect(event).toMatchObject({
      constraint: { kind: 'memory-policy' },
      asker: { nodemask: '1', memsAllowed: '0-2' },
      tasks: [{ name: 'node' }, { pid: 12399, rss: 1311056 * PAGE, pageTables: 10534912 }, { pid: 13135 }, { name: 'sh' }],
      reaped: [{ pid: 13135 }],
    });
  });

  it('takes every prefix and disguise off', () => {
    const line = 'Web Content invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=2, oom_score_adj=100';
    const prefixes = [
      '<4>[  123.456789] ',
      '[Sat Nov 21 22:35:29 2026] ',
      'Nov 21 22:35:29 host kernel: [  123.456789] ',
      '2026-11-21T22:35:29.123456+01:00 host kernel: ',
      '2026-11-21T22:35:29,123456+01:00 ',
      'Sat 2026-11-21 22:35:29 UTC host kernel: ',
      '1787068905.416344 precision kernel: ',
      '[  123.456789] host kernel: ',
      '[  123.456789][    T1] ',
      '[  123.456789][  C0] ',
      'kern.warn kernel: [  123.456789] ',
      'kern  :warn  : [  123.456789] ',
      'kern  :warn  : [Nov21 22:35] ',
      '\x1b[32m[  123.456789] \x1b[0m\x1b[1m',
      '&lt;4&gt;[  123.456789] ',
      '2024-01-19T10:49:30.103Z stdout F [  123.456789] ',
      'node-1  | [  123.456789] ',
      '> > [  123.456789] ',
      '[63651.040008s][pid:2912,cpu3,sh]',
      '** 3 printk messages dropped ** [  206.416481] ',
      '[12345.678901 <    0.000120 >] host kernel: ',
      'Nov 21 22:35:29 host kernel[0]: ',
      '2023-12-04T10:49:30.103Z In(05) vcpu-5 - Guest: <4>[39261021.091603] ',
    ];
    for (const prefix of prefixes) {
      const [event] = parse(`${prefix}${line}\r\n`).events;
      expect(event?.asker, prefix).toMatchObject({ command: 'Web Content', order: 2, oomScoreAdj: 100 });
      if (prefix !== '> > ') expect(event?.when, prefix).toBeDefined();
    }
    const json = `${JSON.stringify({ log: `[  1.5] ${line}\n`, stream: 'stdout', time: '2026-11-21T22:35:29.5Z' })}\n`;
    expect(parse(json).events[0]).toMatchObject({ asker: { command: 'Web Content' }, when: { uptimeSeconds: 1.5 } });
    const journal = `${JSON.stringify({ MESSAGE: line, __REALTIME_TIMESTAMP: '1787068905416344' })}\n`;
    expect(parse(journal).events[0]?.when).toEqual({ text: '1787068905416344', unixMs: 1787068905416.344 });
    const iso = parse(`2026-11-21T22:35:29.5+01:00 host kernel: ${line}`).events[0]?.when;
    expect(iso?.unixMs).toBe(Date.UTC(2026, 10, 21, 21, 35, 29, 500));
  });

  it('reads the kill lines of all generations', () => {
    const first = (text: string): unknown => parse(text).events[0]?.killed[0];
    expect(first('Out of Memory: Killed process 1759 (mysqld).')).toEqual({ pid: 1759, name: 'mysqld' });
    expect(first('Out of memory: Killed process 12345, UID 99, (httpd).')).toEqual({ pid: 12345, uid: 99, name: 'httpd' });
    expect(
      first('Killed process 18992, UID 48, (httpd.worker) total-vm:3355660kB, anon-rss:1615472kB, file-rss:10664kB'),
    ).toEqual({
      pid: 18992,
      uid: 48,
      name: 'httpd.worker',
      totalVm: 3355660 * KIB,
      anonRss: 1615472 * KIB,
      fileRss: 10664 * KIB,
    });
    expect(first('Killed process 7 (a) vsz:4kB, anon-rss:8kB, file-rss:12kB')).toMatchObject({
      totalVm: 4 * KIB,
      fileRss: 12 * KIB,
    });
    expect(
      first(
        'Memory cgroup out of memory: Killed process 3963629 (next-build (v16) total-vm:4kB, anon-rss:8kB, file-rss:1kB, shmem-rss:0kB, UID:1000 pgtables:7384kB oom_score_adj:0',
      ),
    ).toMatchObject({ name: 'next-build (v16', uid: 1000, pageTables: 7384 * KIB });
    const policy = parse('No available memory (MPOL_BIND): kill process 7 (a) score 3 or a child\nKilled process 8 (b)').events;
    expect(policy).toMatchObject([{ constraint: { kind: 'memory-policy' }, chosen: { pid: 7, score: 3 }, killed: [{ pid: 8 }] }]);
    // A number that is cut is none.
    expect(first('Out of memory: Killed process 7 (a) total-vm:12345')).toEqual({ pid: 7, name: 'a' });
  });

  it('keeps apart what is killed line by line, and together what a group loses at once', () => {
    const line = (pid: number): string =>
      `Memory cgroup out of memory: Killed process ${pid} (a) total-vm:4kB, anon-rss:8kB, file-rss:1kB`;
    expect(parse([line(1), line(2)].join('\n')).events.map(({ killed }) => killed.map(({ pid }) => pid))).toEqual([[1], [2]]);
    const whole = ['Tasks in /shop are going to be killed due to memory.oom.group set', line(1), line(2)].join('\n');
    const [event, ...more] = parse(whole).events;
    expect(more).toEqual([]);
    expect(event).toMatchObject({ cgroup: { killsWhole: '/shop' }, killed: [{ pid: 1 }, { pid: 2 }] });
  });

  it('takes 64 KiB pages from the free blocks', () => {
    const [event] = parse(
      'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nactive_anon:2 inactive_anon:1 isolated_anon:0\nNode 0 DMA: 3*64kB (U) 0*128kB = 192kB\n',
    ).events;
    expect(event?.pageSize).toBe(65536);
    expect(value(event?.memory?.sums, 'active_anon')).toBe(131072);
    expect(codes(event)).toEqual(['no-end']);
  });

  it('takes the size of a page from what is printed in pages and in kB alike', () => {
    const head = 'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0';
    const columns = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name';
    const killed = (kib: number): string =>
      `Memory cgroup out of memory: Killed process 7 (a) total-vm:${kib}kB, anon-rss:4kB, file-rss:0kB`;
    const size = (...lines: readonly string[]): unknown => {
      const event = parse([head, ...lines].join('\n')).events[0];
      return codes(event).includes('page-size-assumed') ? 'assumed' : event?.pageSize;
    };
    // A control group: no Mem-Info is printed.
    expect(size(columns, '[      7]     0     7     1000       20    65536        0             0 a', killed(64_000))).toBe(
      64 * KIB,
    );
    expect(size(columns, '[      7]     0     7     1000       20    65536        0             0 a', killed(4000))).toBe(
      4 * KIB,
    );
    // It has grown between the two lines, or it is another one.
    expect(size(columns, '[      7]     0     7     1000       20    65536        0             0 a', killed(64_016))).toBe(
      'assumed',
    );
    expect(size(columns, '[      8]     0     8     1000       20    65536        0             0 a', killed(64_000))).toBe(
      'assumed',
    );
    // A Raspberry Pi 5 with pages of 16 KiB under Talos, 2025 (talos-rpi5/talos-builder, issue 11); its lists of free blocks are left out.
    const before = 'pi: kern: warning: [2025-09-13T20:46:45.253118849Z]: ';
    expect(
      size(
        `${before}Mem-Info:`,
        `${before}active_anon:9997 inactive_anon:5364 isolated_anon:0`,
        ' active_file:2571 inactive_file:2608 isolated_file:0',
        ' free:48718 free_pcp:298 free_cma:1130',
        `${before}Node 0 active_anon:159952kB inactive_anon:85824kB active_file:41136kB inactive_file:41728kB unevictable:0kB all_unreclaimable? yes`,
      ),
    ).toBe(16 * KIB);
    // Of two nodes one is shown: what seems to be a size differs from the next.
    expect(
      size('active_anon:1000 inactive_anon:1000', 'Node 0 active_anon:4000kB inactive_anon:8000kB all_unreclaimable? no'),
    ).toBe('assumed');
  });

  it('reads several nodes', () => {
    const zone = (node: number, free: number): string =>
      `Node ${node} Normal free:${free}kB min:221984kB low:416984kB high:611984kB present:198180864kB managed:195027624kB\nlowmem_reserve[]: 0 0 0 0\n`;
    const [event] = parse(
      `a invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0\n${zone(0, 87356)}${zone(1, 105616)}`,
    ).events;
    expect(event?.memory?.zones.map(({ node, fields }) => [node, value(fields, 'free')])).toEqual([
      [0, 87356 * KIB],
      [1, 105616 * KIB],
    ]);
  });

  it('reads the caches that can not be reclaimed', () => {
    const head = 'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nUnreclaimable slab info:\n';
    const [event] = parse(
      `${head}Name                      Used          Total\n[   99.1] usb 1-1: new device\nkmalloc-2048           59164KB      59165KB\n`,
    ).events;
    expect(event?.memory?.slabCaches).toEqual([{ name: 'kmalloc-2048', used: 59164 * KIB, total: 59165 * KIB }]);
  });

  it('reads the largest callers of memory allocation profiling, with the size as rounded', () => {
    const head = 'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nMemory allocations:\n';
    const [event] = parse(
      `${head}     123 MiB    31488 mm/filemap.c:1919 func:__filemap_get_folio\nOut of memory: Killed process 1 (a)`,
    ).events;
    expect(event?.memory?.allocations).toEqual([
      { size: '123 MiB', calls: 31488, where: 'mm/filemap.c:1919 func:__filemap_get_folio' },
    ]);
    expect(event?.foreignLines).toBe(0);
  });

  it('names what it can not read', () => {
    const rows =
      '[  443]     0   443   123312   105971     214       3        0             0 shop\nOut of memory: Killed process 443 (shop)';
    expect(parse(rows).events[0]?.notes).toContainEqual({ code: 'rows-without-columns', count: 1, line: 1 });
    const broken = `[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n[  443]     0   443   1233\nOut of memory: Killed process 443 (shop)`;
    expect(parse(broken).events[0]?.notes).toContainEqual({ code: 'lines-broken', count: 1, line: 2 });
  });

  it('is no OOM: page allocation failures, SysRq m, lowmemorykiller, systemd-oomd', () => {
    const failure = oomText('6.11-global')
      .split('\n')
      .filter((line) => !/oom|Killed|\[ +\d+\] |\[ {2}pid/.test(line))
      .join('\n');
    expect(failure).toContain('Mem-Info');
    expect(parse(failure).events).toEqual([]);
    const others = [
      "lowmemorykiller: Killing 'ndroid.settings' (4711), adj 906, to free 51200kB on behalf of 'kswapd0' (70)",
      'systemd-oomd[812]: Killed /user.slice/app.scope due to memory pressure for /user.slice being 71.20% > 50.00% for > 20s',
      'java.lang.OutOfMemoryError: out of memory',
    ];
    for (const text of others) {
      expect(parse(text).events).toEqual([]);
      expect(isOomText(text)).toBe(false);
    }
  });

  it.each(FILES)('is recognised: %s', (name) => {
    expect(isOomText(oomText(name))).toBe(true);
  });
});

describe('OomParser, whatever comes', () => {
  const PREFIXES = [
    '<6>',
    'Nov 21 22:35:29 host kernel: ',
    '\x1b[0m',
    '2026-11-21T22:35:29+0100 host kernel: ',
    'ttyS0 # ',
    '> ',
  ];
  /** Without what the prefix itself tells. */
  const bare = (events: readonly OomEvent[]): readonly unknown[] => events.map(({ when: _, ...event }) => event);

  it.each(FILES)('gives the same with any prefix: %s', (name) => {
    if (name === '2.6.26-sysrq-wrapped') return;
    const text = oomText(name);
    const plain = bare(parse(text).events);
    for (const prefix of PREFIXES) expect(bare(parse(text.replaceAll(/^(?=.)/gm, prefix)).events), prefix).toEqual(plain);
  });

  it.each(FILES)('gives the same in any pieces: %s', (name) => {
    const text = oomText(name);
    const plain = parse(text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const parser = new OomParser();
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), text.length]) {
          parser.push(text.slice(from, to));
          from = to;
        }
        expect(parser.end()).toEqual(plain);
      }),
      { numRuns: 20 },
    );
  });

  it.each(FILES)('is not misled by lines of others, and counts them: %s', (name) => {
    const lines = oomText(name).trimEnd().split('\n');
    const plain = parse(lines.join('\n')).events;
    const strange = fc.constantFrom(
      '[   99.000001] usb 1-1: new high-speed USB device number 4 using xhci_hcd',
      'Nov 21 22:35:29 host sshd[812]: Accepted publickey for root',
      '[   99.000002] EXT4-fs (sda1): mounted filesystem with ordered data mode',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: lines.length - 1 }), strange), { maxLength: 10 }), (added) => {
        const mixed = [...lines];
        // Wrapped lines can only be joined where they follow each other.
        const places = added.filter(([at]) => /^(?:> )*\[|kernel:|^kern|^ /.test(lines[at] ?? ''));
        for (const [at, line] of [...places].sort(([a], [b]) => b - a)) mixed.splice(at, 0, line);
        const events = parse(mixed.join('\n')).events;
        const same = ({ foreignLines: _f, firstLine: _a, lastLine: _b, notes: _n, ...event }: OomEvent): unknown => event;
        expect(events.map(same)).toEqual(plain.map(same));
        const strangers = (list: readonly OomEvent[]): number => list.reduce((sum, { foreignLines }) => sum + foreignLines, 0);
        expect(strangers(events)).toBeLessThanOrEqual(strangers(plain) + places.length);
      }),
      { numRuns: 30 },
    );
  });

  it.each(FILES)('says of a text that is cut anywhere nothing that the whole one does not: %s', (name) => {
    const text = oomText(name);
    const whole = parse(text).events;
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
    for (const end of ends) {
      const cut = parse(text.slice(0, end)).events;
      for (const [at, event] of cut.entries()) {
        expect(event.killed).toEqual(whole[at]?.killed.slice(0, event.killed.length));
        if (event.pageSize === whole[at]?.pageSize) expect(event.tasks).toEqual(whole[at]?.tasks.slice(0, event.tasks.length));
        if (event !== cut.at(-1)) continue;
        if (event.killed.length === 0 && event.panic === undefined && !event.isDeadlocked)
          expect(codes(event)).toContain('no-end');
      }
    }
    for (let end = 0; end < text.length; end += 37) expect(() => parse(text.slice(0, end))).not.toThrow();
  });

  it('keeps its word about a damaged report: lines that are lost, doubled, cut, mixed with those of another one', () => {
    const texts = FILES.map((name) => oomText(name).split('\n'));
    const damage = fc.tuple(fc.nat(5), fc.nat(), fc.nat(150), fc.nat(FILES.length - 1));
    const damaged = (
      lines: readonly string[],
      [how, where, much, other]: readonly [number, number, number, number],
    ): string[] => {
      const at = where % Math.max(1, lines.length);
      const line = lines[at] ?? '';
      const rest = lines.slice(at + 1);
      const put = [
        [],
        [line, line],
        [line.slice(0, much)],
        [line.slice(much)],
        [line.slice(0, much), line.slice(much)],
        [line, ...(texts[other] ?? []).slice(much)],
      ];
      return [...lines.slice(0, at), ...(put[how] ?? []), ...rest];
    };
    fc.assert(
      fc.property(fc.nat(FILES.length - 1), fc.array(damage, { maxLength: 30 }), (first, damages) => {
        const lines = damages.reduce<string[]>((now, one) => damaged(now, one), texts[first] ?? []);
        for (const event of parse(lines.join('\n')).events) {
          expect(event.firstLine).toBeLessThanOrEqual(event.lastLine);
          expect(event.lastLine).toBeLessThanOrEqual(lines.length);
          // No sum of what is not there: every number is one.
          expect(JSON.stringify(event)).not.toMatch(/:null|NaN/);
          for (const { name } of event.tasks) expect(name).not.toBe('');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('takes any text, in linear time', () => {
    fc.assert(fc.property(fc.string({ maxLength: 500, unit: 'binary' }), (text) => void parse(text)));
    const nasty = [
      'oom-kill:constraint=A,'.repeat(50_000),
      `Killed process 1 (${'('.repeat(100_000)}`,
      `Memory cgroup stats for ${'/a:'.repeat(50_000)}`,
      `CPU: 0 PID: 1 Comm: ${'Tainted: '.repeat(50_000)}`,
      `${'[1] '.repeat(50_000)}\n`,
      'Task in '.repeat(50_000),
      `${' '.repeat(15_000)}x`,
      `{${','.repeat(15_000)}x`,
      `"${'" '.repeat(7_500)}x`,
      '&amp;'.repeat(3_000),
      `Node 0 DMA free:1kB\n${'min:4kB\n'.repeat(5_000)}`,
    ];
    for (const text of nasty)
      expect(parse(`a invoked oom-killer: gfp_mask=0x1, order=0\n${text}`).events.length).toBeLessThanOrEqual(2);
  });
});

/** What loggers, terminals and web pages put around the lines of a report. */
const AROUND: Readonly<Record<string, (line: string, at: number) => string>> = {
  '/dev/kmsg': (line, at) => `4,${1000 + at},${123_456_000 + at},-;${line}`,
  '/dev/kmsg with the caller': (line, at) => `4,${1000 + at},${123_456_000 + at},-,caller=T116;${line}`,
  'journalctl -o export': (line) => `MESSAGE=${line}`,
  'journalctl -o json': (line) => JSON.stringify({ __REALTIME_TIMESTAMP: '1692286167123456', MESSAGE: line }),
  'journalctl -o short-monotonic': (line, at) => `[  123.${100_000 + at}] web-1 kernel: ${line}`,
  'dmesg with the caller': (line, at) => `[  123.${100_000 + at}][ T3201] ${line}`,
  'dmesg --raw': (line, at) => `<4>[  123.${100_000 + at}] ${line}`,
  syslog: (line, at) => `Aug 17 17:29:27 web-1 kernel: [  123.${100_000 + at}] ${line}`,
  rsyslog: (line, at) => `2023-08-17T17:29:27.123456+02:00 web-1 kernel: [  123.${100_000 + at}] ${line}`,
  'RFC 5424': (line) => `<4>1 2023-08-17T17:29:27.123456+00:00 web-1 kernel - - - ${line}`,
  logread: (line, at) => `Thu Aug 17 17:29:27 2023 kern.warn kernel: [  123.${100_000 + at}] ${line}`,
  MediaTek: (line, at) => `[  123.${100_000 + at}]<2> (3)[3201:my task]${line}`,
  Samsung: (line, at) => `<4>[  123.${100_000 + at}]  [2:   kswapd0:   71] ${line}`,
  Huawei: (line, at) => `<4>[  123.${100_000 + at}s][pid:3201,cpu2,java]${line}`,
  minicom: (line, at) => `[2023-08-17 17:29:27.123] [  123.${100_000 + at}] ${line}`,
  'docker compose': (line) => `web_1  | ${line}`,
  kubectl: (line) => `2023-08-17T17:29:27.123456789Z stdout F ${line}`,
  grep: (line, at) => `/var/log/kern.log:Aug 17 17:29:27 web-1 kernel: [  123.${100_000 + at}] ${line}`,
  quoted: (line) => `> > ${line}`,
  CRLF: (line) => `${line}\r`,
  'journalctl -o json, as numbers': (line) => JSON.stringify({ MESSAGE: [...Buffer.from(line)], PRIORITY: '4' }),
  'journalctl -o json-pretty': (line) => JSON.stringify({ PRIORITY: '4', MESSAGE: line }, undefined, '\t'),
  'journalctl -o json-sse': (line) => `data: ${JSON.stringify({ MESSAGE: line })}\n`,
  'a collector, JSON': (line) => JSON.stringify({ '@timestamp': '2024-05-01T10:11:12Z', message: line }),
  'a cloud, JSON': (line) => `${JSON.stringify({ timestamp: '2024-05-01T10:11:12Z', jsonPayload: { MESSAGE: line } })},`,
  CSV: (line, at) => `"2024-05-01T10:11:12Z","web-1","[  123.${100_000 + at}] ${line}"`,
  netconsole: (line, at) => `2024-05-01 10:11:12 10.0.0.5:6666 4,${at},${1_000_000 + at},-;${line}`,
  'netconsole with the release': (line, at) => `6.4.0-rc1,4,${at},${1_000_000 + at},-,ncfrag=0/900;${line}`,
  'RFC 5424, without its priority': (line) => `1 2023-08-17T17:29:27.123456+00:00 web-1 kernel - - - ${line}`,
  'journalctl -o short-delta': (line, at) => `[  123.${100_000 + at} <    0.000004 >] web-1 kernel: ${line}`,
  'journalctl -o short-delta, the first': (line, at) => `[  123.${100_000 + at}                ] web-1 kernel: ${line}`,
  'journalctl -o json-seq': (line) => `\x1e${JSON.stringify({ MESSAGE: line })}`,
  'journalctl -o export, whole': (line, at) =>
    `__CURSOR=s=1f;i=${at}\n__REALTIME_TIMESTAMP=1692286167123456\nPRIORITY=4\n_TRANSPORT=kernel\nMESSAGE=${line}\n`,
  'journalctl -o verbose': (line, at) =>
    `Thu 2023-08-17 17:29:27.123456 CEST [s=1f;i=${at};b=2;m=3;t=4;x=5]\n    PRIORITY=4\n    MESSAGE=${line}\n    _TRANSPORT=kernel`,
  'dmesg -J': (line, at) =>
    `      },{\n         "pri": 4,\n         "time":   123.${100_000 + at},\n         "msg": ${JSON.stringify(line)}`,
  '/dev/kmsg with the device': (line, at) => `4,${at},${123_456_000 + at},-;${line}\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00`,
  'MediaTek, locked': (line, at) => `<4>[  123.${100_000 + at}] -(2)[3201:my task]${line}`,
  Amlogic: (line, at) => `[  123.${100_000 + at}@0]d${line}`,
  'a web page of spans': (line, at) =>
    `<span class="line">[  123.${100_000 + at}] ${line.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</span>`,
  'a web page of rows': (line, at) =>
    `<tr><td>${at}</td><td>[  123.${100_000 + at}] ${line.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</td></tr>`,
  'Markdown, as code': (line, at) => `> \`[  123.${100_000 + at}] ${line}\``,
  'a list of a program': (line, at) => `        "[  123.${100_000 + at}] ${line.replaceAll('"', String.raw`\"`)}",`,
  'a list of another program': (line, at) => `'[  123.${100_000 + at}] ${line}',`,
  'a list of objects': (line) => `- ${JSON.stringify({ dt: '2023-08-17T17:29:27.123456', lvl: 'target', msg: line })}`,
  'a web page': (line) => `&lt;4&gt;${line.replaceAll(' ', '&nbsp;').replaceAll('"', '&#34;')}<br>`,
  'blanks of a word processor': (line) => line.replaceAll(' ', '\u00a0'),
  'UTF-16': (line) => [...line].map((letter) => `${letter}\0`).join(''),
};

describe('what stands around a report', () => {
  const bare = oomText('6.11-global').replaceAll(/^\[ *\d+\.\d+\] ?/gm, '');
  const numbers = ({ events }: OomReport) =>
    events.map(({ asker, chosen, killed, memory, tasks, notes }) => ({ asker, chosen, killed, memory, tasks, notes }));
  const wanted = numbers(parse(bare));

  it.each(Object.keys(AROUND))('%s: every number and name is the same', (name) => {
    const around = AROUND[name] ?? ((line) => line);
    const lines = bare.split('\n').map((line, at) => (line === '' ? line : around(line, at)));
    const report = parse(lines.join('\n'));
    expect(wanted[0]?.killed[0]).toMatchObject({ pid: 116, name: 'stress-ng-vm' });
    expect(numbers(report)).toEqual(wanted);
  });

  /** As mail programs do it: only where a blank is. */
  const folded = (line: string, width: number, quote: string): string => {
    const lines: string[] = [];
    let now = '';
    for (const part of line.split(/ (?=\S)/)) {
      if (now !== '' && now.length + 1 + part.length > width) {
        lines.push(now.trim());
        now = part;
      } else now = now === '' ? part : `${now} ${part}`;
    }
    return [...lines, now].map((one) => `${quote}${one}`).join('\n');
  };

  it.each(FILES)('wrapped by a mail program: every number and name is the same: %s', (name) => {
    const text = oomText(name).replaceAll(/^(?:> )+/gm, '');
    if (name === '2.6.26-sysrq-wrapped' || name === '4.6-no-killable') return;
    const plain = numbers(parse(text));
    for (const width of [72, 76, 90, 120])
      for (const quote of ['', '> ', '> > '])
        expect(
          numbers(
            parse(
              text
                .split('\n')
                .map((line) => folded(line, width, quote))
                .join('\n'),
            ),
          ),
          `${width} ${quote}`,
        ).toEqual(plain);
  });

  it.each(Object.entries(AROUND))('no line of %s is taken for one of others', (_, around) => {
    const report = parse(bare.split('\n').map(around).join('\n'));
    expect(report.events.map(({ foreignLines }) => foreignLines)).toEqual([0]);
  });

  describe('a message of several lines: memory.stat, as the kernel printed it at once from 5.3 on', () => {
    const BEFORE = 'xray invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=-997';
    const HEAD = 'Memory cgroup stats for /kubepods.slice/a.scope:';
    const STAT = 'anon 28139520\nfile 8192\nkernel_stack 212992';
    const AFTER = 'Memory cgroup out of memory: Killed process 7 (xray) total-vm:8kB, anon-rss:4kB, file-rss:0kB';
    const ways: Readonly<Record<string, (message: string) => string>> = {
      'dmesg -T': (message) => `[Thu Aug 17 17:29:27 2023] ${message.replaceAll('\n', `\n${' '.repeat(27)}`)}`,
      '/dev/kmsg': (message) => `6,1,30745678,-;${message.replaceAll('\n', String.raw`\x0a`)}`,
      rsyslog: (message) => `Aug 17 17:29:27 host kernel: ${message.replaceAll('\n', '#012')}`,
      'journalctl -o json': (message) => JSON.stringify({ MESSAGE: message }),
      'journalctl -o json, as numbers': (message) => JSON.stringify({ MESSAGE: [...Buffer.from(message)] }),
      'journalctl -o json-pretty': (message) => JSON.stringify({ PRIORITY: '6', MESSAGE: message }, undefined, '\t'),
      'journalctl -o export': (message) =>
        message.includes('\n') ? `PRIORITY=6\nMESSAGE\n-\0\0\0\0\0\0\0${message}\n` : `PRIORITY=6\nMESSAGE=${message}\n`,
      'journalctl -o verbose': (message) => `    PRIORITY=6\n    MESSAGE=${message.replaceAll('\n', `\n${' '.repeat(12)}`)}`,
    };
    it.each(Object.entries(ways))('%s', (_, around) => {
      const [event, ...more] = parse([BEFORE, HEAD, STAT, AFTER].map(around).join('\n')).events;
      expect(more).toEqual([]);
      expect(event?.cgroup?.stats).toEqual([
        {
          path: '/kubepods.slice/a.scope',
          fields: [
            { name: 'anon', value: 28139520, unit: 'bytes' },
            { name: 'file', value: 8192, unit: 'bytes' },
            { name: 'kernel_stack', value: 212992, unit: 'bytes' },
          ],
        },
      ]);
      expect(event).toMatchObject({ killed: [{ pid: 7 }], foreignLines: 0 });
    });
  });

  it.each([
    ['a record of the journal', '__REALTIME_TIMESTAMP=1692286167123456\nMESSAGE=', { unixMs: 1692286167123.456 }],
    [
      'the journal as JSON',
      '{"__REALTIME_TIMESTAMP":"1692286167123456","_SOURCE_MONOTONIC_TIMESTAMP":"30745678","MESSAGE":"',
      { text: '30.745678', uptimeSeconds: 30.745678, unixMs: 1692286167123.456 },
    ],
    ['dmesg -J', '  "time":    30.745678,\n  "msg": "', { text: '30.745678', uptimeSeconds: 30.745678 }],
    ['journalctl -o verbose', 'Thu 2023-08-17 17:29:27.5 UTC [s=1;i=2;b=3]\n  MESSAGE=', { unixMs: 1692293367500 }],
    [
      'rsyslog, with the time of the kernel behind its own',
      '2023-08-17T17:29:27.123456+02:00 host kernel: [   30.745678] ',
      { text: '30.745678', uptimeSeconds: 30.745678, unixMs: 1692286167123 },
    ],
  ])('the time of %s', (_, before, when) => {
    const end = before.includes('{') ? '"}' : '';
    expect(
      parse(`${before}Killed process 7 (xray) total-vm:8kB, anon-rss:4kB, file-rss:0kB${end}`).events[0]?.when,
    ).toMatchObject(when);
  });

  it('names of any bytes in a record of /dev/kmsg', () => {
    const name = (told: string): string | undefined =>
      parse(`4,1,30745678,-;Killed process 7 (${told}) total-vm:8kB, anon-rss:4kB, file-rss:0kB`).events[0]?.killed[0]?.name;
    expect(name(String.raw`\xc3\xbcnl \x5cx`)).toBe(String.raw`ünl \x`);
    expect(name(String.raw`a\xffb`)).toBe('a\ufffdb');
  });

  it.each(FILES)('what stands before and behind %s changes nothing of it', (name) => {
    const text = oomText(name).trimEnd();
    const others = Array.from({ length: 1200 }, (_, at) => `Aug 17 17:29:27 web-1 sshd[${at}]: Failed password for root`).join(
      '\n',
    );
    const whole = parse(`${others}\n${text}\n${others}\n${text}\n${others}`);
    expect(whole.lines).toBe(3600 + 2 * text.split('\n').length);
    const alone = numbers(parse(text));
    expect(numbers(whole)).toEqual([...alone, ...alone]);
  });

  it('wrapped in the middle of a size, as it was sent', () => {
    // fsdevel list, 2023-03, 32 bits.
    const text = `> [ 1171.795551] Out of memory: Killed process 1669 (xdg-desktop-por) total-
vm:
> 105068kB, anon-rss:9792kB, file-rss:10972kB, shmem-rss:0kB, UID:1000=20
pgtables:
> 136kB oom_score_adj:200
> [ 1172.339920] systemd invoked oom-killer: gfp_mask=3D0xcc0(GFP_KERNEL),
> order=3D0, oom_score_adj=3D100`.replaceAll('=20', '');
    const [killed, asked] = parse(text).events;
    expect(killed?.killed).toEqual([
      {
        pid: 1669,
        name: 'xdg-desktop-por',
        uid: 1000,
        totalVm: 105068 * KIB,
        anonRss: 9792 * KIB,
        fileRss: 10972 * KIB,
        shmemRss: 0,
        pageTables: 136 * KIB,
        oomScoreAdj: 200,
      },
    ]);
    expect(asked).toMatchObject({
      asker: { command: 'systemd', order: 0, oomScoreAdj: 100, gfp: { flags: ['GFP_KERNEL'] } },
      firstLine: 6,
      lastLine: 7,
    });
  });

  it('a mail as it is stored: quoted-printable', () => {
    const encode = (line: string): string => line.replaceAll('=', '=3D').replaceAll(/((?:=3D|[^=]){70})(?=.)/g, '$1=\n');
    expect(numbers(parse(bare.split('\n').map(encode).join('\n')))).toEqual(wanted);
  });

  it('cut by a terminal of 80 columns', () => {
    const cut = bare
      .split('\n')
      .map((line) => line.replaceAll(/(.{80})(?=.)/g, '$1\n'))
      .join('\n');
    const [event] = parse(cut).events;
    expect(event).toMatchObject({ asker: wanted[0]?.asker, chosen: wanted[0]?.chosen, killed: wanted[0]?.killed });
    expect(event?.tasks).toEqual(wanted[0]?.tasks);
  });

  it('joins nothing that has a time of its own, or that is no rest', () => {
    const row = '[  443]     0   443   1233';
    const head = '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name';
    const broken = (next: string) => parse(`${head}\n${row}\n${next}\nOut of memory: Killed process 443 (shop)`).events[0];
    for (const next of ['eth0: link up', '[  99.5] 105971     214       3        0 shop', '']) {
      expect(broken(next)?.tasks, next).toEqual([]);
      expect(broken(next)?.notes, next).toContainEqual({ code: 'lines-broken', count: 1, line: 2 });
    }
    expect(broken('105971     214       3        0 shop')?.tasks).toMatchObject([{ pid: 443, name: 'shop', rss: 105971 * PAGE }]);
    const kill = parse('Out of memory: Killed process 7 (a) total-vm:4kB, anon-rss:4kB, file-rss:0kB\neth0: UID:5').events;
    expect(kill[0]?.killed).toEqual([{ pid: 7, name: 'a', totalVm: 4 * KIB, anonRss: 4 * KIB, fileRss: 0 }]);
  });

  it('reads past what people write beside a number', () => {
    const zone =
      'Node 0 DMA32 free:43500kB min:24252kB low:30312kB high:36376kB\nactive_anon:2643608kB(2.5G)  inactive_anon:61560kB';
    const [event] = parse(`a invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0\n${zone}`).events;
    expect(value(event?.memory?.zones[0]?.fields, 'active_anon')).toBe(2643608 * KIB);
    expect(value(event?.memory?.zones[0]?.fields, 'inactive_anon')).toBe(61560 * KIB);
  });

  it('/dev/kmsg tells the time in microseconds', () => {
    const line = '3,1024,123456789,-;Out of memory: Killed process 7 (shop) total-vm:4kB, anon-rss:4kB, file-rss:0kB';
    expect(parse(line).events[0]?.when).toEqual({ text: '123.456789', uptimeSeconds: 123.456789 });
  });
});

describe('killers that are not the kernel', () => {
  it.each([
    ['[  793.376354] send sigkill to 378 (Usage), adj 10, size 5552', 'lowmemorykiller'],
    [
      "05-01 10:11:12.123   590   590 I lowmemorykiller: Kill 'com.android.chrome' (4711), uid 10123, oom_score_adj 905 to free 81532kB",
      'lowmemorykiller',
    ],
    ["05-01 10:11:12.123   590   590 I lmkd    : Killing 'com.android.chrome' (4711), uid 10123, oom_adj 905", 'lmkd'],
    [
      'May  1 10:11:12 web-1 systemd-oomd[812]: Killed /user.slice/user-1000.slice/app.scope due to memory used (16382095360) / total (16620113920) and swap used',
      'systemd-oomd',
    ],
    [
      'May  1 10:11:12 web-1 earlyoom[1161]: sending SIGTERM to process 4711 uid 1000 "chrome": badness 302, VmRSS 1203 MiB',
      'earlyoom',
    ],
    ['[ 12.1] nohang[812]: Sending SIGTERM to the victim', 'nohang'],
  ])('%s', (line, name) => {
    expect(parse(`x\n${line}\n${line}`)).toMatchObject({ events: [], otherKillers: [{ name, lines: 2, firstLine: 2 }] });
  });

  it('are none where they only start, or where the kernel kills them', () => {
    const lines = [
      'systemd[1]: Started systemd-oomd.service - Userspace Out-Of-Memory (OOM) Killer.',
      'earlyoom[1161]: mem avail: 21790 of 23909 MiB (91.14%), swap free: 0 of 0 MiB',
      'Out of memory: Killed process 812 (systemd-oomd) total-vm:4kB, anon-rss:4kB, file-rss:0kB',
      'lowmemorykiller: lowmem_shrink 3, 201da, ofree 2 9, ma 529',
    ];
    expect(parse(lines.join('\n'))).toMatchObject({ events: [{ killed: [{ pid: 812 }] }], otherKillers: [] });
  });
});

describe('lines that somebody has picked out of a log', () => {
  const pids = (lines: readonly string[]): readonly (readonly (number | undefined)[])[] =>
    parse(lines.map((line, at) => `[${1000 * (at + 1)}.100000] ${line}`).join('\n')).events.map(
      ({ when, chosen, killed, reaped }) => [when?.uptimeSeconds, chosen?.pid, killed[0]?.pid, reaped[0]?.pid],
    );

  it('kills without their reason', () => {
    const killed = (pid: number): string => `Killed process ${pid} (dd) total-vm:1000kB, anon-rss:900kB, file-rss:20kB`;
    expect(isOomText(killed(7))).toBe(true);
    expect(pids([killed(7), killed(8)])).toEqual([
      [1000.1, undefined, 7, undefined],
      [2000.1, undefined, 8, undefined],
    ]);
  });

  it('what bounded the memory', () => {
    const bound = (pid: number): string =>
      `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=shop,pid=${pid},uid=0`;
    expect(pids([bound(7), bound(8)])).toEqual([
      [1000.1, 7, undefined, undefined],
      [2000.1, 8, undefined, undefined],
    ]);
  });

  it.each(['toString', 'constructor', '__proto__', 'CONSTRAINT_NEW'])('a bound that nobody knows: %s', (told) => {
    const [event] = parse(`oom-kill:constraint=${told},nodemask=(null),task=shop,pid=7,uid=0`).events;
    expect(event?.constraint).toEqual({ kind: 'other', told });
  });

  it('what was reaped', () => {
    const reaped = (pid: number): string =>
      `oom_reaper: reaped process ${pid} (dd), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB`;
    expect(isOomText(reaped(7))).toBe(true);
    expect(pids([reaped(7), reaped(8)])).toEqual([
      [1000.1, undefined, 7, 7],
      [2000.1, undefined, 8, 8],
    ]);
    const asked = 'shop invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0';
    expect(pids([asked, reaped(7)])).toEqual([[1000.1, undefined, 7, 7]]);
  });
});

describe('kills of OpenVZ', () => {
  // kb.plesk.com/en/123671; wrapped there, too.
  const line = (pid: number, joint = ' '): string =>
    `Nov 24 12:17:04 hwnode kernel: [758955.653313] Out of memory in UB 1234: OOM${joint}killed process ${pid} (php-cgi) score 0 vm:281988kB, rss:17004kB, swap:0kB`;

  it.each([' ', ' \n'])('are events of a container, behind %j', (joint) => {
    const text = `Nov 24 12:17:04 hwnode kernel: [758955.653217] OOM killer in rage, 16 tasks killed in ub 1234\n${line(21738, joint)}\n${line(21747, joint)}\n`;
    const { events } = parse(text);
    expect(isOomText(text.replaceAll(' \n', ' '))).toBe(true);
    expect(events.map(({ killed }) => killed.map(({ pid }) => pid))).toEqual([[21738], [21747]]);
    expect(events[0]).toMatchObject({
      constraint: { kind: 'other', told: 'UB 1234' },
      killed: [{ name: 'php-cgi', totalVm: 281988 * KIB, rss: 17004 * KIB, swap: 0 }],
    });
    expect(events[0] && oomHeadline(events[0])).toBe(
      'Memory ran out in UB 1234 (a container of OpenVZ): php-cgi (21738) was killed',
    );
  });
});

describe('a report of memory without a kill', () => {
  const memory = 'Mem-Info:\nactive_anon:239 inactive_anon:6242 isolated_anon:0\nfree:920311 free_pcp:30 free_cma:128398';

  it('is counted', () => {
    const failed = 'swapper/0: page allocation failure: order:5, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO)';
    expect(parse(`${failed}\n${memory}`)).toMatchObject({ events: [], memoryReports: { count: 1, firstLine: 2 } });
    expect(parse(`${memory}\nsh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0\n${memory}`)).toMatchObject({
      events: [{ firstLine: 4 }],
      memoryReports: { count: 1, firstLine: 1 },
    });
  });

  it('is of the event when the log tells who was killed', () => {
    const killed = 'Out of memory: Killed process 7 (sh) total-vm:4kB, anon-rss:4kB, file-rss:0kB';
    const report = parse(`${memory}\n${killed}`);
    expect(report.events).toMatchObject([{ killed: [{ pid: 7 }] }]);
    expect(report).not.toHaveProperty('memoryReports');
    // A heading alone says nothing.
    expect(parse('Mem-Info:\nx')).not.toHaveProperty('memoryReports');
  });
});

describe('lines of kills', () => {
  const killed = (line: string) => parse(line).events[0]?.killed[0];

  it.each([
    ['Out of memory: Killed process 3021, UID 48, (httpd).', { pid: 3021, uid: 48, name: 'httpd' }],
    [
      'Killed process 1877 (mysqld), UID 27, total-vm:2532084kB, anon-rss:1604960kB, file-rss:0kB, shmem-rss:0kB',
      { pid: 1877, uid: 27, name: 'mysqld', totalVm: 2532084 * KIB, anonRss: 1604960 * KIB },
    ],
    [
      'Killed process 1877 (a (b), UID 9, total-vm:) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
      { pid: 1877, name: 'a (b), UID 9, total-vm:', totalVm: 8 * KIB },
    ],
    ['Out of memory: Killed process 5 (Web Content) total-vm:8kB, anon-rss:4kB, file-rss:0kB', { pid: 5, name: 'Web Content' }],
  ])('%s', (line, wanted) => {
    expect(killed(line)).toMatchObject(wanted);
  });

  it('the first kernels of 5.4 print the bytes of page tables as kB', () => {
    const text = `[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[   3190]     0  3190   980000   130000  1400832        0           999 java
Out of memory: Killed process 3190 (java) total-vm:3920000kB, anon-rss:518000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1400832kB oom_score_adj:999`;
    expect(killed(text)?.pageTables).toBe(1_400_832);
    expect(killed(text.replace('pgtables:1400832kB', 'pgtables:1368kB'))?.pageTables).toBe(1368 * KIB);
  });
});
