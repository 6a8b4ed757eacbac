import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { perfMappingsRecord, perfMappingsScript } from '../../engines/live/perf-mappings.js';
import { PERF_ENVIRONMENT } from '../../engines/live/perf-words.js';
import type { LoggedProcess } from '../../formats/heap/mapped-stacks.js';
import { PerfMappingsParser } from '../../formats/heap/perf-mappings.js';
import type { LiveOutcome } from '../../model/live.js';
import type { LiveSession } from './live-way.js';
import { perfHasBegun } from './perf-start.js';
import { runTool, startTool, toolFault } from './run-tool.js';
import { monotonicClock } from './target-clock.js';

/** Calls that map memory, as the kernel's tracepoints tell them to perf: the process is never stopped. `tool-failed`: they can't be recorded here. */
export async function mappingsByPerf(session: LiveSession, perf: string, of: LoggedProcess): Promise<Result<LiveOutcome, Fault>> {
  const { clock, process, target } = session;
  const file = `${session.work}/mappings.data`;
  const record = {
    argv: perfMappingsRecord(perf, process.pid, file),
    env: PERF_ENVIRONMENT,
    endSignal: 'INT',
    graceMs: 20_000,
  } as const;
  const recording = await startTool(session, record);
  if (!recording.ok) return recording;
  await perfHasBegun(session, file, recording.value.ended);
  const begun = clock.now();
  const from = await monotonicClock(target);
  session.news({ phase: 'attached', words: 'perf records the calls that map memory' });
  // Putting its file in order takes perf a while, in which nothing is recorded.
  let asked: number | undefined;
  const watches = [
    session.stop.onRequest(() => {
      asked ??= clock.now();
    }),
    clock.after(session.durationMs, () => {
      asked ??= clock.now();
      recording.value.end();
    }),
  ];
  const recorded = await recording.value.ended;
  for (const each of watches) each.dispose();
  if (!recorded.ok) return recorded;
  const overMs = (asked ?? clock.now()) - begun;
  session.news({ phase: 'reading' });
  const parser = new PerfMappingsParser({ ...of, ...(from === undefined ? {} : { from, to: from + overMs / 1000 }) });
  const script = {
    argv: perfMappingsScript(perf, file),
    env: PERF_ENVIRONMENT,
    endSignal: 'TERM',
    graceMs: 2_000,
    outlastsStop: true,
    onOutput: (text: string) => parser.push(text),
  } as const;
  const read = await runTool(session, script);
  if (!read.ok) return read;
  const profile = parser.end();
  // Of a record without a single call perf script says that it holds nothing, which is no failure of perf record.
  const { exit } = recorded.value;
  const hasEndedWell = exit.exitCode === 0 || exit.signal === 'SIGINT' || exit.signal === 'SIGTERM';
  if (parser.calls === 0 && !hasEndedWell && !session.stop.requested) return err(toolFault(record, recorded.value));
  return ok({
    way: 'mappings',
    process,
    ...(profile === undefined ? {} : { profile }),
    findings: [],
    notes: [],
    overMs,
  });
}
