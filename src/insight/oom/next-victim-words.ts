import { formatBytes, formatCount } from '../../base/units.js';
import { kernelVersion, kernelVersionOf } from '../../model/kernel-version.js';
import type { NextVictims, OomCandidate } from '../../model/next-victim.js';

/** Since then the score is (1000 + share + oom_score_adj) * 2/3: 667 is a process that holds nothing. */
const SHIFTED_SCORE = kernelVersion(5, 9);

/** Why a process has its place, in a sentence. */
export function candidateReason({ adj, isExempt, pid, pageTables, rss, share, swap }: OomCandidate): string {
  if (isExempt) {
    return adj === -1000
      ? 'Exempt: oom_score_adj is -1000.'
      : `Exempt: process ${pid} is the first one, and without it the machine stops.`;
  }
  const parts = [
    `RSS ${formatBytes(rss)}`,
    ...(swap === 0 ? [] : [`swap ${formatBytes(swap)}`]),
    `page tables ${formatBytes(pageTables)}`,
  ].join(', ');
  const moved = adj === 0 ? '' : adj > 0 ? `, and oom_score_adj adds ${adj}` : `, and oom_score_adj takes off ${-adj}`;
  return `Holds ${share} thousandths (${parts})${moved}: ${share + adj}.`;
}

/** What is to be known of the list. */
export function nextVictimNotes({ candidates, kernel, partly, total, unread }: NextVictims): readonly string[] {
  const version = kernelVersionOf(kernel);
  const exempt = candidates.filter(({ isExempt }) => isExempt).length;
  return [
    `Shares are of ${formatBytes(total)}, the memory and swap of the machine. A control group that reaches its limit, or a job that may use some nodes only, chooses among its own processes, by shares of its own limit.`,
    version === undefined || version >= SHIFTED_SCORE
      ? 'The score of the kernel is two thirds of 1000 + share + oom_score_adj since Linux 5.9, so a process that holds next to nothing has 667 or less.'
      : 'The score of the kernel is share + oom_score_adj, and 0 where that is negative; of root 3 % less until Linux 4.16.',
    ...(exempt === 0
      ? []
      : [
          `${formatCount(exempt, 'process is exempt', 'processes are exempt')}: what is exempt is never chosen, and another one has to go.`,
        ]),
    ...(partly === 'hidden'
      ? ['/proc hides the processes of other users (hidepid): whoever goes first may be one of them.']
      : []),
    ...(partly === 'container' ? ['Only the processes of this container are seen: whoever goes first may be outside.'] : []),
    ...(unread === 0 ? [] : [`${formatCount(unread, 'process', 'processes')} ended meanwhile, or could not be read.`]),
  ];
}
