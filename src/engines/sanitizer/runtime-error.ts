import type { Frame } from '../../model/stack.js';
import { parseFrame } from './frame.js';
import { channelOf, withoutPrefix } from './line-prefix.js';

/** A line of UndefinedBehaviorSanitizer: `FILE:LINE:COLUMN: runtime error: WHAT` (ubsan_diag.cpp of compiler-rt). */
export interface RuntimeError {
  readonly message: string;
  /** The place that the line names; absent for `<unknown>`. */
  readonly frame?: Frame;
  readonly channel: string;
}

const MARK = ': runtime error: ';

export function readRuntimeError(line: string): RuntimeError | undefined {
  const at = line.indexOf(MARK);
  if (at <= 0) return undefined;
  const message = line
    .slice(at + MARK.length)
    .replace(/\[\d{0,3}m/g, '')
    .trim();
  if (message === '') return undefined;
  const location = pathOf(withoutPrefix(line.slice(0, at)));
  const channel = channelOf(line.slice(0, at - location.length));
  if (location === '<unknown>' || /^0x[0-9a-f]+$/.test(location)) return { message, channel };
  if (/^\(.*\+0x[0-9a-f]+\)$/.test(location)) return { message, frame: parseFrame(location), channel };
  const place = /^(.*?)(?:\((\d{1,9})(?:,(\d{1,9}))?\)|:(\d{1,9})(?::(\d{1,9}))?)$/.exec(location);
  const file = place?.[1] ?? '';
  // Other programs (Go's, a judge's) say "runtime error: " too, but with no place before it.
  if (file === '') return undefined;
  const sourceLine = Number(place?.[2] ?? place?.[4] ?? 0);
  const column = Number(place?.[3] ?? place?.[5] ?? 0);
  return {
    message,
    frame: { file, ...(sourceLine > 0 ? { line: sourceLine } : {}), ...(sourceLine > 0 && column > 0 ? { column } : {}) },
    channel,
  };
}

/**
 * Without what is left of a prefix that nobody knows: the path begins where one looks absolute, else at the first word that is of a folder (a name in it may
 * hold blanks), else after the last blank.
 */
function pathOf(location: string): string {
  if (!/\s/.test(location) || location.startsWith('(')) return location;
  const path =
    /(?:^|\s)((?:\/[^\s/]|\.\.?\/|[A-Za-z]:[\\/]).*)$/.exec(location) ??
    /(?:^|\s)([\w.+-]+\/[\w.+-]*(?: [\w.+/-]+)*(?::\d+){0,2})$/.exec(location);
  return path?.[1] ?? /\S*$/.exec(location)?.[0] ?? location;
}
