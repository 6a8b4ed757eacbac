import type { Fault } from '../base/fault.js';

/** What an error of Node's file system means for a file, named by the user, that was to be made or written. */
export function writeFault(path: string, error: unknown): Fault {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'disk-full', path, chosen: true };
    case 'EEXIST':
      return { code: 'file-exists', path };
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'not-found', path, what: 'directory of' };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { code: 'permission', path, operation: 'write' };
    case 'EISDIR':
      return { code: 'unwritable', path, detail: 'It is a directory.' };
    // open(2), of what is no FIFO.
    case 'ENXIO':
      return { code: 'unwritable', path, detail: 'It is a socket, or a device that is not there.' };
    default:
      return { code: 'unwritable', path, detail: message };
  }
}
