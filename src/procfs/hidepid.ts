/** How a /proc hides processes from users who may not trace them. */
export interface HiddenProcesses {
  /** Members of this group see all of them (the option gid=). */
  readonly exceptGroup?: number;
}

/** By number, and since Linux 5.8 by name. With 1 the directories can be seen, but nothing in them can be read. */
const HIDES = /^hidepid=(?:1|2|4|noaccess|invisible|ptraceable)$/;

/** The option hidepid (proc(5)) of the file system on /proc, by /proc/self/mountinfo (proc_pid_mountinfo(5)); undefined: nothing is hidden. */
export function parseHidepid(mountinfo: string): HiddenProcesses | undefined {
  let hidden: HiddenProcesses | undefined;
  for (const line of mountinfo.split('\n')) {
    // ID PARENT DEVICE ROOT MOUNT-POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS; the last mount covers those before.
    const options = /^\d+ \d+ \d+:\d+ \S+ \/proc \S+ (?:\S+ )*?- proc \S+ (\S+)\s*$/.exec(line)?.[1]?.split(',');
    if (options === undefined) continue;
    const group = options.flatMap((option) => /^gid=(\d{1,10})$/.exec(option)?.[1] ?? [])[0];
    hidden = options.some((option) => HIDES.test(option))
      ? group === undefined
        ? {}
        : { exceptGroup: Number(group) }
      : undefined;
  }
  return hidden;
}
