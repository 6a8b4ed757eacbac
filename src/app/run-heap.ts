import type { FindingSink } from '../engines/parser.js';
import type { Note } from '../model/finding.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { heapNoteWords } from './heap/heap-note-words.js';
import { openHeapProfile } from './heap/open-heap.js';
import { unfreedFindings } from './heap/unfreed-findings.js';
import type { ReportFiles } from './kept-reports.js';
import type { Unpackers } from './packed-file.js';
import type { Prepared } from './prepare-run.js';
import type { RunReports } from './run-reports.js';
import type { RunSite } from './run-site.js';

export interface RecordedRun {
  readonly reports: ReportFiles;
  readonly reportDir: string;
  readonly prepared: Prepared;
  readonly site: RunSite;
}

/** Reads what the recorder of a run has written: the heap profile, and the findings in it. */
export async function readRunHeap(
  { reports, reportDir, prepared, site }: RecordedRun,
  name: string,
  unpackers: () => Promise<Unpackers>,
  sink: FindingSink,
): Promise<RunReports & { readonly profile?: HeapProfile }> {
  const path = `${reportDir}/${name}`;
  const opened = await openHeapProfile(reports.readChunks(path), path, await unpackers());
  // What recorded nothing has written nothing that could be known.
  if (!opened.ok) return { files: 0, partial: false, fromCheck: false, notes: [] };
  const profile = withModule(opened.value, site.program.path, prepared.program.path);
  const { findings, notes } = unfreedFindings(profile, prepared.engine.id);
  for (const finding of findings) sink.finding(finding);
  return {
    files: 1,
    partial: profile.notes.some(({ code }) => code === 'cut'),
    fromCheck: false,
    notes: [
      ...profile.notes.map(
        (note): Note => ({ severity: note.code === 'cut' ? 'warning' : 'info', code: note.code, text: heapNoteWords(note) }),
      ),
      ...notes,
    ],
    profile,
  };
}

/** The user knows a copy by the name of the file that was copied. */
function withModule(profile: HeapProfile, there: string, here: string): HeapProfile {
  if (there === here) return profile;
  return { ...profile, texts: profile.texts.map((text) => (text === there ? here : text)) };
}
