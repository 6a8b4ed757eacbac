import type { MissingFile } from '../../model/system-state.js';

export type WhyMissing = MissingFile['why'];

/** Texts of a machine's files by their paths on that machine (`/proc/meminfo`), and why others were not read. */
export interface SystemTexts {
  readonly texts: ReadonlyMap<string, string>;
  readonly failed: ReadonlyMap<string, WhyMissing>;
}

/** The first line that a script writes; what is before it, a login or a root command has said. */
const MARK = /^@@memlens ([0-9A-Za-z-]{8,64})$/m;
/** Behind the last file: what comes without it is cut. */
export const LAST = 'last';

/**
 * Reads what the scripts of system-scripts.ts write: `\nNONCE file PATH\n`, the file's bytes, and `\nNONCE fail MESSAGE\n` when there was one. The
 * nonce is new each time, so that nothing in a file can be taken for a frame. Undefined when it did not come, or not to its end.
 */
export function readFrames(output: string): SystemTexts | undefined {
  const mark = MARK.exec(output);
  if (mark === null) return undefined;
  const [, ...frames] = output.slice(mark.index + mark[0].length).split(`\n${mark[1]} `);
  const texts = new Map<string, string>();
  const failed = new Map<string, WhyMissing>();
  let path: string | undefined;
  let ended = false;
  for (const frame of frames) {
    const end = frame.indexOf('\n');
    const [head, text] = end < 0 ? [frame, ''] : [frame.slice(0, end), frame.slice(end + 1)];
    if (head === LAST) ended = true;
    else if (head.startsWith('file ')) {
      path = head.slice('file '.length);
      texts.set(path, text);
    } else if (head.startsWith('fail ') && path !== undefined) {
      failed.set(path, whyOf(head));
      // The error of a read that began well: what was read is not the whole file.
      texts.delete(path);
    }
  }
  return ended ? { texts, failed } : undefined;
}

/** Words of strerror(3), in the C locale. */
function whyOf(message: string): WhyMissing {
  if (/permission denied|not permitted/i.test(message)) return 'permission';
  return /no such (?:file|device|process)|not a directory/i.test(message) ? 'absent' : 'unreadable';
}
