import type { Engine } from '../engines/engine.js';
import { isRuntimeFrame } from '../findings/runtime-frame.js';
import type { Finding, Note } from '../model/finding.js';
import type { ProgramRun } from './run-program.js';

/** What the user should know about the run itself. */
export function runNotes(run: ProgramRun, engine: Engine, files: number): readonly Note[] {
  const notes: Note[] = [];
  const bySignal = run.exit.signal;
  if (run.stopped === 'time-limit')
    notes.push({ severity: 'warning', code: 'time-limit', text: 'The time limit ended the program.' });
  if (run.stopped === 'user') notes.push({ severity: 'info', code: 'stopped', text: 'The program was stopped.' });
  if (run.lost !== undefined) {
    notes.push({
      severity: 'error',
      code: 'connection-lost',
      text:
        run.lost.fault === undefined
          ? 'The terminal or the connection of the program was closed before its end. It was ended on its machine; what it had reported until then is shown.'
          : 'The connection to the machine of the program was lost. It is ended there as soon as its machine notices; what had come of its report until then is shown.',
    });
  } else if (bySignal !== undefined && run.stopped === undefined) {
    notes.push({ severity: 'warning', code: 'crashed', text: `The program was ended by ${bySignal}.` });
  } else if (run.exit.exitCode !== null && run.exit.exitCode !== 0 && run.stopped === undefined) {
    notes.push({ severity: 'info', code: 'exit-code', text: `The program ended with exit code ${run.exit.exitCode}.` });
  }
  if (run.leftBehind > 0) {
    notes.push({
      severity: 'warning',
      code: 'left-behind',
      text: `${run.leftBehind === 1 ? 'A process' : `${run.leftBehind} processes`} that the program left behind went on after its end and had to be ended; what ${run.leftBehind === 1 ? 'it' : 'they'} leaked may be missing.`,
    });
  }
  const ended = bySignal !== undefined || run.stopped !== undefined || run.lost !== undefined;
  if (engine.family === 'sanitizer' && ended && !run.checkedAtStop) {
    notes.push({
      severity: 'warning',
      code: 'no-leak-check',
      text: 'LeakSanitizer looks for leaks when a program ends by itself. This one did not, so leaks are missing; Memcheck reports them in this case too.',
    });
  }
  if (run.checkedAtStop) {
    notes.push({
      severity: 'info',
      code: 'checked-at-stop',
      text: 'The leaks are those at the moment when the program was stopped.',
    });
  }
  if (engine.family === 'heaptrack') notes.push(...heaptrackNotes(run, files));
  if (engine.id === 'memcheck' && files === 0) {
    notes.push({
      severity: 'error',
      code: 'no-report',
      text: 'Valgrind wrote no report: it ended before the program began. Its own message stands in the output of the run.',
    });
  }
  return notes;
}

function heaptrackNotes({ exit, stopped, lost }: ProgramRun, files: number): readonly Note[] {
  if (files === 0) {
    return [
      {
        severity: 'error',
        code: 'no-report',
        text: 'heaptrack recorded nothing: the program did not begin, did not load its library, was replaced by another one (exec), or ended in its first moments. Its own message, if any, stands in the output of the run.',
      },
    ];
  }
  const notes: Note[] = [];
  if ((exit.signal !== undefined && stopped === undefined) || lost !== undefined) {
    notes.push({
      severity: 'warning',
      code: 'record-cut',
      text: 'heaptrack writes what it records in pieces of 4 KiB, and the last one went with the program: the allocations of its last moments are missing, of some seconds where it allocates little.',
    });
  }
  if (exit.signal !== undefined || lost !== undefined || stopped !== undefined) {
    notes.push({
      severity: 'info',
      code: 'in-use',
      text: 'The program was ended in the midst of its work: what it still used then is not freed, too.',
    });
  }
  return notes;
}

/**
 * The sanitizers follow frame pointers to be quick, and lose every caller above a library without them: a leak of strdup()
 * then ends inside of libc.
 */
export function shortStackNotes(engine: Engine, findings: readonly Finding[]): readonly Note[] {
  if (engine.family !== 'sanitizer') return [];
  const short = findings.filter(({ kind, stacks }) => kind === 'leak' && (stacks[0]?.frames ?? []).every(isRuntimeFrame)).length;
  if (short === 0) return [];
  return [
    {
      severity: 'info',
      code: 'short-stacks',
      text: `${short === 1 ? 'The stack of one leak ends' : `The stacks of ${short} leaks end`} in a library that keeps no frame pointers. The engine option fast_unwind_on_malloc=0 shows the callers, at 4 to 60 times the cost of an allocation; Memcheck shows them too.`,
    },
  ];
}
