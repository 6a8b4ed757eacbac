import type { Cancel } from '../base/cancel.js';
import type { FindingSink, ParseEnd, ParserFactory, ReportParser } from '../engines/parser.js';
import type { Target } from './ports.js';

/** A failure to read has a code of errno(3), such as ENOENT. */
export interface ReadError {
  readonly code?: string;
  readonly message: string;
}

/** Gives a parser all text. Returns why the text could not be read to its end; a fault of the parser itself is thrown on. */
export async function feed(parser: ReportParser, text: AsyncIterable<string>, cancel?: Cancel): Promise<ReadError | undefined> {
  const chunks = text[Symbol.asyncIterator]();
  while (cancel?.requested !== true) {
    let next: IteratorResult<string>;
    try {
      next = await chunks.next();
    } catch (error) {
      return error as ReadError;
    }
    if (next.done === true) return undefined;
    parser.push(next.value);
  }
  await chunks.return?.();
  return undefined;
}

/** Feeds one file to a parser. A file that can't be read any further is a note, not a loss of what was understood. */
export async function readReport(
  target: Pick<Target, 'readText'>,
  path: string,
  factory: ParserFactory,
  sink: FindingSink,
): Promise<ParseEnd> {
  const parser = factory(sink);
  const error = await feed(parser, target.readText(path));
  if (error === undefined) return parser.end();
  sink.note({ severity: 'warning', code: 'unreadable', text: `${path} could not be read to its end: ${error.message}` });
  return { ...parser.end(), partial: true };
}
