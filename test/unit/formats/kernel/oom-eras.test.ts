// Reports as the kernels of six generations print them (mm/page_alloc.c, mm/show_mem.c, mm/oom_kill.c), with numbers made here: each one must come back.
import { describe, expect, it } from 'vitest';
import { OomParser } from '../../../../src/formats/kernel/oom.js';
import type { OomEvent, OomField } from '../../../../src/model/oom.js';

interface Era {
  readonly head: (name: string) => string;
  /** Lines of the sums, in pages. */
  readonly sums: readonly string[];
  readonly node?: string;
  readonly zone: string;
  readonly typed: boolean;
  readonly columns?: string;
  readonly kill: string;
}

const LISTS = ['active_anon inactive_anon isolated_anon', 'active_file inactive_file isolated_file'];
const OLD_ZONE =
  'free min low high active_anon inactive_anon active_file inactive_file unevictable isolated(anon) isolated(file) present';
const SPLIT = 'writeback mapped shmem slab_reclaimable slab_unreclaimable kernel_stack pagetables unstable bounce';
const NEW_ZONE = 'active_anon inactive_anon active_file inactive_file unevictable writepending';
const NODE =
  'active_anon inactive_anon active_file inactive_file unevictable isolated(anon) isolated(file) mapped dirty writeback shmem';
const OLD_KILL =
  'Out of memory: Kill process 103 (kill me) score 5 or sacrifice child\nKilled process 103 (kill me) total-vm:400kB, anon-rss:12kB, file-rss:8kB';

const ERAS: Readonly<Record<string, Era>> = {
  '2.6.11': {
    head: () => 'oom-killer: gfp_mask=0xd0',
    sums: ['Active inactive dirty writeback unstable free slab mapped pagetables'],
    zone: 'free min low high active inactive present',
    typed: false,
    kill: 'Out of Memory: Killed process 103 (kill me).',
  },
  '2.6.32': {
    head: (name) => `${name} invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0`,
    sums: [
      ...LISTS,
      'unevictable dirty writeback unstable',
      'free slab_reclaimable slab_unreclaimable',
      'mapped shmem pagetables bounce',
    ],
    zone: `${OLD_ZONE} mlocked dirty ${SPLIT} writeback_tmp`,
    typed: false,
    columns: '[ pid ]   uid  tgid total_vm      rss cpu oom_adj name',
    kill: 'Out of memory: kill process 103 (kill me) score 1234 or a child\nKilled process 103 (kill me) vsz:400kB, anon-rss:12kB, file-rss:8kB',
  },
  '3.10': {
    head: (name) => `${name} invoked oom-killer: gfp_mask=0x3000d0, order=2, oom_score_adj=-500`,
    sums: [
      ...LISTS,
      'unevictable dirty writeback unstable',
      'free slab_reclaimable slab_unreclaimable',
      'mapped shmem pagetables bounce',
      'free_cma',
    ],
    zone: `${OLD_ZONE} managed mlocked dirty ${SPLIT} free_cma writeback_tmp`,
    typed: true,
    columns: '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
    kill: OLD_KILL,
  },
  '4.4': {
    head: (name) => `${name} invoked oom-killer: gfp_mask=0x24201ca, order=0, oom_score_adj=0`,
    sums: [
      ...LISTS,
      'unevictable dirty writeback unstable',
      'slab_reclaimable slab_unreclaimable',
      'mapped shmem pagetables bounce',
      'free free_pcp free_cma',
    ],
    zone: `${OLD_ZONE} managed mlocked dirty ${SPLIT} free_pcp local_pcp free_cma writeback_tmp`,
    typed: true,
    columns: '[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name',
    kill: OLD_KILL,
  },
  '4.9': {
    head: (name) =>
      `${name} invoked oom-killer: gfp_mask=0x24201ca(GFP_HIGHUSER_MOVABLE|__GFP_COLD), nodemask=0-1, order=0, oom_score_adj=0`,
    sums: [
      ...LISTS,
      'unevictable dirty writeback unstable',
      'slab_reclaimable slab_unreclaimable',
      'mapped shmem pagetables bounce',
      'free free_pcp free_cma',
    ],
    // Three had a blank behind the colon.
    node: `${NODE} shmem_thp:_ shmem_pmdmapped:_ anon_thp:_ writeback_tmp unstable`,
    zone: `free min low high ${NEW_ZONE} present managed mlocked slab_reclaimable slab_unreclaimable kernel_stack pagetables bounce free_pcp local_pcp free_cma`,
    typed: true,
    columns: '[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name',
    kill: OLD_KILL,
  },
  'after 6.12': {
    head: (name) => `${name} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0`,
    sums: [
      ...LISTS,
      'unevictable dirty writeback',
      'slab_reclaimable slab_unreclaimable',
      'mapped shmem pagetables',
      'sec_pagetables bounce',
      'kernel_misc_reclaimable',
      'free free_pcp free_cma',
    ],
    node: `${NODE} shmem_thp shmem_pmdmapped anon_thp kernel_stack shadow_call_stack pagetables sec_pagetables Balloon gpu_active gpu_reclaim`,
    zone: `free boost min low high reserved_highatomic free_highatomic ${NEW_ZONE} zspages present managed mlocked bounce free_pcp local_pcp free_cma`,
    typed: true,
    columns: '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
    kill: 'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/u,task=kill me,pid=103,uid=0\nOut of memory: Killed process 103 (kill me) total-vm:400kB, anon-rss:12kB, file-rss:8kB, shmem-rss:4kB, UID:0 pgtables:64kB oom_score_adj:0',
  },
};
const TASKS = ['x', 'a b', '(sd-pam)', 'kvm/1', '[z] 1 2 3', '12', 'a)b'];

