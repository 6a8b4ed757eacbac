import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OomParser } from '../../../../src/formats/kernel/oom.js';
import { explainOom, type OomExplanation } from '../../../../src/insight/oom/explain-oom.js';
import { oomPartWords } from '../../../../src/insight/oom/oom-part-words.js';
import type { OomEvent } from '../../../../src/model/oom.js';
import { textOf } from '../../procfs/fixture.js';

const KIB = 1024;
const PAGE = 4096;

function eventsOf(text: string): readonly OomEvent[] {
  const parser = new OomParser();
  parser.push(text);
  return parser.end().events;
}
const eventOf = (name: string, at = 0): OomEvent => {
  const event = eventsOf(textOf(`oom/${name}.txt`))[at];
  if (event === undefined) throw new Error(`${name} has no event ${at}`);
  return event;
};
const explain = (name: string, at = 0): OomExplanation => explainOom(eventOf(name, at));
const pagesOf = ({ parts }: OomExplanation): Record<string, number> =>
  Object.fromEntries((parts?.parts ?? []).map(({ id, bytes }) => [id, bytes / PAGE]));
const states = ({ zones }: OomExplanation): readonly string[] => zones.map(({ node, zone, state }) => `${node} ${zone} ${state}`);
const reasons = ({ reasons: list }: OomExplanation): readonly string[] => list.map(({ code }) => code);

/** A report with these zones. */
const report = (request: string, zones: string, more = ''): OomExplanation => {
  const [event] = eventsOf(`shop invoked oom-killer: ${request}, oom_score_adj=0\n${zones}\n${more}`);
  if (event === undefined) throw new Error('no event');
  return explainOom(event);
};

describe('reports of 2.6 before 2.6.28', () => {
  const old = (sums: string, more = ''): OomExplanation => {
    const [event] = eventsOf(
      `shop invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0\nMem-info:\n${sums}\nNormal free:3520kB min:2800kB low:5600kB high:8400kB active:471448kB inactive:8124kB present:507904kB\n${more}1000 pages of RAM`,
    );
    if (event === undefined) throw new Error('no event');
    return explainOom(event);
  };
  const label = ({ parts }: OomExplanation): string | undefined => parts && oomPartWords('applications', parts).label;

  it('files and programs are told apart by mapped-anon alone', () => {
    const both = old('Active:300 inactive:20 dirty:0 writeback:0 unstable:0 free:100 slab:30 mapped:240 pagetables:10');
    expect(pagesOf(both)).toEqual({ applications: 320, slab: 30, pageTables: 10, free: 100, unexplained: 540 });
    expect(label(both)).toBe('Applications and page cache');
    const apart = old('Active:300 inactive:20 dirty:0 free:100 slab:30 mapped-file:12 mapped-anon:240 pagetables:10');
    expect(pagesOf(apart)).toEqual({ applications: 240, pageCache: 80, slab: 30, pageTables: 10, free: 100, unexplained: 540 });
    expect(label(apart)).toBe('Applications');
  });

  it('a zone without memory is not short of it', () => {
    const told = old(
      'Active:300 inactive:20 free:100',
      'HighMem free:0kB min:128kB low:256kB high:384kB active:0kB inactive:0kB present:0kB\n',
    );
    expect(states(told)).toEqual(['0 Normal unknown', '0 HighMem empty']);
  });
});

