/** Mail programs wrap lines at 72 to 80 characters; nothing that is longer was. */
const LONGEST = 400;
const QUOTE = /^[>\s]*/;
/** Of the first line of an object, without its size. */
const OPEN_HEADER = /unreferenced object(?: \(\w{1,20}\))?(?: 0x[\da-f]{1,16})?\s*$/;
const SIZE = /^[>\s]*(?:0x[\da-f]{1,16} )?\(size \d/;
/** What may stand at the end of a frame: where it is in the source, and the module. */
const END_OF_FRAME = /^[>\s]*(?:[^\s:()[\]]+:\d{1,7}(?: \[inline\])?|\[inline\]|\[\w[\w.-]*\])\s*$/;

const join = (before: string, line: string): string => `${before.trimEnd()} ${line.replace(QUOTE, '')}`;

/** Two lines that were one: each function gives that one, or undefined where the second is no rest of the first. */
export const joinedHeader = (before: string, line: string): string | undefined =>
  before.length <= LONGEST && SIZE.test(line) && OPEN_HEADER.test(before) ? join(before, line) : undefined;

export const joinedProcess = (before: string, line: string): string | undefined =>
  before.length <= LONGEST && line.length <= LONGEST && before.includes('comm "') ? join(before, line) : undefined;

export const joinedFrame = (before: string, line: string): string | undefined =>
  before.length <= LONGEST && line.length <= LONGEST && before.trim() !== '' && END_OF_FRAME.test(line)
    ? join(before, line)
    : undefined;
