import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { BPFTRACE_ENVIRONMENT, bpftraceList, bpftraceWords, MOST_BLOCKS } from '../../engines/live/bpf.js';
import { ALLOCATOR_FUNCTIONS, memleakScript } from '../../engines/live/memleak-script.js';
import { MemleakReadings } from '../../formats/heap/memleak-readings.js';
import type { Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveOutcome } from '../../model/live.js';
import { allocatorFile } from './allocator-file.js';
import type { LiveSession } from './live-way.js';
import { runTool, startTool, type ToolEnd, toolFault } from './run-tool.js';

/** Two at least are needed to know an age; more show whether it grows to the end. */
const READINGS = 10;
const SHORTEST_MS: Milliseconds = 500;
const LONGEST_MS: Milliseconds = 30_000;
/** Setting a probe takes a fifth of a second, and there are some fifteen. */
const PREPARE_MS: Milliseconds = 60_000;
const TITLE = 'bpftrace';

/** How far readings are apart, which is how old blocks are at least. */
export const readingMs = (durationMs: Milliseconds): Milliseconds =>
  Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.floor(durationMs / READINGS)));

/** Outstanding allocations with a script of our own for bpftrace(8). */
export async function memleakByBpftrace(session: LiveSession, bpftrace: string): Promise<Result<LiveOutcome, Fault>> {
  const { clock, process, target } = session;
  const file = await allocatorFile(target, process);
  if (file === undefined) return err({ code: 'not-found', path: `/proc/${process.pid}`, what: 'process' });
  // In the name of a probe they stand for others (glob(7)).
  if (/[*?[\]"\n]/.test(file.path)) return unfit(`the name ${file.path} can't be told to it.`, 'Choose another way.');
  if (file.isGone)
    return unfit(
      `${file.path}, as the process has it, was deleted or replaced since it started.`,
      'Choose another way, or start the process again.',
    );
  let functions = ALLOCATOR_FUNCTIONS;
  if (file.isProgram) {
    const listed = await functionsOf(session, bpftrace, file.path);
    if (!listed.ok) return listed;
    functions = listed.value;
  }
  const everyMs = readingMs(session.durationMs);
  const readings = new MemleakReadings(process.pid);
  const tool = {
    argv: bpftraceWords(bpftrace, process.pid, memleakScript(file.path, functions, everyMs)),
    env: BPFTRACE_ENVIRONMENT,
    endSignal: 'INT',
    graceMs: 20_000,
    onOutput: (text: string) => readings.push(text),
  } as const;
  const running = await startTool(session, tool);
  if (!running.ok) return running;
  let begun = clock.now();
  let timer = clock.after(PREPARE_MS + session.durationMs, () => running.value.end());
  readings.onWatching = () => {
    begun = clock.now();
    session.news({ phase: 'attached', words: `outstanding allocations are read every ${everyMs / 1000} s` });
    timer.dispose();
    // The last reading is wanted, too.
    timer = clock.after(session.durationMs + 500, () => running.value.end());
  };
  readings.onReading = () => {
    const profile = readings.profile();
    session.news({
      phase: 'attached',
      words: readingWords(readings.readings, profile),
      ...(profile === undefined ? {} : { profile }),
    });
  };
  const ended = await running.value.ended;
  timer.dispose();
  if (!ended.ok) return ended;
  // What it takes to remove the probes does not count.
  const overMs = readings.lastMs ?? clock.now() - begun;
  if (!readings.isWatching) return err(refused(toolFault(tool, ended.value), ended.value));
  const profile = readings.end();
  return ok({
    way: 'memleak',
    process,
    ...(profile === undefined ? {} : { profile }),
    findings: [],
    notes: notesOf(readings, everyMs / 1000, profile),
    overMs,
  });
}

function readingWords(count: number, profile: HeapProfile | undefined): string {
  const bytes = profile?.timeline?.moments.at(-1)?.bytes ?? 0;
  return `reading ${count}: ${Math.round(bytes).toLocaleString('en-US')} bytes outstanding`;
}

function notesOf(readings: MemleakReadings, seconds: number, profile: HeapProfile | undefined): readonly Note[] {
  const notes: Note[] = [];
  const add = (severity: Note['severity'], code: string, text: string): void => {
    notes.push({ severity, code, text });
  };
  if (readings.readings === 0)
    add('warning', 'too-short', `It ended before the first reading, which comes after ${seconds} s: nothing can be said.`);
  else if (readings.readings === 1)
    add(
      'warning',
      'one-reading',
      'There was one reading only: blocks of any age are told, those that are freed soon among them.',
    );
  else
    add('info', 'ages', `Told are blocks that were at least ${seconds} s old. What was allocated before the look is not known.`);
  if (readings.readings > 0 && profile?.tree.length === 1 && readings.mostBlocks === 0)
    add('info', 'nothing-allocated', 'Not one allocation by malloc was seen that was not freed at once.');
  add(
    'info',
    'uprobes-page',
    'The kernel keeps a page for probes, [uprobes], in the process until it ends; it is not used any more.',
  );
  if (readings.mostBlocks >= 0.95 * MOST_BLOCKS)
    add(
      'warning',
      'blocks-full',
      `More than ${MOST_BLOCKS.toLocaleString('en-US')} blocks were outstanding at once: those that came then are not counted.`,
    );
  return notes;
}

/** Of a program with an allocator in it: what its symbols tell. */
async function functionsOf(session: LiveSession, bpftrace: string, path: string): Promise<Result<readonly string[], Fault>> {
  const tool = { argv: bpftraceList(bpftrace, path), endSignal: 'TERM', graceMs: 2_000 } as const;
  const ended = await runTool(session, tool);
  if (!ended.ok) return ended;
  const names = new Set(Array.from(ended.value.stdout.matchAll(/:(\w+)$/gm), ([, name = '']) => name));
  if (names.has('malloc')) return ok(ALLOCATOR_FUNCTIONS.filter((name) => names.has(name)));
  return unfit('the program has its allocator in itself, and no name of malloc (it is stripped).', 'Choose another way.');
}

const unfit = (reason: string, remedy: string): Result<never, Fault> =>
  err({ code: 'engine-unfit', engine: TITLE, reason, remedy });

/** bpftrace says why in its own words. */
function refused(fault: Fault, { stderr }: ToolEnd): Fault {
  if (fault.code !== 'tool-failed') return fault;
  const remedy = /Operation not permitted|lockdown|Permission denied/i.test(stderr)
    ? 'The kernel does not let it: it is locked down (Secure Boot), or this is a container without the right to use BPF. Choose another way.'
    : /resolve symbol|No probes to attach|not found in/i.test(stderr)
      ? 'The allocator of the process has not the functions that are looked for. Choose another way.'
      : undefined;
  return remedy === undefined ? fault : { ...fault, remedy };
}
