import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { type OwnProfiler, ownProfiler, ownProfilerObstacles } from '../../engines/live/own-profiler.js';
import { profileSeries, type TimedProfile } from '../../insight/heap/profile-series.js';
import type { Note } from '../../model/finding.js';
import type { LiveOutcome } from '../../model/live.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { askForProfile } from './own-profiler-ask.js';
import { type FoundFile, isSameFile, ProfilerDirectory } from './own-profiler-files.js';
import { waited } from './waited.js';

/** The heap profiler that the process has itself: it is asked for profiles where that is safe, and its files are read. */
export const ownProfilerWay: LiveWay = {
  id: 'own-profiler',
  title: "The program's own heap profiler",
  gives:
    'What the heap profiler of jemalloc or tcmalloc in the process has seen since it began: live bytes by stack, and what grew meanwhile. Only for a process that was started with one.',
  obstacles: ownProfilerObstacles,
  price: (process) =>
    isAskedByGdb(ownProfiler(process))
      ? {
          stopMs: 500,
          isDangerous: false,
          words:
            'It stands still ten times for a tenth of a second or so: gdb makes a thread of it, outside malloc and locks, ask jemalloc for a profile.',
        }
      : {
          slowdown: { low: 1, high: 1.01 },
          isDangerous: false,
          words: 'Nothing more than it pays already; writing a profile takes it some milliseconds.',
        },
  run,
};

const isAskedByGdb = (profiler: OwnProfiler | undefined): boolean => profiler?.kind === 'jemalloc' && !profiler.isPeriodic;

/** So many profiles tell whether something grows to the end. */
const PROFILES = 10;
/** Writing one may take long when there are very many stacks. */
const LEAST_MS = 300;

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const profiler = ownProfiler(session.process);
  if (profiler === undefined) return err(nothing(session, 'It was not started with a heap profiler.'));
  session.news({ phase: 'preparing', words: `the heap profiler is ${profiler.title}` });
  const directory = await ProfilerDirectory.open(session, profiler);
  if (!directory.ok) return directory;
  const look = new Look(session, profiler, directory.value);
  const { clock, durationMs, stop, cancel } = session;
  const begun = clock.now();
  for (;;) {
    const taken = await look.take(clock.now() - begun);
    // When it has ended, what was seen until then is told.
    if (!taken.ok && look.isEmpty) return taken;
    if (!taken.ok) break;
    const left = durationMs - (clock.now() - begun);
    if (left <= 0 || stop.requested || cancel.requested) break;
    await waited(clock, Math.min(left, Math.max(LEAST_MS, durationMs / PROFILES)), [stop, cancel]);
  }
  if (cancel.requested) return err({ code: 'cancelled' });
  return look.outcome(clock.now() - begun);
}

/** What has been seen until now. */
class Look {
  private readonly series: TimedProfile[] = [];
  private last: FoundFile | undefined;
  private refusal: string | undefined;
  private left: string[] = [];

  constructor(
    private readonly session: LiveSession,
    private readonly profiler: OwnProfiler,
    private readonly directory: ProfilerDirectory,
  ) {}

  get isEmpty(): boolean {
    return this.series.length === 0;
  }

  /** A profile of now where it can be asked for, else the newest that is there, if it is another one than before. */
  async take(at: number): Promise<Result<void, Fault>> {
    const asked = await askForProfile(this.session, this.profiler, this.directory);
    if (!asked.ok) return asked;
    this.refusal = asked.value.refusal;
    this.left.push(...(asked.value.left ?? []));
    let found = asked.value.profile;
    if (found === undefined) {
      const newest = await this.directory.newest();
      if (newest === undefined || (this.last !== undefined && isSameFile(newest, this.last))) return ok(undefined);
      const read = await this.directory.read(newest);
      // It may be in the middle of writing it: there will be another look.
      if (!read.ok || (read.value.profile.notes.some(({ code }) => code === 'cut') && !read.value.isOld)) return ok(undefined);
      found = read.value;
    }
    this.last = found;
    this.series.push({ at: this.series.length === 0 ? 0 : at, profile: found.profile });
    const profile = profileSeries(this.series) ?? found.profile;
    this.session.news({ phase: 'attached', words: `profile ${this.series.length}`, profile });
    return ok(undefined);
  }

  outcome(overMs: number): Result<LiveOutcome, Fault> {
    const { session, series, last, refusal } = this;
    session.news({ phase: 'reading' });
    const profile = profileSeries(series);
    if (profile === undefined || last === undefined)
      return err(
        nothing(
          session,
          `${this.profiler.title} has written no profile in ${this.directory.path}.${refusal === undefined ? '' : ` ${refusal}`}`,
        ),
      );
    const notes: Note[] = [];
    const add = (severity: Note['severity'], code: string, text: string): void => {
      notes.push({ severity, code, text });
    };
    if (refusal !== undefined) add('info', 'not-asked', refusal);
    if (series.length === 1) {
      const when = last.isOld ? ', and is from before' : '';
      add('warning', 'one-profile', `There is one profile only (${last.path})${when}: what is live is told, and not what grows.`);
    }
    if (this.left.length > 0)
      add('info', 'profiles-left', `Profiles that the process wrote when it was asked are still there: ${this.left.join(', ')}.`);
    return ok({ way: 'own-profiler', process: session.process, profile, findings: [], notes, overMs });
  }
}

const nothing = ({ process }: LiveSession, reason: string): Fault => ({
  code: 'engine-unfit',
  engine: ownProfilerWay.title,
  reason,
  remedy:
    process.allocator === 'jemalloc'
      ? 'Start it with lg_prof_interval in MALLOC_CONF, look longer, or choose another way.'
      : 'Start it with HEAPPROFILESIGNAL=12 beside HEAPPROFILE, look longer, or choose another way.',
});
