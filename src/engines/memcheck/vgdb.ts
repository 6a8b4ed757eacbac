import type { FindingSink } from '../parser.js';
import { createMemcheckTextParser } from './parse-text.js';

/** What the names of vgdb's FIFOs begin with in the directory of a run; each process adds its own number. */
export const VGDB_PREFIX = 'vgdb';

/** What vgdb is told, after its own options. `changed`: only what is not as it was at the last search. The second command marks the end of the answer. */
export const leakCheckWords = (which: 'any' | 'changed'): readonly string[] => [
  ...['-c', 'leak_check', 'full', 'reachable', which],
  ...['-c', 'v.info', 'n_errs_found'],
];

export interface VgdbEnd {
  /** The answer came to its end. */
  readonly isWhole: boolean;
  /** It says what there is altogether; not so with valgrind's option -q. */
  readonly hasTotals: boolean;
  /** Not one block is in use. */
  readonly isEmpty: boolean;
}

export interface VgdbParser {
  push(text: string): void;
  end(): VgdbEnd;
}

/**
 * The answer to leakCheckWords (Valgrind manual 4.6): Memcheck's text with `==PID==` before each line. With `changed` or `increased` an amount has
 * what is new since the last one: `34,600 (+8,400) bytes in 346 (+84) blocks are definitely lost`; a loss record that is gone has 0 bytes.
 */
export function createVgdbParser(sink: FindingSink): VgdbParser {
  const parser = createMemcheckTextParser({
    finding: (finding) => {
      if (finding.kind === 'leak') sink.finding(finding);
    },
    note: (note) => sink.note(note),
  });
  let tail = '';
  let isWhole = false;
  let hasTotals = false;
  let isEmpty = false;
  return {
    push: (text) => {
      parser.push(text);
      // A mark may be cut anywhere.
      const seen = tail + text;
      hasTotals ||= /==\s+suppressed: \d/.test(seen);
      isEmpty ||= seen.includes('All heap blocks were freed');
      isWhole ||= /^n_errs_found \d/m.test(seen);
      tail = seen.slice(-128);
    },
    end: () => {
      parser.end();
      return { isWhole, hasTotals: hasTotals || isEmpty, isEmpty };
    },
  };
}
