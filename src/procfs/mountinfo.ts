import type { MemoryMount, TableText } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

/**
 * Devices of the file systems of /proc/PID/mountinfo (proc_pid_mountinfo(5)) whose type is one of `types`, as /proc/PID/maps writes them:
 * hexadecimal, two digits at least.
 */
export function devicesOfType(text: string, types: ReadonlySet<string>): Set<string> {
  const devices = new Set<string>();
  for (const line of text.split('\n')) {
    const separator = line.indexOf(' - ');
    const device = /^\d+ \d+ (\d+):(\d+) /.exec(line);
    const type = separator < 0 ? '' : (line.slice(separator + 3).split(' ')[0] ?? '');
    if (device === null || !types.has(type)) continue;
    const hex = (digits: string | undefined): string => Number(digits).toString(16).padStart(2, '0');
    devices.add(`${hex(device[1])}:${hex(device[2])}`);
  }
  return devices;
}

const IN_MEMORY: ReadonlySet<string> = new Set<MemoryMount['type']>(['tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs']);

/** The mounts of /proc/PID/mountinfo whose files are memory, in the file's order; one device may be mounted several times. */
export function memoryMounts(text: string): TableText<MemoryMount> {
  return readTable(text, (line) => {
    // ID PARENT DEVICE ROOT MOUNT-POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
    const match = /^\d+ \d+ (\d+:\d+) \S+ (\S+) \S+ (?:\S+ )*?- (\S+) (\S*) (\S+)\s*$/.exec(line);
    if (match === null) return undefined;
    const [, device = '', mountPoint = '', type = '', source = '', options = ''] = match;
    if (!IN_MEMORY.has(type)) return null;
    const sizeLimit = /(?:^|,)size=([^,]+)/.exec(options)?.[1];
    return {
      type: type as MemoryMount['type'],
      mountPoint: unescapeOctal(mountPoint),
      source: unescapeOctal(source),
      device,
      ...(sizeLimit === undefined ? {} : { sizeLimit }),
    };
  });
}

/** `\040` is a space: mountinfo and swaps escape space, tab, line end, `\` and `#` so. */
export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
