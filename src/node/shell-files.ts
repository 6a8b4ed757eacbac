import type { FileFacts } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import type { Bytes } from '../base/units.js';

/**
 * Shell code that says what `statFacts` reads of the file $p, or on stderr what is wrong: stat(1) where it has formats, else ls(1)
 * and date(1), which older builds of BusyBox have.
 */
export const STAT =
  `stat -L -c '%f %s %Y' "$p" 2>/dev/null || ` +
  `{ l=$(ls -ldnL "$p") && t=$(date -r "$p" +%s 2>/dev/null); [ -n "$l" ] && printf 'ls %s %s' "\${t:-?}" "$l"; }`;

const TYPES = new Map<number, FileFacts['kind']>([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o010000, 'fifo'],
]);
const TYPE_LETTERS = new Map([
  ['-', 0o100000],
  ['d', 0o040000],
  ['p', 0o010000],
  ['c', 0o020000],
  ['b', 0o060000],
  ['s', 0o140000],
]);

/** Of `STAT`. Times are in whole seconds; without stat and date, the time is not known. */
export function statFacts(text: string): FileFacts | undefined {
  const stat = /^([0-9a-f]+) (\d+) (-?\d+)\s*$/.exec(text);
  if (stat !== null) return facts(Number.parseInt(stat[1] ?? '', 16), Number(stat[2]), Number(stat[3]));
  // Links, owner, group; a device has two numbers in place of a size.
  const ls = /^ls (-?\d+|\?) (.)([-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT])\S* +\d+ +\d+ +\d+ +(?:(\d+)(?!,) |\d+, *\d+ )/.exec(
    text,
  );
  const type = TYPE_LETTERS.get(ls?.[2] ?? '');
  if (ls === null || type === undefined) return undefined;
  let mode = type;
  for (const [i, letter] of [...(ls[3] ?? '')].entries()) {
    if (letter !== '-' && letter !== 'S' && letter !== 'T') mode |= 1 << (8 - i);
    // setuid, setgid and sticky stand in the place of the three x.
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> ((i - 2) / 3);
  }
  return facts(mode, Number(ls[4] ?? 0), ls[1] === '?' ? undefined : Number(ls[1]));
}

function facts(mode: number, size: number, seconds: number | undefined): FileFacts {
  const kind = TYPES.get(mode & 0o170000) ?? 'other';
  return { kind, size, executable: (mode & 0o111) !== 0, mode, ...(seconds === undefined ? {} : { modifiedMs: seconds * 1000 }) };
}

/**
 * How to read a part of a file: shell code, and what to take of its output. Files of /proc have no size and give less than a block in a
 * read, so that dd(1) can't count their blocks: they are read from their beginning, by cat or head.
 */
export function byteRange(
  pathWord: string,
  offset: number,
  length: Bytes | undefined,
): { readonly script: string; cut(output: Uint8Array): Uint8Array } {
  const block = length === undefined || length > 256 << 10 ? 64 << 10 : 4 << 10;
  const skip = Math.floor(offset / block);
  const count = length === undefined ? '' : ` count=${Math.ceil((offset + length) / block) - skip}`;
  const blocks = `dd if=${pathWord} bs=${block} skip=${skip}${count}`;
  const first = offset - skip * block;
  const script =
    offset > 0 ? blocks : length === undefined ? `cat ${pathWord}` : `head -c ${length} ${pathWord} 2>/dev/null || ${blocks}`;
  return { script, cut: (output) => output.subarray(first, length === undefined ? undefined : first + length) };
}

/** zsh names the file behind the reason, and begins it small. */
const ZSH =
  /^\S*?:(?:\d+:)? (no such file or directory|not a directory|permission denied|operation not permitted|read-only file system|no space left on device|disk quota exceeded): /m;

/** What a tool said on stderr in the C locale: strerror(3) of glibc, musl and Bionic; dash has words of its own, ksh93 brackets. */
export function fileFault(path: string, operation: string, stderr: string): Fault {
  const detail = stderr.trim();
  const reason = ZSH.exec(detail)?.[1] ?? /[^:[]*$/.exec(detail)?.[0].trim() ?? '';
  if (/^(No such file|Not a directory|Directory nonexistent|nonexistent)/i.test(reason)) {
    return { code: 'not-found', path, what: 'file or directory' };
  }
  if (/^(Permission denied|Operation not permitted|Read-only file system)/i.test(reason)) {
    return { code: 'permission', path, operation };
  }
  if (/^(No space left|.*quota exceeded)/i.test(reason)) return { code: 'disk-full', path };
  return { code: 'unreadable', path, detail };
}
