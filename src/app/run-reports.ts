import type { Engine } from '../engines/engine.js';
import { readEarlyEnd, readTrouble } from '../engines/memcheck/valgrind-trouble.js';
import type { FindingSink } from '../engines/parser.js';
import type { Finding, Note } from '../model/finding.js';
import type { ReportFiles } from './kept-reports.js';
import type { Target } from './ports.js';
import { readReport } from './read-reports.js';

export interface RunReports {
  readonly files: number;
  readonly partial: boolean;
  readonly notes: readonly Note[];
}

/** What came after a leak check at the stop. */
const LATE_PREFIX = 'control.late.';

/** Whether a file of the run's directory holds a report, or a part of one. */
export const isReportName = (name: string, prefix: string): boolean => name.startsWith(prefix) || name.startsWith(LATE_PREFIX);

/** Reads all reports that a run has left in its directory. */
export async function readRunReports(
  from: ReportFiles,
  reportDir: string,
  prefix: string,
  engine: Engine,
  sink: FindingSink & { readonly findings: readonly Finding[] },
): Promise<RunReports> {
  const names = await from.list(reportDir);
  const files = (names.ok ? names.value : []).filter((name) => name.startsWith(prefix)).sort();
  let partial = false;
  const notes: Note[] = [];
  for (const name of files) {
    const before = sink.findings.length;
    const end = await readReport(from, `${reportDir}/${name}`, engine.parser, sink);
    partial ||= end.partial;
    if (engine.id === 'memcheck' && sink.findings.length === before && notes.length === 0) {
      const head = await from.readBytes(`${reportDir}/${name}`, { length: 1 << 16 });
      if (head.ok) notes.push(...readEarlyEnd(String.fromCharCode(...head.value)));
    }
  }
  // Errors are news, leaks are the same ones once more.
  for (const name of (names.ok ? names.value : []).filter((other) => other.startsWith(LATE_PREFIX))) {
    await readReport(from, `${reportDir}/${name}`, engine.parser, {
      finding: (finding) => {
        if (finding.kind !== 'leak') sink.finding(finding);
      },
      note: (note) => sink.note(note),
    });
  }
  return { files: files.length, partial, notes };
}

/** Valgrind wrote nothing, and its complaint went to the terminal: a run of its own on a trivial program shows whether it works at all. */
export async function valgrindTrouble(target: Target, valgrind: string): Promise<readonly Note[]> {
  const tried = await target.capture({ argv: [valgrind, '/bin/true'] }, { timeLimitMs: 30_000, maxBytes: 1 << 16 });
  if (!tried.ok) return [];
  return tried.value.stderr.split('\n').flatMap((line) => readTrouble(line) ?? []);
}
