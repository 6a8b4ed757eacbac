import type { Engine } from '../engines/engine.js';
import { readEarlyEnd, readTrouble } from '../engines/memcheck/valgrind-trouble.js';
import type { FindingSink } from '../engines/parser.js';
import { fingerprint } from '../findings/fingerprint.js';
import type { Finding, Note } from '../model/finding.js';
import type { ReportFiles } from './kept-reports.js';
import type { CheckedLeaks } from './leak-checks/running-checks.js';
import type { Target } from './ports.js';
import { readReport } from './read-reports.js';
import type { SymbolSettings } from './symbols/symbolizer.js';

export interface RunReports {
  readonly files: number;
  readonly partial: boolean;
  /** Leaks are from a check that was made while it ran: its process has not reported them at its end. */
  readonly fromCheck: boolean;
  readonly notes: readonly Note[];
}

/** What came after a leak check, or in its file when nobody has read that (media/companion.c). */
const AFTER_PREFIXES = ['control.after.', 'control.check.'] as const;

/** Whether a file of the run's directory holds a report, or a part of one. */
export const isReportName = (name: string, prefix: string): boolean =>
  name.startsWith(prefix) || AFTER_PREFIXES.some((after) => name.startsWith(after));

/** Reads the reports that a run has left in its directory until now; `checks`: what was asked of it while it ran, which is added. */
export async function readRunReports(
  from: ReportFiles,
  reportDir: string,
  prefix: string,
  engine: Engine,
  sink: FindingSink & { readonly findings: readonly Finding[] },
  checks?: CheckedLeaks & { readonly atStop: boolean },
): Promise<RunReports> {
  const { parser } = engine;
  if (parser === undefined) return { files: 0, partial: false, fromCheck: false, notes: [] };
  const names = await from.list(reportDir);
  const all = (names.ok ? names.value : []).filter((name) => isReportName(name, prefix)).sort();
  let partial = false;
  let files = 0;
  const notes: Note[] = [];
  const told = new Set<string>();
  const finished = new Set<number>();
  for (const name of all) {
    const isAfter = !name.startsWith(prefix);
    if (!isAfter) files++;
    const pid = Number(/\.(\d+)(?:\.xml)?$/.exec(name)?.[1] ?? 0);
    const isAtStop = checks?.atStop === true && checks.last.has(pid);
    let count = 0;
    const end = await readReport(from, `${reportDir}/${name}`, parser, {
      finding: (finding) => {
        count++;
        if (finding.kind === 'leak') {
          // Those of a check at the stop are the same ones.
          if (isAfter && isAtStop) return;
          if (checks !== undefined) told.add(keyOf(finding));
        }
        sink.finding(finding);
      },
      note: (note) => {
        if (!(isAtStop && note.code === 'cut')) sink.note(note);
      },
    });
    // One that was ended after a check has told its errors; and what comes after a check may be nothing.
    partial ||= end.partial && !isAtStop && (!isAfter || end.recognised);
    if (engine.id === 'memcheck' && !end.partial && pid > 0) finished.add(pid);
    if (engine.id === 'memcheck' && count === 0 && notes.length === 0) {
      const head = await from.readBytes(`${reportDir}/${name}`, { length: 1 << 16 });
      if (head.ok) notes.push(...readEarlyEnd(String.fromCharCode(...head.value)));
    }
  }
  const added = checks === undefined ? [] : addChecked(checks, told, finished, sink);
  const fromCheck = checks !== undefined && [...checks.last.keys()].some((pid) => !finished.has(pid));
  return { files, partial, fromCheck, notes: [...notes, ...added] };
}

/**
 * What was lost at the newest check of a process is lost at its end, too, whether it reports then or not. Only a process that has made a whole report
 * of Memcheck (`finished`) has nothing to be added: what is not in it was found again.
 */
function addChecked(
  { last, errors, atStop }: CheckedLeaks & { readonly atStop: boolean },
  told: ReadonlySet<string>,
  finished: ReadonlySet<number>,
  sink: FindingSink,
): readonly Note[] {
  for (const error of errors) sink.finding(error);
  let newest: { readonly number: number; readonly at: number } | undefined;
  let added = 0;
  for (const [pid, check] of last) {
    if (finished.has(pid)) continue;
    for (const leak of check.leaks) {
      if (told.has(keyOf(leak))) continue;
      added++;
      sink.finding(leak);
    }
    if (newest === undefined || check.at > newest.at) newest = check;
  }
  if (added === 0 || atStop || newest === undefined) return [];
  const seconds = Math.round(newest.at / 1000);
  return [
    {
      severity: 'info',
      code: 'from-check',
      text: `${added === 1 ? 'One leak is' : `${added} leaks are`} from the leak check after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}: the program did not report ${added === 1 ? 'it' : 'them'} at its end.`,
    },
  ];
}

const keyOf = (leak: Finding): string => `${leak.pid ?? ''} ${fingerprint(leak)}`;

/** Valgrind wrote nothing, and its complaint went to the terminal: a run of its own on a trivial program shows whether it works at all. */
export async function valgrindTrouble(
  target: Target,
  valgrind: string,
  debuginfod: SymbolSettings['debuginfod'],
): Promise<readonly Note[]> {
  const env = debuginfod === 'allowed' ? {} : { DEBUGINFOD_URLS: '' };
  const tried = await target.capture({ argv: [valgrind, '/bin/true'], env }, { timeLimitMs: 30_000, maxBytes: 1 << 16 });
  if (!tried.ok) return [];
  return tried.value.stderr.split('\n').flatMap((line) => readTrouble(line) ?? []);
}
