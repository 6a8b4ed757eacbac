import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { heaptrackNotes, heaptrackObstacles, heaptrackPrice } from '../../engines/live/heaptrack.js';
import { HeaptrackParser } from '../../formats/heap/heaptrack.js';
import type { LiveOutcome } from '../../model/live.js';
import { FollowedProfile } from './follow-profile.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { callSafely, isStopped, nothingYet } from './safe-call.js';

/** Every allocation from now on, with its stack. */
export const heaptrackWay: LiveWay = {
  id: 'heaptrack',
  title: 'heaptrack',
  gives:
    'Every allocation from now on, by stack: what is not freed, the peak, what is allocated for a moment only. What was allocated before is not seen.',
  obstacles: heaptrackObstacles,
  price: heaptrackPrice,
  run,
};

/** It is in the process until it was stopped there, and a thread at rest may have to be waited for. */
const GRACE_MS = 600_000;

const DOING = 'heaptrack records each allocation';

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const { clock, machine, process, work, durationMs } = session;
  const { heaptrack_inject: library, heaptrack_interpret: interpreter } = machine.tools;
  if (library === undefined || interpreter === undefined) {
    return err({ code: 'tool-missing', tool: 'heaptrack', remedy: 'Install it on the machine of the process.' });
  }
  session.news({ phase: 'preparing' });
  const output = `${work}/heaptrack.txt`;
  const begun = clock.now();
  const followed = new FollowedProfile(session, output, new HeaptrackParser(), DOING);
  const called = await callSafely(session, {
    name: 'heaptrack',
    title: heaptrackWay.title,
    undo: 'heaptrack-stop',
    words: { library: library.path, interpreter: interpreter.path, output, seconds: durationMs / 1000 },
    patienceMs: 60_000,
    graceMs: GRACE_MS,
    onNews: (facts) => {
      if (facts.attached !== true) return;
      session.news({ phase: 'attached', words: DOING });
      followed.begin();
    },
  });
  if (!called.ok) {
    followed.dispose();
    return isStopped(session, called.error) ? ok(nothingYet('heaptrack', process)) : called;
  }
  session.news({ phase: 'reading' });
  const { why, overMs, stays } = called.value.facts;
  const profile = await followed.end();
  if (!profile.ok) return profile;
  return ok({
    way: 'heaptrack',
    process,
    ...(profile.value === undefined ? {} : { profile: profile.value }),
    findings: [],
    notes: heaptrackNotes(String(why), stays === true),
    overMs: typeof overMs === 'number' ? overMs : clock.now() - begun,
    ...(why === 'exited' ? { ended: 'exited' as const } : {}),
  });
}
