/** What the program on a target says first. */
export interface Hello {
  /** A resident awk, or cat for each file. */
  readonly way: 'awk' | 'cat';
  /** How awk reads NUL bytes: as they are, as ends of lines, or not at all. */
  readonly nul: 'whole' | 'pieces' | 'none';
  /** A line that the target can put between files of one cat. */
  readonly separator?: string;
}

/** `hello BOOT-ID awk pieces cost`; undefined for other words. */
export function parseHello(words: string): Hello | undefined {
  const [first, separator, way, nul] = words.split(' ');
  if (first !== 'hello' || (way !== 'awk' && way !== 'cat')) return undefined;
  return {
    way,
    nul: nul === 'whole' || nul === 'pieces' ? nul : 'none',
    ...(separator === undefined || separator.length < 16 ? {} : { separator }),
  };
}
