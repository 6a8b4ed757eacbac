import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNextVictims } from '../../../../src/app/oom/next-victim.js';
import { scoringOf } from '../../../../src/insight/oom/next-victim-score.js';
import { candidateReason, firstVictimText, nextVictimNotes } from '../../../../src/insight/oom/next-victim-words.js';
import type { NextVictims } from '../../../../src/model/next-victim.js';

const NONCE = '0f2e4a1c-1111-4222-8333-123456789abc';
const KIB = 1024;

interface Shown {
  readonly pid: number;
  readonly name?: string;
  readonly score?: number;
  readonly adj?: number;
  readonly rss?: number;
  readonly swap?: number;
  readonly pte?: number;
  readonly flags?: number;
  readonly state?: string;
  readonly uid?: number;
  readonly vmSize?: number;
  readonly parent?: number;
}

/** As the files of a process are printed; the name stands in stat as it is, in status with its newlines escaped. */
function files({
  pid,
  name = 'shop',
  score = 700,
  adj = 0,
  rss = 100,
  swap = 0,
  pte = 8,
  flags = 0,
  state = 'S',
  uid = 1000,
  vmSize,
  parent = 1,
}: Shown): string {
  const memory =
    flags === 0
      ? `${vmSize === undefined ? '' : `VmSize:\t${vmSize} kB\n`}VmRSS:\t${rss} kB\nVmPTE:\t${pte} kB\nVmSwap:\t${swap} kB\n`
      : '';
  const status = `Name:\t${name.replaceAll('\n', '\\n')}\nState:\t${state}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n${memory}Threads:\t1\n`;
  const stat = `${pid} (${name}) ${state} ${parent} 1 1 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 ${pid * 10} 1000 10 1 1 1 1 0 0 0\n`;
  return `${score}\n${adj}\n${status}${stat}`;
}
const THREAD: Shown = { pid: 2, name: 'kthreadd', flags: 0x20_0000, score: 0 };

const said = (shown: readonly Shown[], more: Readonly<Record<string, string>> = {}): string => {
  const parts = { meminfo: 'MemTotal: 1000 kB\nSwapTotal: 1000 kB\n', release: '6.1.0\n', mounts: '', user: '1000\n', ...more };
  const all = [...Object.entries(parts), ...shown.map((one) => [`${one.pid}`, files(one)] as const), ['end', ''] as const];
  return `${NONCE}\n${all.map(([name, body]) => `\n${NONCE} ${name}\n${body}`).join('')}`;
};

const reasons = (told: NextVictims | undefined): readonly string[] =>
  told === undefined ? [] : told.candidates.map((one) => candidateReason(one, told, scoringOf(told)));
const firstOf = (told: NextVictims | undefined): string | undefined =>
  told === undefined ? undefined : firstVictimText(told, scoringOf(told));

describe('the look itself', () => {
  const pids = (shown: readonly Shown[], own: number): readonly number[] | undefined =>
    parseNextVictims(said(shown, { own: `${own}\n` }))?.candidates.map(({ pid }) => pid);

  it('is left out: its shells, up to what is none, and what they have started', () => {
    const shown: readonly Shown[] = [
      { pid: 10, name: 'sshd', parent: 1 },
      { pid: 11, name: 'ash', parent: 10 },
      { pid: 12, name: 'sh', parent: 11 },
      { pid: 13, name: 'sudo', parent: 12 },
      { pid: 14, name: 'sh', parent: 13 },
      { pid: 15, name: 'sed', parent: 14 },
      { pid: 16, name: 'sleep', parent: 11 },
    ];
    expect(pids(shown, 14)).toEqual([10]);
  });

  it('what a person has begun from the same shell stays, and so do shells of others', () => {
    const shown: readonly Shown[] = [
      { pid: 11, name: 'ash', parent: 1 },
      { pid: 12, name: 'app', parent: 11 },
      { pid: 13, name: 'sh', parent: 12 },
      { pid: 14, name: 'sh', parent: 11 },
      { pid: 15, name: 'sh', parent: 1 },
    ];
    expect(pids(shown, 14)).toEqual([12, 13, 15]);
  });

  it.each([1, 0, 99])('the first process is never of it (own: %i), and a circle of parents ends', (own) => {
    const shown: readonly Shown[] = [
      { pid: 1, name: 'sh', parent: 0 },
      { pid: 99, name: 'sh', parent: 98 },
      { pid: 98, name: 'sh', parent: 99 },
    ];
    expect(pids(shown, own)).toEqual(own === 99 ? [1] : [1, 98, 99]);
  });
});

