import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Facts } from '../../engines/live/gdb-news.js';
import { mallocInfoObstacles, mallocNotes, parseMallocInfo } from '../../engines/live/malloc-info.js';
import type { LiveOutcome } from '../../model/live.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { callSafely, isStopped, nothingYet } from './safe-call.js';

/** glibc's own figures: what of the heap is in use, and what is held although it is free. */
export const mallocInfoWay: LiveWay = {
  id: 'malloc-info',
  title: "malloc's own figures (gdb)",
  gives:
    'How much of the heap the program uses, and how much malloc keeps although it is free (fragmentation, retention). It names no stacks and no lines.',
  obstacles: mallocInfoObstacles,
  price: () => ({
    stopMs: 500,
    isDangerous: false,
    words:
      'It stands still for a tenth of a second or so, some times when it is busy. gdb makes a thread of it call malloc_info(3), and only one that is outside malloc, the loader, stdio and locks.',
  }),
  run,
};

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const { clock, process } = session;
  const begun = clock.now();
  session.news({ phase: 'preparing' });
  const called = await callSafely(session, { name: 'malloc-info', title: mallocInfoWay.title, patienceMs: 30_000 });
  if (!called.ok) return isStopped(session, called.error) ? ok(nothingYet('malloc-info', process)) : called;
  const { xml, mallinfo } = called.value.facts;
  const keepCost = (mallinfo as Facts | undefined)?.keepcost;
  const malloc = typeof xml === 'string' ? parseMallocInfo(xml, typeof keepCost === 'number' ? keepCost : undefined) : undefined;
  if (malloc === undefined) {
    return err({
      code: 'engine-unfit',
      engine: mallocInfoWay.title,
      reason: 'What malloc_info(3) has written is in no known form.',
      remedy: 'Choose another way.',
    });
  }
  return ok({ way: 'malloc-info', process, findings: [], malloc, notes: mallocNotes(malloc), overMs: clock.now() - begun });
}
