import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Obstacle } from '../../engines/engine.js';
import { perfObstacles } from '../../engines/live/perf-obstacles.js';
import { perfPrice } from '../../engines/live/perf-price.js';
import { PERF_ENVIRONMENT, perfPeriod, perfRecord, perfScript } from '../../engines/live/perf-words.js';
import { PerfScriptParser } from '../../formats/heap/perf-script.js';
import type { Note } from '../../model/finding.js';
import type { LiveMachine, LiveOutcome, LiveProcess } from '../../model/live.js';
import { parseUptime } from '../../procfs/uptime.js';
import type { Target } from '../ports.js';
import type { LiveSession, LiveWay } from './live-way.js';
import { perfHasBegun } from './perf-start.js';
import { runTool, startTool, type ToolEnd, type ToolRun, toolFault } from './run-tool.js';

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
  const { target, machine, process, clock, stop } = session;
  const perf = machine.tools.perf?.path;
  if (perf === undefined) return err({ code: 'tool-missing', tool: 'perf', remedy: 'Install it on the machine of the process.' });
  const file = `${session.work}/perf.data`;
  const period = perfPeriod(session.rates, session.durationMs);
  const record: ToolRun = {
    argv: perfRecord({ perf, pid: process.pid, file, machine, period }),
    env: PERF_ENVIRONMENT,
    endSignal: 'INT',
    graceMs: 20_000,
  };
  const recording = await startTool(session, record);
  if (!recording.ok) return recording;
  await perfHasBegun(session, file, recording.value.ended);
  const begun = clock.now();
  session.news({ phase: 'attached' });
  const from = await uptime(target);
  const time = { isOver: false };
  // Putting its file in order takes perf a while, in which nothing is recorded.
  let asked: Milliseconds | undefined;
  const asks = (): void => {
    asked ??= clock.now();
  };
  const watches = [
    stop.onRequest(asks),
    clock.after(session.durationMs, () => {
      asks();
      time.isOver = true;
      recording.value.end();
    }),
  ];
  const recorded = await recording.value.ended;
  for (const each of watches) each.dispose();
  if (!recorded.ok) return recorded;
  const overMs = (asked ?? clock.now()) - begun;
  const to = from === undefined ? undefined : from + overMs / 1000;

  session.news({ phase: 'reading' });
  const parser = new PerfScriptParser({
    pid: process.pid,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  const script: ToolRun = {
    argv: perfScript(perf, file),
    env: PERF_ENVIRONMENT,
    endSignal: 'TERM',
    graceMs: 2_000,
    outlastsStop: true,
    onOutput: (text) => parser.push(text),
  };
  const read = await runTool(session, script);
  if (!read.ok) return read;
  const profile = parser.end();
  const isWhole = hasEndedWell(recorded.value) && read.value.exit.exitCode === 0;
  // Stopped before it had attached, it has no file.
  if (profile === undefined && !isWhole && !stop.requested) {
    return err(hasEndedWell(recorded.value) ? toolFault(script, read.value) : toolFault(record, recorded.value));
  }
  return ok({
    way: 'perf-faults',
    process,
    ...(profile === undefined ? {} : { profile }),
    findings: [],
    notes: [
      ...notesOf(parser),
      ...(time.isOver || stop.requested ? [] : await earlyEnd(session, recorded.value)),
      ...(isWhole || stop.requested ? [] : [cutNote(hasEndedWell(recorded.value) ? read.value : recorded.value)]),
    ],
    overMs,
  });
}

/** perf says the signal that it was ended by. */
const hasEndedWell = ({ exit }: ToolEnd): boolean => exit.exitCode === 0 || exit.signal === 'SIGINT' || exit.signal === 'SIGTERM';

/** Seconds; the clock of the samples. */
async function uptime(target: Target): Promise<number | undefined> {
  const read = await target.readBytes('/proc/uptime', { length: 64 });
  const milliseconds = read.ok ? parseUptime(String.fromCharCode(...read.value)) : undefined;
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function notesOf({ children, hasBecomeAnother }: PerfScriptParser): readonly Note[] {
  return [
    ...(hasBecomeAnother
      ? [
          {
            severity: 'warning' as const,
            code: 'became-another',
            text: 'The process became another program meanwhile (execve): what is told is of that one.',
          },
        ]
      : []),
    ...(children > 0
      ? [
          {
            severity: 'info' as const,
            code: 'children',
            text: `Page faults of its children were left out: ${children.toLocaleString('en-US')}.`,
          },
        ]
      : []),
  ];
}

/** It ended by itself: with the process, or because its file was full. */
async function earlyEnd({ target, process }: LiveSession, { stderr }: ToolEnd): Promise<readonly Note[]> {
  const there = await target.stat(`/proc/${process.pid}`);
  if (!there.ok) return [];
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const why = /size limit|max-size/i.test(stderr) || last === '' ? 'its file has reached its limit' : `perf said: ${last}`;
  return [{ severity: 'warning', code: 'ended-early', text: `perf ended before its time: ${why}.` }];
}

const cutNote = ({ stderr }: ToolEnd): Note => ({
  severity: 'warning',
  code: 'cut',
  text: `perf could not do all of its work: ${stderr.trim().split('\n').at(-1) ?? ''}`,
});
