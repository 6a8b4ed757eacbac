import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Obstacle } from '../../engines/engine.js';
import { perfObstacles } from '../../engines/live/perf-obstacles.js';
import { perfPrice } from '../../engines/live/perf-price.js';
import { perfRecord, perfScript } from '../../engines/live/perf-words.js';
import { PerfScriptParser } from '../../formats/heap/perf-script.js';
import type { LiveMachine, LiveOutcome, LiveProcess } from '../../model/live.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { runTool, startTool, toolFault } from './run-tool.js';

/** perf with the stacks of page faults: who touches memory for the first time. */
export const perfFaults: LiveWay = {
  id: 'perf-faults',
  title: 'Page faults (perf)',
  gives:
    'Which stacks touch new memory, and so make the process grow. Memory that is freed and used again is not seen, nor is what was there before.',
  obstacles: (process: LiveProcess, machine: LiveMachine): readonly Obstacle[] => perfObstacles(process, machine),
  price: (_process, rates) => perfPrice(rates),
  run,
};

async function run(session: LiveSession): Promise<Result<LiveOutcome, Fault>> {
  const perf = session.machine.tools.perf?.path;
  if (perf === undefined) return err({ code: 'tool-missing', tool: 'perf', remedy: '' });
  const file = `${session.work}/perf.data`;
  const { clock } = session;
  const begun = clock.now();
  const record = { argv: perfRecord(perf, session.process.pid, file, session.rates), endSignal: 'INT', graceMs: 20_000 } as const;
  const recording = await startTool(session, record);
  if (!recording.ok) return recording;
  session.news({ phase: 'attached' });
  const timer = clock.after(session.durationMs, () => recording.value.end());
  const recorded = await recording.value.ended;
  timer.dispose();
  if (!recorded.ok) return recorded;
  const overMs = clock.now() - begun;
  session.news({ phase: 'reading' });
  const parser = new PerfScriptParser();
  const script = {
    argv: perfScript(perf, file),
    endSignal: 'TERM',
    graceMs: 2_000,
    outlastsStop: true,
    onOutput: (text: string) => parser.push(text),
  } as const;
  const read = await runTool(session, script);
  if (!read.ok) return read;
  const profile = parser.end();
  if (profile === undefined && read.value.exit.exitCode !== 0) {
    return err(recorded.value.exit.exitCode === 0 ? toolFault(script, read.value) : toolFault(record, recorded.value));
  }
  return ok({
    way: 'perf-faults',
    process: session.process,
    ...(profile === undefined ? {} : { profile }),
    findings: [],
    notes: [],
    overMs,
  });
}
