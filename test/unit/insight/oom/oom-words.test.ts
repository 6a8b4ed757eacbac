import { describe, expect, it } from 'vitest';
import { OomParser } from '../../../../src/formats/kernel/oom.js';
import { explainOom } from '../../../../src/insight/oom/explain-oom.js';
import { oomHeadline, oomNoteText, oomReasonText, oomRequestText, oomScoreText } from '../../../../src/insight/oom/oom-words.js';
import type { OomEvent } from '../../../../src/model/oom.js';
import { textOf } from '../../procfs/fixture.js';

function eventOf(name: string, at = 0): OomEvent {
  const parser = new OomParser();
  parser.push(textOf(`oom/${name}.txt`));
  const event = parser.end().events[at];
  if (event === undefined) throw new Error(name);
  return event;
}
const why = (name: string, at = 0): readonly string[] => explainOom(eventOf(name, at)).reasons.map(oomReasonText);
const request = ({ asker, pageSize }: OomEvent): string => oomRequestText(asker?.order, pageSize, asker?.gfp);

describe('words of an OOM report', () => {
  it('why', () => {
    expect(why('4.6-no-killable', 1)).toEqual([
      'Less was free than the kernel keeps back from such a request: node 0 DMA (1.8 MiB free, needed are more than 1.8 MiB), node 0 DMA32 (2.5 MiB free, needed are more than 2.6 MiB).',
      'There was no swap.',
    ]);
    expect(why('4.17-memcg-v1-quoted')).toEqual([
      'The control group /dirty-test has reached its memory limit: 10 MiB of 10 MiB. The rest of the machine may have had memory.',
    ]);
    expect(why('5.14-memcg-v2')[0]).toContain('203.3 MiB of 200 MiB, 3.3 MiB beyond it');
    expect(why('5.x-memory-policy')).toEqual(['Only node 1 could be used (memory policy): other nodes may have had memory.']);
    expect(
      oomReasonText({
        code: 'fragmented',
        order: 2,
        block: 16384,
        zones: [{ node: 0, zone: 'Normal', state: 'fragmented', free: 4194304 }],
      }),
    ).toBe(
      'Enough was free, but not in one piece: 16 KiB in a row (order 2) were asked for, and node 0 Normal (4 MiB free) had no such block.',
    );
  });

  it('why, where an old kernel kept the blocks that there were', () => {
    const pieces = { block: 16384, free: 393216, kept: 521216 };
    const zones = [{ node: 0, zone: 'Normal', state: 'fragmented', free: 20885504, largeBlocks: 22, pieces }] as const;
    expect(oomReasonText({ code: 'fragmented', order: 2, block: 16384, zones })).toBe(
      'Enough was free, but not in one piece: 16 KiB in a row (order 2) were asked for, and node 0 Normal had 384 KiB in blocks of 16 KiB or more, of which kernels before 4.4 keep 509 KiB.',
    );
  });

  it('one line for a list', () => {
    expect(oomHeadline(eventOf('6.11-global'))).toBe(
      'Memory ran out in the machine: stress-ng-vm (116) with 7.6 GiB of its own was killed',
    );
    expect(oomHeadline(eventOf('4.17-memcg-v1-quoted'))).toBe(
      'Memory ran out in the control group /dirty-test: foo.sh (18415) with 472 KiB of its own was killed',
    );
    expect(oomHeadline(eventOf('2.6.26-sysrq-wrapped'))).toBe('A kill was asked for: a.out (2842) was killed');
    expect(oomHeadline(eventOf('4.6-no-killable', 2))).toBe('Memory ran out: nobody could be killed, and the machine stopped');
    expect(oomHeadline(eventOf('3.10-panic-on-oom'))).toBe(
      'Memory ran out in a control group: the machine stopped, as vm.panic_on_oom says',
    );
    expect(oomHeadline(eventOf('2.6.28-highmem', 1))).toBe('Memory ran out');
  });

  it('what was asked for', () => {
    expect(request(eventOf('6.11-global'))).toBe("one page: can't be moved, so CMA is out of reach, may wait for reclaim");
    expect(request(eventOf('5.14-memcg-v2'))).toBe('one page: can be moved, so CMA will do, may wait for reclaim');
    expect(oomRequestText(0, 4096, { mask: 0x80d0 })).toBe('one page; what the flags 0x80d0 mean differs between kernels');
    expect(oomRequestText(3, 4096, undefined)).toBe('8 pages in a row (32 KiB)');
  });

  it('the score, and what is missing', () => {
    const score = (name: string, at = 0): string => {
      const told = explainOom(eventOf(name, at)).victim.score;
      return told === undefined ? '' : oomScoreText(told);
    };
    expect(score('4.6-no-killable', 1)).toBe('Score 855: it follows from the table of tasks, with the 3 % that root had less.');
    expect(score('2.6.28-highmem')).toContain('before Linux 2.6.36');
    expect(eventOf('2.6.28-highmem', 1).notes.map(oomNoteText)).toEqual(['The text does not say who was killed.']);
    expect(oomNoteText({ code: 'flags-not-known' })).toBe(
      'The flags of the request are a number only, and what it means depends on the kernel version, which the report does not name.',
    );
  });
});