const fieldsOf = (fields: readonly OomField[] | undefined): Record<string, number> =>
  Object.fromEntries((fields ?? []).map(({ name, value }) => [name, value]));

function eventOf(lines: readonly string[]): OomEvent {
  const parser = new OomParser();
  parser.push(lines.map((line, at) => `[   12.${100_000 + at}] ${line}`).join('\n'));
  const { events } = parser.end();
  expect(events).toHaveLength(1);
  return events[0] as OomEvent;
}

describe.each(Object.entries(ERAS))('%s', (_, era) => {
  it.each([
    [4, true],
    [4, false],
    [16, true],
    [64, false],
  ])('pages of %i KiB, nodes by name: %s', (kib, isNuma) => {
    const page = kib * 1024;
    let last = kib;
    /** Each number another one. */
    const next = (): number => (last += 7);
    const nodes = isNuma ? [0, 1] : [0];
    const zones = nodes.flatMap((node) => ['DMA', 'Normal', 'Movable'].map((name) => ({ node, name })));
    const before = (node: number): string => (isNuma ? `Node ${node} ` : '');
    const wanted: Record<string, unknown>[] = [];
    const amounts = (keys: string): { readonly text: string; readonly bytes: Record<string, number> } => {
      const bytes: Record<string, number> = {};
      const text = keys.split(' ').map((key) => {
        const [name = ''] = key.split(':');
        const value = next() * kib;
        bytes[name] = value * 1024;
        return `${key.endsWith('_') && key.includes(':') ? `${name}: ` : `${name}:`}${value}${name.includes('highatomic') ? 'KB' : 'kB'}`;
      });
      return { text: text.join(' '), bytes };
    };
    const sums: Record<string, number> = {};
    const lines = [...era.head('a b').split('\n'), 'Mem-Info:'];
    for (const line of era.sums)
      lines.push(
        ` ${line
          .split(' ')
          .map((name) => {
            const value = next();
            sums[name.toLowerCase()] = value * page;
            return `${name}:${value}`;
          })
          .join(' ')}`,
      );
    const perNode = era.node === undefined ? [] : nodes.map((node) => ({ node, ...amounts(era.node ?? '') }));
    for (const { node, text } of perNode) lines.push(`Node ${node} ${text} all_unreclaimable? no`);
    for (const { node, name } of zones) {
      const { text, bytes } = amounts(era.zone);
      const reserve = [next(), next(), 0];
      lines.push(`${before(node)}${name} ${text}`, `lowmem_reserve[]: ${reserve.join(' ')}`);
      wanted.push({ node, name, bytes, reserve: reserve.map((pages) => pages * page) });
    }
    for (const [at, { node, name }] of zones.entries()) {
      const blocks = Array.from({ length: 11 }, (__, order) => {
        const count = order % 3 === 0 ? 0 : next();
        return { size: page * 2 ** order, count, types: era.typed && count > 0 ? ['U', 'UME', 'C', 'UMEH'][order % 4] : '' };
      });
      const list = blocks.map(({ size, count, types }) => `${count}*${size / 1024}kB${types === '' ? '' : ` (${types})`}`);
      const total = blocks.reduce((sum, { size, count }) => sum + size * count, 0);
      lines.push(`${before(node)}${name}: ${list.join(' ')} = ${total / 1024}kB`);
      Object.assign(wanted[at] ?? {}, { blocks, total });
    }
    const columns =
      era.columns
        ?.trim()
        .split(/\s+/)
        .slice(era.columns.startsWith('[ ') ? 3 : 1, -1) ?? [];
    const rows =
      era.columns === undefined ? [] : TASKS.map((name, at) => ({ pid: 101 + at, name, values: columns.map(() => next()) }));
    if (era.columns !== undefined) lines.push(era.columns);
    for (const { pid, name, values } of rows) lines.push(`[  ${pid}] ${values.join('    ')} ${name}`);
    lines.push(...era.kill.split('\n'));

    const event = eventOf(lines);
    expect(event).toMatchObject({ pageSize: page, foreignLines: 0, killed: [{ pid: 103, name: 'kill me' }] });
    const { memory, tasks } = event;
    expect(fieldsOf(memory?.sums)).toEqual(sums);
    expect(memory?.nodes.map(({ node, fields }) => [node, fieldsOf(fields)])).toEqual(
      perNode.map(({ node, bytes }) => [node, bytes]),
    );
    expect(
      memory?.zones.map(({ node, name, fields, lowmemReserve, blocks, blocksTotal }) => ({
        ...{ node, name, bytes: fieldsOf(fields), reserve: lowmemReserve, blocks, total: blocksTotal },
      })),
    ).toEqual(wanted);
    const of = (values: readonly number[], name: string): number | undefined => values[columns.indexOf(name)];
    expect(
      tasks.map(({ pid, name, totalVm, rss, rssShmem, swap, oomScoreAdj, oomAdj }) => [
        pid,
        name,
        totalVm,
        rss,
        rssShmem,
        swap,
        oomScoreAdj,
        oomAdj,
      ]),
    ).toEqual(
      rows.map(({ pid, name, values }) => {
        const bytes = (column: string): number | undefined => {
          const pages = of(values, column);
          return pages === undefined ? undefined : pages * page;
        };
        return [
          pid,
          name,
          bytes('total_vm'),
          bytes('rss'),
          bytes('rss_shmem'),
          bytes('swapents'),
          of(values, 'oom_score_adj'),
          of(values, 'oom_adj'),
        ];
      }),
    );
    expect(tasks.map(({ pageTables }) => pageTables)).toEqual(
      rows.map(({ values }) => {
        const levels = ['nr_ptes', 'nr_pmds'].flatMap((name) => of(values, name) ?? []);
        return (
          of(values, 'pgtables_bytes') ?? (levels.length === 0 ? undefined : levels.reduce((sum, pages) => sum + pages * page, 0))
        );
      }),
    );
  });
});
