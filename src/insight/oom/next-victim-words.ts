import { formatBytes, formatCount } from '../../base/units.js';
import type { NextVictims, OomCandidate } from '../../model/next-victim.js';
import { comesOut, isScore, type Scoring, scoreOf, scoringOf } from './next-victim-score.js';

/** Why a process has its place, in a sentence: what it holds, and how the score of the kernel is made of that. */
export function candidateReason(one: OomCandidate, victims: NextVictims, scoring: Scoring): string {
  const { adj, isExempt, oomAdj, pid } = one;
  if (isExempt) {
    if (oomAdj === -17) return 'Exempt: oom_adj is -17.';
    return adj === -1000
      ? 'Exempt: oom_score_adj is -1000.'
      : `Exempt: process ${pid} is the first one, and without it the machine stops.`;
  }
  if (scoring.formula === 'old') return oldReason(one);
  const moved = adj === 0 ? '' : adj > 0 ? `, and oom_score_adj adds ${adj}` : `, and oom_score_adj takes off ${-adj}`;
  const holds = `Holds ${one.share} thousandths (${amounts(one)})${moved}`;
  return `${holds}: ${sumWords(one, victims, scoring)}.`;
}

/** Who goes first, with why; undefined: nobody could be killed. */
export function firstVictimText(victims: NextVictims, scoring: Scoring): string | undefined {
  const first = victims.candidates.find(({ isExempt }) => !isExempt);
  if (first === undefined) return undefined;
  const second = victims.candidates.find((one) => one !== first && !one.isExempt);
  const isTied = second !== undefined && second.score === first.score;
  const also = isTied ? ' Others have the same score: the kernel compares more exactly than it prints.' : '';
  return `${first.name} (${first.pid}) has the highest score, ${first.score}. ${candidateReason(first, victims, scoring)}${also}`;
}

const amounts = ({ pageTables, rss, swap }: OomCandidate): string =>
  [
    `RSS ${formatBytes(rss)}`,
    ...(swap === 0 ? [] : [`swap ${formatBytes(swap)}`]),
    `page tables ${formatBytes(pageTables)}`,
  ].join(', ');

function sumWords(one: OomCandidate, victims: NextVictims, { formula }: Scoring): string {
  const sum = one.share + one.adj;
  const told = scoreOf(one, victims, formula) ?? sum;
  const isRight = isScore(one, victims, formula);
  const plain = sum < 0 ? `${sum}, which counts as 0` : `${sum}`;
  const made = formula === 'shifted' ? `${sum}, and two thirds of 1000 + ${sum < 0 ? `(${sum})` : sum} are ${told}` : plain;
  if (isRight && told === one.score) return made;
  if (isRight && formula === 'plain' && one.uid === 0) return `${made}, and ${one.score} with the 3 % that root has less`;
  // It was read a moment before the memory, and in pages.
  if (isRight) return `${made}, next to the ${one.score} that the kernel says`;
  return `${made}, where the kernel says ${one.score}`;
}

/** `badness()` of 2.6: each step of oom_adj doubles or halves the points. */
function oldReason(one: OomCandidate): string {
  const { oomAdj = 0, vmSize } = one;
  const space = vmSize === undefined ? '' : ` (${formatBytes(vmSize)})`;
  const moved =
    oomAdj === 0
      ? ''
      : `, and oom_adj ${oomAdj > 0 ? 'doubles' : 'halves'} it ${Math.abs(oomAdj) === 1 ? 'once' : `${Math.abs(oomAdj)} times`}`;
  return `This kernel counts the address space${space}, less for run time${moved}. It holds ${amounts(one)}.`;
}

/** What is to be known of the list. */
export function nextVictimNotes(victims: NextVictims, scoring: Scoring = scoringOf(victims)): readonly string[] {
  const { candidates, partly, total, unread } = victims;
  const exempt = candidates.filter(({ isExempt }) => isExempt).length;
  const { formula } = scoring;
  return [
    ...(formula === 'old'
      ? []
      : [
          `Shares are of ${formatBytes(total)}, the memory and swap of the machine. A control group that reaches its limit, or a job that may use some nodes only, chooses among its own processes, by shares of its own limit.`,
        ]),
    FORMULAS[formula],
    ...(comesOut(scoring)
      ? []
      : [
          `${formatCount(scoring.checked - scoring.right, 'score does', 'scores do')} not follow from that (of ${scoring.checked}): ${partly === 'container' ? '/proc/meminfo of a container may tell the container’s memory, and the kernel counts with that of the machine' : 'this kernel counts in another way, or /proc/meminfo does not tell the memory that it counts with'}.`,
        ]),
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

const FORMULAS: Readonly<Record<Scoring['formula'], string>> = {
  shifted:
    'The score of the kernel is two thirds of 1000 + share + oom_score_adj since Linux 5.9, so a process that holds next to nothing has 666 or less.',
  plain: 'The score of the kernel is share + oom_score_adj, and 0 where that is negative; of root 3 % less until Linux 4.16.',
  old: 'Before Linux 2.6.36 the score is the address space of a process and half of that of its children, less for processor time and age, more for nice ones, less for root; oom_adj (-17 to 15) doubles or halves it, and -17 exempts.',
};
