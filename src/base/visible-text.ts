/**
 * Text of a program, a report or a machine as it may be shown on one line: control characters, line ends and the characters that turn
 * the direction of writing become `\n`, `\x1b`, `\u202e`. Nothing of it can drive a terminal or hide what it says.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => {
    if (c === '\n') return '\\n';
    if (c === '\r') return '\\r';
    if (c === '\t') return '\\t';
    const code = c.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Text of several lines for a terminal: line ends and tabs are kept, all else as in `visibleText`. */
export function visibleLines(text: string): string {
  const line = (part: string): string => part.split('\t').map(visibleText).join('\t');
  return text.split(/\r*\n/).map(line).join('\n');
}
