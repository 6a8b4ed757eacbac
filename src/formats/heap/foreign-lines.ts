import type { HeapNote } from '../../model/heap-profile.js';
import type { ProfileBuilder } from './profile-builder.js';

/** Lines that are none of the format. */
export class ForeignLines {
  private count = 0;
  private first = 0;

  /** `line`: its number, from 1. */
  add(line: number): void {
    this.count++;
    if (this.count === 1) this.first = line;
  }

  /** Those until now; undefined: there are none. */
  get note(): HeapNote | undefined {
    return this.count > 0 ? { code: 'foreign-lines', count: this.count, line: this.first } : undefined;
  }

  noteIn(builder: ProfileBuilder): void {
    if (this.note !== undefined) builder.note(this.note);
  }
}
