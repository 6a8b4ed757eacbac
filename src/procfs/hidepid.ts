/** How a /proc hides processes from users who may not trace them. */
export interface HiddenProcesses {
  /** Members of this group see all of them (the option gid=). */
  readonly exceptGroup?: number;
}

/** By number, and since Linux 5.8 by name. With 1 the directories can be seen, but nothing in them can be read. */
const HIDES = /^hidepid=(?:1|2|4|noaccess|invisible|ptraceable)$/;

/** Whether /proc has the processes and nothing of the machine, as for a service of systemd with ProcSubset=pid (Linux 5.8). */
export const showsProcessesOnly = (mountinfo: string): boolean => procOptions(mountinfo).at(-1)?.includes('subset=pid') === true;

/** The options of each file system that was mounted on /proc; the last one covers those before. */
function procOptions(mountinfo: string): readonly (readonly string[])[] {
  return mountinfo.split('\n').flatMap((line) => {
    // ID PARENT DEVICE ROOT MOUNT-POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
    const options = /^\d+ \d+ \d+:\d+ \S+ \/proc \S+ (?:\S+ )*?- proc \S+ (\S+)\s*$/.exec(line)?.[1];
    return options === undefined ? [] : [options.split(',')];
  });
}

/** The option hidepid (proc(5)) of the file system on /proc, by /proc/self/mountinfo (proc_pid_mountinfo(5)); undefined: nothing is hidden. */
export function parseHidepid(mountinfo: string): HiddenProcesses | undefined {
  const options = procOptions(mountinfo).at(-1) ?? [];
  const hides = options.find((option) => HIDES.test(option));
  if (hides === undefined) return undefined;
  // What may not be traced is hidden from that group, too.
  if (/=(?:4|ptraceable)$/.test(hides)) return {};
  const group = options.flatMap((option) => /^gid=(\d{1,10})$/.exec(option)?.[1] ?? [])[0];
  return group === undefined ? {} : { exceptGroup: Number(group) };
}
