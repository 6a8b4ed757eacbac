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
