/** Work on the text of paths: nothing is looked up, so symbolic links stay as they are written. POSIX, and Windows as reports hold it. */

/** Paths are POSIX here; a path with a drive letter or a leading `\\` is a Windows path of a report from elsewhere. */
export function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || isWindowsPath(path);
}

/** Windows separators as `/`; other paths as they are, for there a backslash is part of a name. */
function withSlashes(path: string): string {
  return isWindowsPath(path) ? path.replaceAll('\\', '/') : path;
}

/**
 * Resolves `.`, `..` and `//` by their text alone: no symbolic link is followed. `..` above the root is dropped, in front of
 * a relative path it is kept. An empty path is `.`.
 */
export function normalisePath(path: string): string {
  const text = withSlashes(path);
  const root = /^[A-Za-z]:\//.exec(text)?.[0] ?? (text.startsWith('/') ? '/' : '');
  const parts: string[] = [];
  for (const part of text.slice(root.length).split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (root === '') parts.push('..');
  }
  const joined = root + parts.join('/') || '.';
  // `./C:/x` names a folder `C:` here: without its `./` it would be a drive.
  return root === '' && isWindowsPath(joined) && !isWindowsPath(text) ? `./${joined}` : joined;
}

/** `path` as seen from `directory`; an absolute `path` stays what it is. Normalised. */
export function joinPath(directory: string, path: string): string {
  return normalisePath(isAbsolutePath(path) ? path : `${directory}/${path}`);
}

/** The last component; of a path that ends in `/`, the one before it. */
export function baseName(path: string): string {
  const text = withSlashes(path);
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end--;
  return text.slice(text.lastIndexOf('/', end - 1) + 1, end);
}

/** Everything before the last component: `/` for what lies in the root, `.` for a bare name. */
export function directoryName(path: string): string {
  const text = normalisePath(path);
  const cut = text.lastIndexOf('/');
  return cut < 0 ? '.' : cut === 0 ? '/' : text.slice(0, cut);
}

/** What follows `folder` in `path`, without a leading `/`; '' for the folder itself, undefined for a path outside of it. */
export function relativeTo(folder: string, path: string): string | undefined {
  const inner = normalisePath(path);
  const outer = normalisePath(folder);
  // File names of Windows are case-insensitive, and so is a mapping written for them.
  const same = isWindowsPath(folder)
    ? (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
    : (a: string, b: string): boolean => a === b;
  if (same(inner, outer)) return '';
  const prefix = outer.endsWith('/') ? outer : `${outer}/`;
  return inner.length > prefix.length && same(inner.slice(0, prefix.length), prefix) ? inner.slice(prefix.length) : undefined;
}