describe('what newer kernels count by themselves', () => {
  // Lines as mm/show_mem.c prints them in the newest kernels: balloons, compressed pages and graphics came after 6.12.
  const NODE =
    'Node 0 active_anon:4000kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:0kB isolated(anon):0kB isolated(file):0kB mapped:0kB dirty:0kB writeback:0kB shmem:0kB writeback_tmp:8kB kernel_stack:40kB shadow_call_stack:4kB pagetables:16kB sec_pagetables:0kB all_unreclaimable? no Balloon:400kB gpu_active:80kB gpu_reclaim:20kB';
  const ZONE =
    'Node 0 Normal free:400kB boost:0kB min:800kB low:900kB high:1000kB reserved_highatomic:0KB free_highatomic:0KB active_anon:4000kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:0kB writepending:0kB zspages:600kB present:8000kB managed:8000kB mlocked:0kB bounce:12kB free_pcp:0kB local_pcp:0kB free_cma:0kB';
  const SUMS =
    'active_anon:1000 inactive_anon:0 isolated_anon:0\n active_file:0 inactive_file:0 isolated_file:0\n unevictable:0 dirty:0 writeback:0\n slab_reclaimable:0 slab_unreclaimable:0\n mapped:0 shmem:0 pagetables:4\n sec_pagetables:0 bounce:3\n kernel_misc_reclaimable:0\n free:100 free_pcp:0 free_cma:0';
  const told = report(
    'gfp_mask=0xcc0(GFP_KERNEL), order=0',
    `${SUMS}\n${NODE}\n${ZONE}\n0 total pagecache pages\n2000 pages RAM\n0 pages reserved`,
  );

  it('balloon, graphics, compressed pages, bounce buffers, pages that FUSE writes: none of it is unexplained', () => {
    expect(pagesOf(told)).toMatchObject({ balloon: 100, gpu: 25, zspages: 150, bounce: 3, fuseWriteback: 2, kernelStacks: 11 });
    const sum = 1000 + 4 + 100 + 100 + 25 + 150 + 3 + 2 + 11;
    expect(pagesOf(told)).toMatchObject({ unexplained: 2000 - sum });
    expect(
      (['balloon', 'gpu', 'zspages', 'bounce', 'fuseWriteback'] as const).map(
        (id) => told.parts && oomPartWords(id, told.parts).label,
      ),
    ).not.toContain(undefined);
  });

  it('a kernel that does not print them has no such part', () => {
    const ids = (explain('3.10-panic-on-oom').parts?.parts ?? []).map(({ id }) => id);
    for (const id of ['balloon', 'gpu', 'zspages'] as const) expect(ids).not.toContain(id);
  });
});

