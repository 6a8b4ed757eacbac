import type { FindingSink } from '../engines/parser.js';
import { createAnyReportParser } from './open-report.js';

/** Reports begin early in a log, or the log is none of a single run. */
const MOST_LETTERS = 4 << 20;
const nobody: FindingSink = { finding: () => undefined, note: () => undefined };

/** Whether Open Memory Report would find a report in it. What can't be read is none. */
export async function isMemoryReport(text: AsyncIterable<string>): Promise<boolean> {
  const parser = createAnyReportParser(nobody);
  let letters = 0;
  try {
    for await (const chunk of text) {
      parser.push(chunk);
      letters += chunk.length;
      if (letters > MOST_LETTERS) break;
    }
  } catch {
    return false;
  }
  return parser.end().recognised;
}
