import type { Bytes } from '../../base/units.js';
import { utf8Text } from '../../base/utf8.js';

/** A regular file as `ls -lnsik` shows it. */
export interface ListedFile {
  readonly inode: string;
  /** Blocks that it takes. */
  readonly bytes: Bytes;
  readonly length: Bytes;
  readonly name: string;
}

/** What /proc/PID/fd/FD leads to. */
export interface ListedLink {
  readonly pid: number;
  readonly fd: number;
  readonly target: string;
}

/** The date has three words in the POSIX locale, and two where toybox shows it. */
const DATE = String.raw`(?:\d{4}-\d\d-\d\d\s+\d\d:\d\d|\S+\s+\S+\s+\S+)`;
const FILE = new RegExp(String.raw`^\s*(\d{1,20})\s+(\d{1,15})\s+-\S+\s+\d+\s+\S+\s+\S+\s+(\d{1,16})\s+${DATE}\s(.*)$`);
const LINK = new RegExp(String.raw`^l\S+\s+\d+\s+\S+\s+\S+\s+\d+\s+${DATE}\s(\d{1,10}) -> (.*)$`);

/** Lines of regular files; others are passed over. `escaped`: the names are as `ls -b` writes them. */
export function listedFiles(text: string, escaped: boolean): readonly ListedFile[] {
  return text.split('\n').flatMap((line) => {
    const [, inode, kib, length, name] = FILE.exec(line) ?? [];
    if (inode === undefined || name === undefined) return [];
    return [{ inode, bytes: Number(kib) * 1024, length: Number(length), name: escaped ? unescapeName(name) : name }];
  });
}

/** Links below the headings `/proc/PID/fd:`. */
export function listedLinks(text: string, escaped: boolean): readonly ListedLink[] {
  let pid: number | undefined;
  return text.split('\n').flatMap((line) => {
    const heading = /^\/proc\/(\d{1,10}|self)\/fd:$/.exec(line)?.[1];
    if (heading !== undefined) pid = heading === 'self' ? undefined : Number(heading);
    const [, fd, target] = LINK.exec(line) ?? [];
    return pid === undefined || target === undefined
      ? []
      : [{ pid, fd: Number(fd), target: escaped ? unescapeName(target) : target }];
  });
}

const LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** `\303\244`, `\n`, `\ `: bytes that `ls -b` does not show as they are; together they are UTF-8. */
function unescapeName(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\[0-3][0-7]{2}|\\.)+/g, (escapes) =>
    utf8Text(
      Uint8Array.from(
        [...escapes.matchAll(/\\([0-3][0-7]{2}|.)/g)].map(([, code = '']) =>
          code.length === 3 ? Number.parseInt(code, 8) : (LETTERS[code] ?? (code.codePointAt(0) as number) & 0xff),
        ),
      ),
    ),
  );
}