describe('explainOom', () => {
  it('6.11: all zones below what must be kept of them, no swap', () => {
    const told = explain('6.11-global');
    expect(states(told)).toEqual(['0 DMA below-min', '0 DMA32 below-min', '0 Normal below-min']);
    expect(told.zones.map(({ needed }) => (needed ?? 0) / KIB)).toEqual([20 + 7890 * 4, 2728 + 5994 * 4, 8628]);
    expect(reasons(told)).toEqual(['below-min', 'no-swap']);
    expect(pagesOf(told)).toEqual({
      applications: 1995268,
      shared: 4157,
      pageCache: 4653,
      slabReclaimable: 878,
      slabUnreclaimable: 5771,
      kernelReclaimable: 0,
      kernelStacks: 536,
      pageTables: 4009,
      hugePages: 0,
      bounce: 0,
      fuseWriteback: 0,
      hwPoisoned: 0,
      reserved: 67366,
      perCpuFree: 8616,
      free: 1097,
      unexplained: 4671,
    });
    expect(told.parts).toMatchObject({ total: 2097022 * PAGE, totalFrom: 'ram', sharedIsInside: false });
    expect(told.tasks).toMatchObject({ exempt: 2, total: 2029656 * PAGE });
    expect(told.tasks.holders.map(({ task }) => task.pid)).toEqual([116, 114, 111, 115]);
    expect(told.victim).toMatchObject({ isChild: false, higher: [], freed: 7980628 * KIB, score: { kind: 'not-printed' } });
    // 1995298 pages, 3919 of page tables and all of the total: 1000 thousandths more.
    expect(told.victim.score).toEqual({
      kind: 'not-printed',
      computed: Math.floor(((1995298 + 3919 + 2029 * 1000) * 1000) / 2029656),
    });
  });

  it('4.6: the printed score follows from the table, with what root has less', () => {
    const told = explain('4.6-no-killable', 1);
    expect(states(told)).toEqual(['0 DMA below-min', '0 DMA32 below-min']);
    // 1816 KiB are below 92 KiB and the 432 pages kept from requests for higher zones, though above min.
    expect(told.zones[0]).toMatchObject({ free: 1816 * KIB, needed: 1820 * KIB });
    expect(told.tasks.total).toBe(120368 * PAGE);
    expect(told.victim.score).toEqual({ kind: 'agrees', printed: 855, withRootBonus: true });
    expect(told.victim.freed).toBe(423880 * KIB);
    // Of the event before, only the end is in the text.
    expect(explain('4.6-no-killable').victim.score).toEqual({ kind: 'not-computable', printed: 855, why: 'no-total' });
    expect(explain('4.6-no-killable').reasons).toEqual([{ code: 'not-told' }]);
    const none = explain('4.6-no-killable', 2);
    expect(none.tasks).toMatchObject({ holders: [], exempt: 0 });
    expect(none.victim).toEqual({ isChild: false });
  });

  it('a control group at its limit: by how much, and the score of its task', () => {
    const one = explain('4.17-memcg-v1-quoted');
    expect(one.reasons).toEqual([
      { code: 'group-limit', group: '/dirty-test', limit: 'memory', usage: 10240 * KIB, bound: 10240 * KIB, over: 0 },
    ]);
    // 652 pages and 18 of page tables, of 2560.
    expect(one.victim).toMatchObject({ isChild: true, score: { kind: 'agrees', printed: 261, withRootBonus: false } });
    const two = explain('5.14-memcg-v2');
    expect(two.reasons).toMatchObject([{ code: 'group-limit', limit: 'memory', over: 3404 * KIB }]);
    expect(two.parts).toBeUndefined();
    expect(two.tasks.exempt).toBe(0);
  });

  it('2.6.28: what is free is high memory, and the slab holds the rest', () => {
    const told = explain('2.6.28-highmem');
    expect(states(told)).toEqual(['0 DMA below-min', '0 Normal enough', '0 HighMem out-of-reach']);
    expect(told.reasons).toMatchObject([
      { code: 'enough-free', zones: [{ zone: 'Normal', free: 3744 * KIB, needed: 3720 * KIB }] },
      { code: 'free-elsewhere', free: 23184 * KIB },
      { code: 'swap-left', free: 2795472 * KIB, total: 2971984 * KIB },
    ]);
    expect(pagesOf(told)).toEqual({
      applications: 16690,
      pageCache: 19761,
      slab: 202882,
      pageTables: 644,
      reserved: 5613,
      bounce: 0,
      free: 7608,
      unexplained: 6642,
    });
    expect(told.parts?.sharedIsInside).toBe(true);
    expect(told.victim).toEqual({ isChild: true, score: { kind: 'not-computable', printed: 75994, why: 'old-kernel' } });
  });

  it('2.6: without the request a zone is judged only where any request would fail or pass', () => {
    const told = explain('2.6.3x-allocating-task-cut');
    expect(states(told)).toEqual(['0 DMA unknown', '0 Normal below-min', '0 HighMem enough']);
    expect(pagesOf(told)).toMatchObject({ kernelStacks: 11320, applications: 167214, unexplained: 45205 });
    expect(told.victim.score).toEqual({ kind: 'not-computable', printed: 0, why: 'asker-taken' });
  });

  it('a kill by SysRq and a machine set to panic have no zone to blame', () => {
    expect(explain('2.6.26-sysrq-wrapped').reasons).toEqual([{ code: 'manual' }]);
    const told = explain('3.10-panic-on-oom');
    // 15900 KiB of DMA are kept for requests that can use nothing else.
    expect(states(told)).toEqual(['0 DMA below-min', '0 DMA32 enough', '0 Normal enough']);
    // The backtrace goes through mem_cgroup_oom_synchronize: 24 GiB are free, but not for the group.
    expect(told.reasons).toEqual([{ code: 'group' }, { code: 'no-swap' }]);
    expect(told.tasks.exempt).toBe(3);
    expect(told.tasks.holders[0]).toMatchObject({ task: { pid: 6331 }, held: (2629890 + 5305) * PAGE });
    expect(pagesOf(told)['hugePages']).toBe(1024 * 512);
  });

  it('a memory policy: the one chosen is not the largest of the machine', () => {
    const told = explain('5.x-memory-policy');
    expect(told.reasons).toEqual([{ code: 'nodes', by: 'memory-policy', nodes: '1' }]);
    expect(told.victim.higher?.map(({ task }) => task.pid)).toEqual([12399]);
  });

  it('CMA: free memory that a request for unmovable pages can not have', () => {
    const zone =
      'Node 0 Normal free:142612kB min:3540kB low:4424kB high:5308kB managed:900000kB free_cma:137876kB\nlowmem_reserve[]: 0 0 0';
    const needs = 'Node 0 Normal free:139612kB min:3540kB low:4424kB high:5308kB managed:900000kB free_cma:137876kB';
    expect(report('gfp_mask=0xdc2(GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO), order=0', zone).zones).toMatchObject([
      { state: 'enough', barred: 137876 * KIB },
    ]);
    const told = report('gfp_mask=0xdc2(GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO), order=0', `${needs}\nlowmem_reserve[]: 0 0 0`);
    expect(states(told)).toEqual(['0 Normal below-min']);
    expect(told.reasons).toMatchObject([{ code: 'below-min' }, { code: 'cma-only', free: 139612 * KIB, cma: 137876 * KIB }]);
    expect(states(report('gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0', `${needs}\nlowmem_reserve[]: 0 0 0`))).toEqual([
      '0 Normal enough',
    ]);
    // A number that nobody can name: what of CMA it may have is not known.
    expect(states(report('gfp_mask=0xdc2, order=0', `${needs}\nlowmem_reserve[]: 0 0 0`))).toEqual(['0 Normal unknown']);
  });

  it('fragmentation: enough is free, but no block of the order', () => {
    const zone = 'Node 0 Normal free:90000kB min:3540kB low:4424kB high:5308kB managed:900000kB\nlowmem_reserve[]: 0 0 0';
    const blocks = 'Node 0 Normal: 20000*4kB (UM) 1250*8kB (UM) 0*16kB 0*32kB 3*64kB (C) 0*128kB = 90192kB';
    const told = report('gfp_mask=0xcc0(GFP_KERNEL), order=2', `${zone}\n${blocks}`);
    expect(told.reasons).toMatchObject([{ code: 'fragmented', order: 2, block: 16 * KIB, zones: [{ largeBlocks: 0 }] }]);
    expect(report('gfp_mask=0xcc0(GFP_KERNEL), order=1', `${zone}\n${blocks}`).zones[0]).toMatchObject({
      state: 'enough',
      largeBlocks: 1250,
    });
    expect(report('gfp_mask=0xcc0(GFP_KERNEL), order=2', zone).zones[0]?.state).toBe('unknown');
  });

  it('fragmentation before 4.4: blocks of the order are there, but fewer than the mark of their size', () => {
    const zone = 'Normal free:20396kB min:2036kB low:2544kB high:3052kB present:260096kB\nlowmem_reserve[]: 0 0';
    const blocks = 'Normal: 4000*4kB 500*8kB 20*16kB 2*32kB 0*64kB = 20384kB';
    const told = report('gfp_mask=0x44d0, order=2, oomkilladj=0', `${zone}\n${blocks}`);
    // 20,396 - 12 kB less 16,000 kB are more than half of the mark; less 4,000 kB more, not more than a quarter.
    const pieces = { block: 16 * KIB, free: 384 * KIB, kept: 509 * KIB };
    expect(told.reasons).toMatchObject([
      { code: 'fragmented', order: 2, zones: [{ state: 'fragmented', largeBlocks: 22, pieces }] },
    ]);
    expect(report('gfp_mask=0x44d0, order=1, oomkilladj=0', `${zone}\n${blocks}`).zones[0]?.state).toBe('enough');
    // Newer kernels need one block.
    expect(report('gfp_mask=0xcc0(GFP_KERNEL), order=2, oom_score_adj=0', `${zone}\n${blocks}`).zones[0]?.state).toBe('enough');
  });

  it('nodes that the policy forbids are out of reach', () => {
    const zones = [0, 1]
      .map((node) => `Node ${node} Normal free:${node === 0 ? 9000 : 100}kB min:400kB low:500kB high:600kB`)
      .join('\n');
    const told = report(
      'gfp_mask=0xcc0(GFP_KERNEL), nodemask=1, order=0',
      `${zones}\nlowmem_reserve[]: 0 0`,
      'oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=1,cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/,task=shop,pid=7,uid=0',
    );
    expect(states(told)).toEqual(['0 Normal out-of-reach', '1 Normal below-min']);
    expect(told.reasons).toMatchObject([{ code: 'nodes' }, { code: 'below-min' }, { code: 'free-elsewhere', free: 9000 * KIB }]);
  });

  it('shows a remainder below zero as it is', () => {
    const told = report(
      'gfp_mask=0xcc0(GFP_KERNEL), order=0',
      'active_anon:900 inactive_anon:200 isolated_anon:0\n free:10',
      '1000 pages RAM',
    );
    expect(pagesOf(told)).toEqual({ applications: 1100, free: 10, unexplained: -110 });
  });

  it('a control group that may swap: what the score is a share of shows in the score, or is not told', () => {
    // google/cadvisor, a test of its reader: Linux 4.8, memory 300 MiB, memory and swap 600 MiB.
    const group = (memory: string, score: string): OomExplanation =>
      report(
        'gfp_mask=0x24000c0(GFP_KERNEL), order=0',
        `Task in /docker/6c6f killed as a result of limit of /docker/6c6f
memory: usage 307112kB, limit 307200kB, failcnt 35982
${memory}
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[ 1667]     0  1667   210894    62557     315       4    91187             0 gunpowder-memho
[ 1668]     0  1668   210894        7     302       4        3           100 helper`,
        `Memory cgroup out of memory: Kill process 1667 (gunpowder-memho)${score}`,
      );
    const both = group('memory+swap: usage 614400kB, limit 614400kB, failcnt 11', ' score 1003 or sacrifice child');
    expect(both.tasks.total).toBe(614400 * KIB);
    expect(both.victim).toMatchObject({ score: { kind: 'agrees', printed: 1003 }, higher: [] });
    const open = group('memory+swap: usage 614400kB, limit 9007199254740988kB, failcnt 11', ' score 1003 or sacrifice child');
    expect(open.tasks.total).toBeUndefined();
    expect(open.victim.score).toEqual({ kind: 'not-computable', printed: 1003, why: 'no-total' });
    expect(open.victim.higher).toBeUndefined();
    expect(group('memory+swap: usage 614400kB, limit 614400kB, failcnt 11', '').tasks.total).toBeUndefined();
    // Nothing may be swapped.
    expect(group('memory+swap: usage 307112kB, limit 307200kB, failcnt 0', '').tasks.total).toBe(307200 * KIB);
    expect(group('swap: usage 0kB, limit 0kB, failcnt 0', '').tasks.total).toBe(307200 * KIB);
  });

  it('adds up exactly, and names a score that does not follow', () => {
    const names = [
      'active_anon',
      'inactive_file',
      'unevictable',
      'shmem',
      'slab_unreclaimable',
      'pagetables',
      'free',
      'free_pcp',
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(1e9), { minLength: 10, maxLength: 10 }), ([ram = 0, cache = 0, ...values]) => {
        const sums = names.map((name, at) => `${name}:${values[at] ?? 0}`).join(' ');
        const { parts } = report('gfp_mask=0x0(), order=0', `${sums}\n${cache} total pagecache pages\n${ram} pages RAM`);
        expect(parts?.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(ram * PAGE);
      }),
    );
    const text = textOf('oom/4.6-no-killable.txt').replace("443 (oleg's-test) score 855", "443 (oleg's-test) score 700");
    const event = eventsOf(text)[1];
    expect(event && explainOom(event).victim.score).toEqual({ kind: 'differs', printed: 700, computed: 882 });
  });
});
