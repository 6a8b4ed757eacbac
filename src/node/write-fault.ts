import type { Fault } from '../base/fault.js';

/** What an error of Node's file system means for a file that was to be made or written. */
export function writeFault(path: string, error: unknown): Fault {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'disk-full', path };
    case 'EEXIST':
      return { code: 'file-exists', path };
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'not-found', path, what: 'directory of' };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { code: 'permission', path, operation: 'write' };
    default:
      return { code: 'unwritable', path, detail: message };
  }
}
