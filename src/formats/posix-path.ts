/** Lexical work on POSIX paths: nothing is looked up, so symbolic links stay as they are written. */

export const isAbsolutePath = (path: string): boolean => path.startsWith('/');

/** Takes out empty parts, `.` and `..`, as realpath(3) would in a tree without symbolic links. `''` becomes `.`. */
export function normalizePath(path: string): string {
  const absolute = isAbsolutePath(path);
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push('..');
  }
  const joined = parts.join('/');
  if (absolute) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** `path` as seen from `directory`, normalised. */
export function resolvePath(directory: string, path: string): string {
  return normalizePath(isAbsolutePath(path) ? path : `${directory}/${path}`);
}

/** The last part; `''` for `/`. */
export function baseName(path: string): string {
  const parts = normalizePath(path).split('/');
  return parts.at(-1) ?? '';
}
