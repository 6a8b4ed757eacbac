import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNextVictims } from '../../../../src/app/oom/next-victim.js';
import { candidateReason, nextVictimNotes } from '../../../../src/insight/oom/next-victim-words.js';

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
}: Shown): string {
  const memory = flags === 0 ? `VmRSS:\t${rss} kB\nVmPTE:\t${pte} kB\nVmSwap:\t${swap} kB\n` : '';
  const status = `Name:\t${name.replaceAll('\n', '\\n')}\nState:\t${state}\nUid:\t1000\t1000\t1000\t1000\n${memory}Threads:\t1\n`;
  const stat = `${pid} (${name}) ${state} 1 1 1 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 ${pid * 10} 1000 10 1 1 1 1 0 0 0\n`;
  return `${score}\n${adj}\n${status}${stat}`;
}
const THREAD: Shown = { pid: 2, name: 'kthreadd', flags: 0x20_0000, score: 0 };

const said = (shown: readonly Shown[], more: Readonly<Record<string, string>> = {}): string => {
  const parts = { meminfo: 'MemTotal: 1000 kB\nSwapTotal: 1000 kB\n', release: '6.1.0\n', mounts: '', user: '1000\n', ...more };
  const all = [...Object.entries(parts), ...shown.map((one) => [`${one.pid}`, files(one)] as const), ['end', ''] as const];
  return `${NONCE}\n${all.map(([name, body]) => `\n${NONCE} ${name}\n${body}`).join('')}`;
};

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
    expect(told?.candidates.map(candidateReason)).toEqual([
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
    expect(nextVictimNotes({ ...told, kernel: '4.14.0' }).join('\n')).toContain('of root 3 % less');
  });
});
