import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseSshConfig } from '../formats/ssh-config.js';

/**
 * Hosts that ~/.ssh/config (or `configFile`) names, with the files that it includes; empty when there is none. Nothing of it is run.
 */
export async function sshHosts(configFile?: string, home: string = homedir()): Promise<readonly string[]> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const collect = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(file, 'utf8').catch(() => '');
    const { hosts, includes } = parseSshConfig(text);
    for (const host of hosts) found.add(host);
    for (const pattern of includes) {
      const path = pattern.startsWith('~/') ? join(home, pattern.slice(2)) : pattern;
      // ssh_config(5): what is not absolute is below ~/.ssh.
      for (const included of await expand(path.startsWith('/') ? path : join(home, '.ssh', path))) await collect(included);
    }
  };
  await collect(configFile ?? join(home, '.ssh/config'));
  return [...found];
}

/** The paths that a pattern of glob(7) stands for, in the order of their names; a name with a leading dot must be named so. */
async function expand(pattern: string): Promise<readonly string[]> {
  let paths = ['/'];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map((path) => join(path, part));
      continue;
    }
    const fits = partPattern(part);
    const below = await Promise.all(
      paths.map(async (path) => {
        const names = await readdir(path).catch(() => [] as string[]);
        return names
          .filter((name) => fits.test(name) && (part.startsWith('.') || !name.startsWith('.')))
          .sort()
          .map((name) => join(path, name));
      }),
    );
    paths = below.flat();
  }
  return paths;
}

function partPattern(part: string): RegExp {
  const source = part.replace(
    /\[(!?)([^\]/]+)\]|[\\^$+.()|{}[\]]|\*|\?/g,
    (all, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^\]]/g, '\\$&')}]`;
      return all === '*' ? '.*' : all === '?' ? '.' : `\\${all}`;
    },
  );
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // A range that runs backwards: it fits nothing.
    return /^(?!)/;
  }
}