describe('how the kernel comes to a score', () => {
  const MEMORY = { meminfo: 'MemTotal: 1000000 kB\nSwapTotal: 1000000 kB\n' };
  const list = (shown: readonly Shown[], more: Readonly<Record<string, string>> = {}): NextVictims | undefined =>
    parseNextVictims(said([THREAD, ...shown], { ...MEMORY, ...more }));

  it('a score that was read a moment before', () => {
    const told = list([{ pid: 7, score: 799, rss: 200_000, swap: 195_000, pte: 5000 }]);
    expect(reasons(told)[0]).toMatch(/two thirds of 1000 \+ 200 are 800, next to the 799 that the kernel says\.$/);
  });

  it('since 5.9: two thirds of 1000 + share + oom_score_adj', () => {
    const told = list([
      { pid: 7, score: 800, rss: 200_000, swap: 195_000, pte: 5000 },
      { pid: 8, score: 866, rss: 200_000, pte: 0, adj: 200 },
      { pid: 9, score: 467, rss: 200, adj: -300 },
    ]);
    expect(reasons(told)).toEqual([
      'Holds 100 thousandths (RSS 195.3 MiB, page tables 0 bytes), and oom_score_adj adds 200: 300, and two thirds of 1000 + 300 are 866.',
      'Holds 200 thousandths (RSS 195.3 MiB, swap 190.4 MiB, page tables 4.9 MiB): 200, and two thirds of 1000 + 200 are 800.',
      'Holds 0 thousandths (RSS 200 KiB, page tables 8 KiB), and oom_score_adj takes off 300: -300, and two thirds of 1000 + (-300) are 467.',
    ]);
    expect(firstOf(told)).toBe(
      'shop (8) has the highest score, 866. Holds 100 thousandths (RSS 195.3 MiB, page tables 0 bytes), and oom_score_adj adds 200: 300, and two thirds of 1000 + 300 are 866.',
    );
  });

  it('the same by its scores, where a vendor has it in an older kernel', () => {
    const shown = [{ pid: 7, score: 800, rss: 400_000, pte: 0 }];
    expect(reasons(list(shown, { release: '5.4.0-acme\n' }))[0]).toContain('two thirds of 1000 + 200 are 800');
  });

  it('before: share + oom_score_adj, of root less', () => {
    const told = list(
      [
        { pid: 7, score: 500, rss: 400_000, pte: 0, adj: 300 },
        { pid: 8, score: 194, rss: 400_000, pte: 0, uid: 0 },
        { pid: 9, score: 0, rss: 400_000, pte: 0, adj: -300 },
      ],
      { release: '4.14.0\n' },
    );
    expect(reasons(told).map((text) => text.replace(/ \(RSS[^)]*\)/, ''))).toEqual([
      'Holds 200 thousandths, and oom_score_adj adds 300: 500.',
      'Holds 200 thousandths: 200, and 194 with the 3 % that root has less.',
      'Holds 200 thousandths, and oom_score_adj takes off 300: -100, which counts as 0.',
    ]);
    expect(nextVictimNotes(told as NextVictims).join('\n')).not.toContain('not follow');
  });

  it('a score that does not come out is told with both numbers; many of them are a note', () => {
    const one = list([
      { pid: 7, score: 700, rss: 400_000, pte: 0 },
      ...[11, 12, 13, 14, 15].map((pid) => ({ pid, score: 667, rss: 100 })),
    ]);
    expect(reasons(one)[0]).toMatch(/two thirds of 1000 \+ 200 are 800, where the kernel says 700\.$/);
    expect(nextVictimNotes(one as NextVictims).join('\n')).not.toContain('not follow');
    // As with lxcfs: the machine has 16 times the memory of the container.
    const container = parseNextVictims(
      said(
        [
          { pid: 7, score: 675, rss: 400_000, pte: 0 },
          { pid: 8, score: 671, rss: 200_000 },
        ],
        MEMORY,
      ),
    );
    expect(nextVictimNotes(container as NextVictims).join('\n')).toContain(
      '2 scores do not follow from that (of 2): /proc/meminfo of a container may tell the container’s memory',
    );
  });

  it('the same score twice: what is printed is rounded', () => {
    expect(
      firstOf(
        list([
          { pid: 7, score: 667 },
          { pid: 8, score: 667 },
        ]),
      ),
    ).toContain('Others have the same score');
    expect(firstOf(list([{ pid: 7, score: 0, adj: -1000 }]))).toBeUndefined();
  });

  it('before 2.6.36 there is oom_adj, and no process is unread for that', () => {
    const told = list(
      [
        { pid: 7, score: 3_500_000_000, adj: 15, vmSize: 600_000 },
        { pid: 8, score: 900, adj: -2 },
        { pid: 9, score: 0, adj: -17 },
      ],
      { release: '2.6.32-431.el6\n', adj: 'oom_adj\n' },
    );
    expect(told).toMatchObject({ usesOomAdj: true, unread: 0 });
    expect(told?.candidates.map(({ pid, score, adj, oomAdj, isExempt }) => [pid, score, adj, oomAdj, isExempt])).toEqual([
      [7, 3_500_000_000, 0, 15, false],
      [8, 900, 0, -2, false],
      [9, 0, 0, -17, true],
    ]);
    expect(reasons(told)).toEqual([
      'This kernel counts the address space (585.9 MiB), less for run time, and oom_adj doubles it 15 times. It holds RSS 100 KiB, page tables 8 KiB.',
      'This kernel counts the address space, less for run time, and oom_adj halves it 2 times. It holds RSS 100 KiB, page tables 8 KiB.',
      'Exempt: oom_adj is -17.',
    ]);
    expect(nextVictimNotes(told as NextVictims).join('\n')).toContain('Before Linux 2.6.36');
  });
});

