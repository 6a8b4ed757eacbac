import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { type OwnProfiler, ownProfiler, ownProfilerObstacles } from '../../engines/live/own-profiler.js';
import { withGrowth } from '../../insight/heap/with-growth.js';
import type { Note } from '../../model/finding.js';
import type { LiveOutcome } from '../../model/live.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { askForProfile } from './own-profiler-ask.js';
import { type FoundFile, ProfilerDirectory } from './own-profiler-files.js';
import { waited } from './waited.js';

/** The heap profiler that the process has itself: it is asked for a profile where that is safe, and its files are read. */
export const ownProfilerWay: LiveWay = {
  id: 'own-profiler',
  title: "The program's own heap profiler",
  gives:
    'What the heap profiler of jemalloc or tcmalloc in the process has seen since it began: live bytes by stack, and what grew meanwhile. Only for a process that was started with one.',
  obstacles: ownProfilerObstacles,
  price: () => ({
    slowdown: { low: 1, high: 1.01 },
    isDangerous: false,
    words: 'Nothing more than it pays already; writing a profile takes it some milliseconds.',
  }),
  run,
};

/** Often enough for a profile that is written by itself to be noticed. */
const LOOK_MS = 500;

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const { process, clock, stop, cancel } = session;
  const profiler = ownProfiler(process);
  if (profiler === undefined) return err(nothing(session, 'It was not started with a heap profiler.'));
  session.news({ phase: 'preparing', words: `the heap profiler is ${profiler.title}` });
  const directory = await ProfilerDirectory.open(session, profiler);
  if (!directory.ok) return directory;
  const begun = clock.now();
  const notes: Note[] = [];
  const first = await take(session, profiler, directory.value, notes);
  if (!first.ok) return first;
  session.news({
    phase: 'attached',
    words: first.value === undefined ? 'no profile yet' : `first profile: ${first.value.path}`,
    ...(first.value === undefined ? {} : { profile: first.value.profile }),
  });
  let last = first.value;
  // Those that it writes by itself are told as they come.
  while (clock.now() - begun < session.durationMs && !stop.requested && !cancel.requested) {
    await waited(clock, Math.min(LOOK_MS, session.durationMs), [stop, cancel]);
    const newer = await directory.value.newest();
    if (newer === undefined || newer.path === (last ?? first.value)?.path) continue;
    const read = await directory.value.read(newer);
    if (!read.ok) continue;
    last = read.value;
    session.news({ phase: 'attached', words: `a profile: ${newer.path}`, profile: read.value.profile });
  }
  if (cancel.requested) return err({ code: 'cancelled' });
  session.news({ phase: 'reading' });
  const asked = await take(session, profiler, directory.value, notes);
  if (!asked.ok) return asked;
  last = asked.value ?? last;
  if (last === undefined) return err(nothing(session, `${profiler.title} has written no profile (${directory.value.path}).`));
  return ok(outcomeOf(session, first.value, last, notes, clock.now() - begun));
}

/** A profile of now where it can be asked for, else the newest that is there. */
async function take(
  session: LiveSession,
  profiler: OwnProfiler,
  directory: ProfilerDirectory,
  notes: Note[],
): Promise<Result<FoundFile | undefined, Fault>> {
  const asked = await askForProfile(session, profiler, directory);
  if (!asked.ok) return asked;
  if (asked.value.profile !== undefined) {
    const { path } = asked.value.profile;
    notes.push({
      severity: 'info',
      code: 'profile-written',
      text: `It wrote ${path} when it was asked for a profile; the file stays there.`,
    });
    return ok(asked.value.profile);
  }
  const { refusal } = asked.value;
  if (refusal !== undefined && !notes.some(({ code }) => code === 'not-asked'))
    notes.push({ severity: 'info', code: 'not-asked', text: refusal });
  const newest = await directory.newest();
  if (newest === undefined) return ok(undefined);
  const read = await directory.read(newest);
  return read.ok ? ok(read.value) : ok(undefined);
}

function outcomeOf(
  { process }: LiveSession,
  first: FoundFile | undefined,
  last: FoundFile,
  notes: readonly Note[],
  overMs: number,
): LiveOutcome {
  const all = [...notes];
  const isOne = first === undefined || first.path === last.path;
  const apart = isOne ? 0 : Math.max(0, (last.modifiedMs ?? 0) - (first.modifiedMs ?? 0)) || overMs;
  if (isOne)
    all.push({
      severity: 'warning',
      code: 'one-profile',
      text: `There is one profile only (${last.path}): what is live is told, and not what grows.`,
    });
  if (last.isOld)
    all.push({
      severity: 'warning',
      code: 'old-profile',
      text: `No profile was written while it was looked at: the newest one, ${last.path}, is from before.`,
    });
  const profile = isOne ? last.profile : withGrowth(first.profile, last.profile, apart);
  return { way: 'own-profiler', process, profile, findings: [], notes: all, overMs };
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
