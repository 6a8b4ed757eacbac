import type { Note } from '../../model/finding.js';
import type { FindingSink } from '../parser.js';

/** A report that goes wrong in a loop says the same thing a million times. */
const MAX_NOTES = 100;

/** Tells each note once. */
export class ReportNotes {
  private readonly told = new Set<string>();

  constructor(private readonly sink: FindingSink) {}

  note(note: Note): void {
    if (this.told.has(note.text) || this.told.size >= MAX_NOTES) return;
    this.told.add(note.text);
    this.sink.note(note);
  }

  cut(): void {
    // Not through `note`: this one is never crowded out.
    this.sink.note({ severity: 'warning', code: 'cut', text: 'The report is not complete: part of it is missing or damaged.' });
  }

  fatalSignal(message: string, detail: string | undefined, pid: number | undefined): void {
    const who = pid === undefined ? '' : `Process ${pid}: `;
    const why = detail === undefined ? '' : `. ${detail}`;
    this.note({ severity: 'warning', code: 'fatal-signal', text: `${who}${message}${why}` });
  }

  suppressed(reports: number, suppressions: number): void {
    if (reports === 0) return;
    const by = suppressions === 1 ? '1 suppression' : `${suppressions} suppressions`;
    this.note({ severity: 'info', code: 'suppressed', text: `Valgrind left out ${reports} errors that match ${by}.` });
  }
}
