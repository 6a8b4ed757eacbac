/** Lines of `bpftrace -f json` (bpftrace(8), output formats). */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A line, which has a type; undefined: it is none of bpftrace's. */
export function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value['type'] === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const NAME = '"((?:[^"\\\\]|\\\\.)*)"';
const VALUES = { number: '-?\\d[\\d.eE+-]*', object: '\\{[^{}]*\\}' };

/**
 * The entries of the map that a line prints, with the text of each value. A stack that several threads or processes have comes once for each of them, with the
 * same text: what reads JSON would keep the last.
 */
export function* entriesOf(line: string, values: keyof typeof VALUES): Generator<readonly [string, string]> {
  // Strings without such a value are gone over whole: what they hold is no name.
  for (const [, name = '', value] of line.matchAll(new RegExp(`${NAME}(?:\\s*:\\s*(${VALUES[values]}))?`, 'g')))
    if (value !== undefined) yield [JSON.parse(`"${name}"`) as string, value];
}
