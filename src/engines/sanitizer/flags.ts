/**
 * The text of ASAN_OPTIONS and its sisters, by the rules of sanitizer_flag_parser.cpp of compiler-rt: `key=value` pairs
 * parted by blanks, commas or colons; a value may be quoted with `'` or `"`, without any escape inside. The last value of
 * a key holds.
 */
export type Flags = ReadonlyMap<string, string>;

const SEPARATORS = ' ,:\n\t\r';

/** What can't be understood (a key without `=`, a quote that is not closed) is dropped: the runtime would end over it. */
export function parseFlags(text: string): Flags {
  const flags = new Map<string, string>();
  let i = 0;
  while (i < text.length) {
    if (SEPARATORS.includes(text[i] as string)) {
      i++;
      continue;
    }
    const start = i;
    while (i < text.length && text[i] !== '=' && !SEPARATORS.includes(text[i] as string)) i++;
    if (text[i] !== '=') continue;
    const key = text.slice(start, i++);
    const quote = text[i];
    let value: string;
    if (quote === "'" || quote === '"') {
      const end = text.indexOf(quote, i + 1);
      if (end < 0) break;
      value = text.slice(i + 1, end);
      i = end + 1;
    } else {
      const from = i;
      while (i < text.length && !SEPARATORS.includes(text[i] as string)) i++;
      value = text.slice(from, i);
    }
    if (key !== '') {
      flags.delete(key);
      flags.set(key, value);
    }
  }
  return flags;
}

/** False for a value that holds both kinds of quotes and needs one: the runtime has no way to write it. */
export function canBeFlag(value: string): boolean {
  return !needsQuotes(value) || !value.includes("'") || !value.includes('"');
}

/** Values that can't be written are left out. */
export function formatFlags(flags: Flags): string {
  return [...flags]
    .filter(([, value]) => canBeFlag(value))
    .map(([key, value]) => `${key}=${quoted(value)}`)
    .join(':');
}

/** Later flags win. */
export function mergeFlags(...all: readonly Flags[]): Flags {
  const merged = new Map<string, string>();
  for (const flags of all) {
    for (const [key, value] of flags) {
      merged.delete(key);
      merged.set(key, value);
    }
  }
  return merged;
}

function needsQuotes(value: string): boolean {
  return /[ ,:\n\t\r]|^['"]/.test(value);
}

function quoted(value: string): string {
  if (!needsQuotes(value)) return value;
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}
