import type { Bytes, Milliseconds } from '../../base/units.js';
import { judge } from '../../insight/growth/judge.js';
import type { LimitCandidate } from '../../insight/growth/options.js';
import type { Points, SeriesTable } from '../../insight/series.js';
import { type GrowthMeasure, seriousness, type Verdict } from '../../model/verdict.js';
import type { Clock } from '../ports.js';

/** In the order in which they are named when several grow alike. */
const JUDGED = [
  'uss',
  'anonymous',
  'heap',
  'shmem',
  'file',
  'swap',
  'vmas',
  'threads',
  'fds',
] as const satisfies readonly GrowthMeasure[];

const AT_MOST_EVERY_MS: Milliseconds = 5000;
/** Judging takes at most about this share of one core of ours for each process. */
const SHARE = 0.005;

export interface GrowthFacts {
  readonly pageSize: Bytes;
  /** As SystemSample.at; undefined when it could not be learned. */
  readonly startedAt: Milliseconds | undefined;
  /** Whether `anonymous` and `file` come from the rollup; the counters of status are too coarse to judge by. */
  readonly exact: boolean;
  readonly limits: (measure: GrowthMeasure) => readonly LimitCandidate[];
}

/**
 * The verdict on a process: of each of its measures in turn, one at a tick; the most serious one counts, and USS when none grows, or
 * what is known instead.
 * Growth of USS that is growth of mapped files alone is named so, and is never more than `growing`: the kernel takes
 * such pages back when it needs them.
 */
export class GrowthWatch {
  private readonly verdicts = new Map<GrowthMeasure, Verdict>();
  private turn = 0;
  private next: Milliseconds = 0;

  constructor(
    private readonly series: SeriesTable,
    private readonly clock: Clock,
  ) {}

  /** Judges one measure, when it is time. */
  advance(facts: GrowthFacts): void {
    const begun = this.clock.now();
    if (begun < this.next) return;
    const measure = JUDGED[this.turn] as GrowthMeasure;
    this.turn = (this.turn + 1) % JUDGED.length;
    this.judge(measure, facts);
    const took = this.clock.now() - begun;
    this.next = begun + Math.max(AT_MOST_EVERY_MS / JUDGED.length, took / SHARE);
  }

  /** All of them, now: for the last word. */
  judgeAll(facts: GrowthFacts): void {
    for (const measure of JUDGED) this.judge(measure, facts);
  }

  get verdict(): Verdict {
    const uss = this.verdicts.get('uss') ?? judge(NOTHING, { measure: 'uss' });
    const others = JUDGED.filter((measure) => measure !== 'uss' && measure !== 'file').flatMap(
      (measure) => this.verdicts.get(measure) ?? [],
    );
    // Of another user's process, or of a kernel without smaps, USS will never be known: then something else has the word.
    const first = uss.samples > 0 ? uss : (others.find(({ samples }) => samples > 0) ?? uss);
    let worst = first;
    for (const verdict of others) if (seriousness(verdict) > seriousness(worst)) worst = verdict;
    return worst === uss ? this.ofFiles(uss) : worst;
  }

  private ofFiles(uss: Verdict): Verdict {
    const anonymous = this.verdicts.get('anonymous');
    const file = this.verdicts.get('file');
    if (seriousness(uss) === 0 || anonymous === undefined || anonymous.state === 'undecided' || file === undefined) return uss;
    return seriousness(anonymous) === 0 && seriousness(file) > 0 ? { ...file, state: 'growing' } : uss;
  }

  private judge(measure: GrowthMeasure, facts: GrowthFacts): void {
    if (!facts.exact && (measure === 'anonymous' || measure === 'file')) return;
    if (measure !== 'uss' && this.series.latest(measure) === undefined) return;
    this.verdicts.set(
      measure,
      judge(this.series.points(measure), {
        measure,
        pageSize: facts.pageSize,
        limits: facts.limits(measure),
        ...(facts.startedAt === undefined ? {} : { startedAt: facts.startedAt }),
      }),
    );
  }
}

const NOTHING: Points = { at: new Float64Array(), value: new Float64Array() };
