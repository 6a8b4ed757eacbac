import { splitWords } from '../base/shell-words.js';

export interface OsRelease {
  /** `ID`, then the words of `ID_LIKE`: the distribution and its relatives, nearest first. */
  readonly ids: readonly string[];
  readonly prettyName?: string;
  readonly versionId?: string;
}

/** Reads os-release(5). Without an `ID` it is `linux`, as the manual page says. Lines that are no assignment are passed over. */
export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match === null) continue;
    const words = splitWords(match[2] as string);
    // A value of several unquoted words is against the format: the first word is what a shell would assign.
    if (words !== undefined) values.set(match[1] as string, words[0] ?? '');
  }
  const ids = [values.get('ID') || 'linux', ...(values.get('ID_LIKE') ?? '').split(/\s+/)].filter((id) => id !== '');
  const prettyName = values.get('PRETTY_NAME');
  const versionId = values.get('VERSION_ID');
  return {
    ids: [...new Set(ids)],
    ...(prettyName ? { prettyName } : {}),
    ...(versionId ? { versionId } : {}),
  };
}