describe('who would be killed next', () => {
  it('is the one with the highest score; what the kernel counts is added up', () => {
    const told = parseNextVictims(
      said([THREAD, { pid: 7, score: 667 }, { pid: 9, score: 800, adj: 150, rss: 90, swap: 100, pte: 10 }]),
    );
    expect(told?.candidates.map(({ pid }) => pid)).toEqual([9, 7]);
    expect(told?.candidates[0]).toEqual({
      pid: 9,
      startTicks: 90,
      name: 'shop',
      uid: 1000,
      score: 800,
      adj: 150,
      rss: 90 * KIB,
      swap: 100 * KIB,
      pageTables: 10 * KIB,
      held: 200 * KIB,
      share: 100,
      isExempt: false,
    });
    expect(told).toMatchObject({ total: 2000 * KIB, kernel: '6.1.0', unread: 0 });
    expect(told?.partly).toBeUndefined();
  });

  it('threads of the kernel and zombies are none; the first process and -1000 are exempt', () => {
    const told = parseNextVictims(
      said([THREAD, { pid: 1, name: 'init', score: 0 }, { pid: 8, state: 'Z' }, { pid: 9, adj: -1000, score: 0 }]),
    );
    expect(told?.candidates.map(({ pid, isExempt }) => [pid, isExempt])).toEqual([
      [1, true],
      [9, true],
    ]);
    expect(reasons(told)).toEqual([
      'Exempt: process 1 is the first one, and without it the machine stops.',
      'Exempt: oom_score_adj is -1000.',
    ]);
  });

  it('in a container, and where /proc hides others, it says that not all are seen', () => {
    const container = parseNextVictims(said([{ pid: 1 }]));
    expect(container?.partly).toBe('container');
    expect(container?.candidates[0]?.isExempt).toBe(false);
    const mounts = '22 1 0:5 / /proc rw shared:5 - proc proc rw,hidepid=2\n';
    expect(parseNextVictims(said([{ pid: 7 }], { mounts }))?.partly).toBe('hidden');
    expect(parseNextVictims(said([THREAD, { pid: 7 }], { mounts, user: '0\n' }))?.partly).toBeUndefined();
  });

  it('a process that ended in the midst is counted, and a text that did not come to its end is none', () => {
    const whole = said([THREAD, { pid: 7 }]);
    expect(parseNextVictims(whole.replace(/VmRSS[\s\S]*(?=\n\n0f2e4a1c-1111-4222-8333-123456789abc end)/, ''))).toMatchObject({
      unread: 1,
    });
    expect(parseNextVictims(whole.slice(0, -10))).toBeUndefined();
    expect(parseNextVictims('')).toBeUndefined();
  });

  it('any name is a name, and makes no other process', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\n', ' ', ')', '(', '0', '7', ':', 'S', '-', 'é'), maxLength: 15 }),
        (name) => {
          const told = parseNextVictims(said([THREAD, { pid: 7, name, score: 5 }, { pid: 9, score: 3 }]));
          expect(told?.candidates.map((one) => [one.pid, one.name, one.score, one.startTicks])).toEqual([
            [7, name, 5, 70],
            [9, 'shop', 3, 90],
          ]);
        },
      ),
    );
  });

  it('never throws, whatever was said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(said([THREAD, { pid: 7 }]), `${NONCE}\n`, `\n${NONCE} `))),
        (texts) => {
          parseNextVictims(texts.join(''));
        },
      ),
    );
  });

  it('the notes tell how the kernel of the target counts', () => {
    const told = parseNextVictims(said([THREAD, { pid: 7 }]));
    if (told === undefined) throw new Error('nothing was read');
    expect(nextVictimNotes(told).join('\n')).toContain('two thirds of 1000');
    const older = parseNextVictims(said([THREAD, { pid: 7, score: 54 }], { release: '4.14.0\n' }));
    expect(nextVictimNotes(older as NextVictims).join('\n')).toContain('of root 3 % less');
  });
});
