import { logLine } from '../kernel/log-line.js';

/**
 * A line that is none of its format, without what a log, a terminal, a mail or grep has put before it. Undefined: nothing was. Asked only where a line is not understood as it is, so that
 * nothing is taken from one that is.
 */
export function undressed(line: string): string | undefined {
  const { text } = logLine(line);
  return text === line.trim() ? undefined : text;
}
