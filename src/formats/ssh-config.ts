/** What ssh_config(5) says of hosts: `Host` and `Include` lines; the rest is ssh's own business. */
export interface SshConfigHosts {
  /** Names without patterns, in the order of the file. */
  readonly hosts: readonly string[];
  /** Arguments of `Include`, in order: paths, which may hold the wildcards of glob(7) and begin with `~`. */
  readonly includes: readonly string[];
}

/**
 * The hosts that a configuration of OpenSSH names. Lines are `keyword arguments` or `keyword=arguments`, keywords without regard to case, arguments
 * in double quotes where they hold spaces; `#` begins a comment. Patterns (`*`, `?`) and negations (`!`) are no hosts. `Match` blocks
 * name none; an `Include` inside of a block is followed like any other: what it names may be wanted.
 */
export function parseSshConfig(text: string): SshConfigHosts {
  const hosts = new Set<string>();
  const includes: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, keyword = '', rest = ''] = /^[ \t\f]*"?([A-Za-z]+)"?(?:[ \t\f]*=[ \t\f]*|[ \t\f]+)(.*)$/.exec(line) ?? [];
    switch (keyword.toLowerCase()) {
      case 'host':
        for (const name of argumentsOf(rest)) if (!/[*?!]/.test(name)) hosts.add(name);
        break;
      case 'include':
        includes.push(...argumentsOf(rest));
        break;
    }
  }
  return { hosts: [...hosts], includes };
}

function argumentsOf(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/"[^"]*"?|'[^']*'?|[^ \t\f"']+/g)) {
    if (word.startsWith('#')) break;
    const bare = /^["']/.test(word) ? word.slice(1).replace(/["']$/, '') : word;
    if (bare !== '') words.push(bare);
  }
  return words;
}

/**
 * The keywords of `ssh -G host`, in lower case as it prints them, with their values; of a keyword that comes more than once, the first.
 */
export function parseSshSettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, keyword, value] = /^([A-Za-z0-9]+) (.*)$/.exec(line) ?? [];
    if (keyword !== undefined && value !== undefined && !settings.has(keyword)) settings.set(keyword, value);
  }
  return settings;
}
