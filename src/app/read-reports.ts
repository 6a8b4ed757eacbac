import type { FindingSink, ParseEnd, ParserFactory } from '../engines/parser.js';
import type { Target } from './ports.js';

/** Feeds one file to a parser. A file that can't be read any further is a note, not a loss of what was understood. */
export async function readReport(target: Target, path: string, factory: ParserFactory, sink: FindingSink): Promise<ParseEnd> {
  const parser = factory(sink);
  try {
    for await (const chunk of target.readText(path)) parser.push(chunk);
  } catch (error) {
    sink.note({
      severity: 'warning',
      code: 'unreadable',
      text: `${path} could not be read to its end: ${(error as Error).message}`,
    });
    return { ...parser.end(), partial: true };
  }
  return parser.end();
}
