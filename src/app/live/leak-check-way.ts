import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Facts } from '../../engines/live/gdb-news.js';
import { leakCheckObstacles, leakCheckPrice, usualLogPath } from '../../engines/live/leak-check.js';
import { createSanitizerParser } from '../../engines/sanitizer/parse.js';
import { FoldingSink } from '../../findings/fold.js';
import type { Finding, Note } from '../../model/finding.js';
import type { LiveOutcome } from '../../model/live.js';
import { buildHelper } from './build-helper.js';
import { withGrowth } from './leak-growth.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { callSafely, isStopped, nothingYet } from './safe-call.js';

/** A true leak check of a program that MemLens did not start: by the LeakSanitizer that is in it. */
export const leakCheckWay: LiveWay = {
  id: 'leak-check',
  title: 'Leak check (its own LeakSanitizer)',
  gives:
    'What is lost for good, with its stacks, at two moments: so what is still growing, and how fast. What is still reachable, such as a cache, is not told.',
  obstacles: leakCheckObstacles,
  price: leakCheckPrice,
  run,
};

interface Check {
  readonly at: Milliseconds;
  readonly pauseMs: Milliseconds;
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
}

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const { clock, process, durationMs } = session;
  session.news({ phase: 'preparing' });
  const built = await buildHelper(session, 'inject-leaks.c');
  if (!built.ok) return built;
  const checks: Check[] = [];
  const begun = clock.now();
  const called = await callSafely(session, {
    name: 'leak-check',
    title: leakCheckWay.title,
    words: { library: built.value, logPath: usualLogPath(process), seconds: durationMs / 1000 },
    patienceMs: 30_000,
    onNews: (facts) => {
      if (facts.attached === true) return session.news({ phase: 'attached' });
      const check = checkOf(facts);
      if (check === undefined) return;
      checks.push(check);
      session.news({ phase: 'attached', words: `check ${checks.length} is done` });
    },
  });
  if (!called.ok) {
    if (checks.length === 0) return isStopped(session, called.error) ? ok(nothingYet('leak-check', process)) : called;
    session.log.warn(`leak check: ${JSON.stringify(called.error)}`);
  }
  const first = checks[0];
  const last = checks.at(-1);
  if (first === undefined || last === undefined) return ok(nothingYet('leak-check', process));
  return ok({
    way: 'leak-check',
    process,
    findings: first === last ? last.findings : withGrowth(first.findings, last.findings, last.at - first.at),
    notes: [
      ...last.notes,
      ...notesOf(checks, called.ok ? called.value.facts : undefined),
      ...(called.ok ? [] : endNotes(called.error)),
    ],
    overMs: clock.now() - begun,
    ...(!called.ok && called.error.code === 'no-process' ? { ended: 'exited' as const } : {}),
  });
}

/** Why there was no further check. The end of the process is told by itself. */
function endNotes(fault: Fault): readonly Note[] {
  if (fault.code === 'no-process' || fault.code === 'cancelled') return [];
  const why = fault.code === 'engine-unfit' ? fault.reason : 'gdb has ended.';
  return [{ severity: 'warning', code: 'ended-early', text: `It ended before its last check: ${why}` }];
}

function checkOf({ report, at, us }: Facts): Check | undefined {
  if (typeof report !== 'string' || typeof at !== 'number') return undefined;
  const sink = new FoldingSink();
  const parser = createSanitizerParser(sink);
  parser.push(report);
  parser.end();
  return { at: at * 1000, pauseMs: Number(us) / 1000, findings: sink.findings, notes: sink.notes };
}

function notesOf(checks: readonly Check[], end: Facts | undefined): readonly Note[] {
  const notes: Note[] = [];
  const note = (severity: Note['severity'], code: string, text: string): void => void notes.push({ severity, code, text });
  const pauses = checks.map(({ pauseMs }) => `${Math.max(1, Math.round(pauseMs))} ms`).join(' and ');
  note(
    'info',
    'checks',
    `Leaks were looked for ${checks.length === 1 ? 'once' : 'twice'}; that took ${pauses}, names of functions included.`,
  );
  if (checks.length === 1) note('info', 'one-check', 'One check can not tell what is still growing.');
  if (end?.symbolizer === true) {
    const text =
      "The program's runtime has started its symbolizer (llvm-symbolizer), as it does for any report. It is a child of the program, and ends with it.";
    note('warning', 'symbolizer-stays', text);
  }
  if (end?.left === true) {
    note(
      'warning',
      'library-stays',
      'The small library that looked for leaks could not be taken out of the program; it does nothing more.',
    );
  }
  return notes;
}
