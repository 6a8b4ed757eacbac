import { assembleReport } from '../../../src/findings/assemble.js';
import type { Finding, Note } from '../../../src/model/finding.js';
import type { Report, RunRecord } from '../../../src/model/report.js';

export const tool = { version: '1.2.3' };

export const run: RunRecord = {
  title: 'leak.c',
  program: '/w/my leak',
  args: ['-n', '3'],
  engine: 'asan',
  exit: { exitCode: 1 },
  durationMs: 1500,
};

/** A report whose files below /w are in the workspace. */
export function makeReport(
  findings: readonly Finding[],
  more: { notes?: readonly Note[]; run?: RunRecord; partial?: boolean } = {},
): Report {
  return assembleReport(
    { findings, notes: more.notes ?? [], partial: more.partial ?? false },
    (file) => (file.startsWith('/w/') ? { path: file, owner: 'workspace' } : undefined),
    more.run,
  );
}
