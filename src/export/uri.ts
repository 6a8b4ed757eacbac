import { isAbsolutePath, isWindowsPath, normalisePath, relativeTo } from '../base/path.js';

/** Percent-encodes each component (RFC 3986); a half surrogate, which is no character, becomes U+FFFD. */
function encodePath(path: string): string {
  return path
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/');
}

/** `file:///home/me/a%20b.c` for an absolute path, a relative reference for any other. */
export function fileUri(path: string): string {
  const plain = normalisePath(path);
  if (!isAbsolutePath(path)) return encodePath(plain);
  if (!isWindowsPath(path)) return `file://${encodePath(plain)}`;
  if (plain.startsWith('//')) return `file:${encodePath(plain)}`;
  return `file:///${plain.slice(0, 2)}${encodePath(plain.slice(2))}`;
}

/** The URI of a folder ends in a slash, so that a relative reference resolves inside of it. */
export function folderUri(path: string): string {
  const uri = fileUri(path);
  return uri.endsWith('/') ? uri : `${uri}/`;
}

/** The path below `root` as a relative reference; undefined when it is not below it. */
export function uriBelow(root: string, path: string): string | undefined {
  const rest = isAbsolutePath(path) ? relativeTo(root, path) : undefined;
  return rest === undefined || rest === '' ? undefined : encodePath(rest);
}
