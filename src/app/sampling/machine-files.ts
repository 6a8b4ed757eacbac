import type { Bytes } from '../../base/units.js';
import { utf8Text } from '../../base/utf8.js';
import type { MachineFacts } from '../../model/machine.js';
import { type CgroupMount, parseMounts } from '../../procfs/cgroup.js';
import { type HiddenProcesses, parseHidepid } from '../../procfs/hidepid.js';
import { parsePasswd } from '../../procfs/passwd.js';
import { parseStatus } from '../../procfs/status.js';
import { latin1Text } from './latin1.js';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const HOSTNAME = '/proc/sys/kernel/hostname';
const RELEASE = '/proc/sys/kernel/osrelease';
const STATUS = '/proc/self/status';
const SMAPS = '/proc/self/smaps';
const ROLLUP = '/proc/self/smaps_rollup';
const PASSWD = '/etc/passwd';
const MOUNTS = '/proc/self/mountinfo';
const MAX_MAPS = '/proc/sys/vm/max_map_count';

const DEFAULT_PAGE_SIZE: Bytes = 4096;
/** USER_HZ of every Linux of today (time(7)). */
const TICKS_PER_SECOND = 100;

/** What is read once for each connection: it does not change while the machine is up, or hardly. */
export class MachineFiles {
  static readonly paths: readonly string[] = [BOOT_ID, HOSTNAME, RELEASE, STATUS, SMAPS, ROLLUP, PASSWD, MOUNTS, MAX_MAPS];

  private readonly lines = new Map<string, string>();
  users: ReadonlyMap<number, string> = new Map();
  mounts: readonly CgroupMount[] = [];
  pageSize: Bytes = DEFAULT_PAGE_SIZE;
  maxMapCount: number | undefined;
  /** The file with PSS and USS: smaps before Linux 4.14; undefined without CONFIG_PROC_PAGE_MONITOR. */
  rollupFile: 'smaps_rollup' | 'smaps' | undefined;
  private uid: number | undefined;
  private groups: ReadonlySet<number> = new Set();
  private hidden: HiddenProcesses | undefined;

  reset(): void {
    this.lines.clear();
    this.rollupFile = undefined;
  }

  text(path: string, bytes: Uint8Array): void {
    if (path === PASSWD) this.users = parsePasswd(utf8Text(bytes));
    else if (path === MOUNTS) {
      const mountinfo = utf8Text(bytes);
      this.mounts = parseMounts(mountinfo);
      this.hidden = parseHidepid(mountinfo);
    } else if (path === STATUS) {
      const status = latin1Text(bytes);
      this.uid = parseStatus(status)?.uid;
      this.groups = groupsOf(status);
    } else if (path === ROLLUP) this.rollupFile = 'smaps_rollup';
    else if (path === SMAPS) {
      this.rollupFile ??= 'smaps';
      const kib = /^KernelPageSize:\s+(\d{1,7}) kB/m.exec(latin1Text(bytes.subarray(0, 4096)))?.[1];
      this.pageSize = kib === undefined ? DEFAULT_PAGE_SIZE : Number(kib) * 1024;
    } else if (path === MAX_MAPS) {
      const count = /^(\d{1,15})\s*$/.exec(latin1Text(bytes))?.[1];
      this.maxMapCount = count === undefined ? undefined : Number(count);
    } else if (MachineFiles.paths.includes(path)) this.lines.set(path, utf8Text(bytes).trim());
  }

  facts(): MachineFacts {
    return {
      // Without one (a mount that hides /proc/sys) every connection is taken for the same boot.
      bootId: this.lines.get(BOOT_ID) ?? '',
      hostname: this.lines.get(HOSTNAME) ?? '',
      kernelRelease: this.lines.get(RELEASE) ?? '',
      pageSize: this.pageSize,
      ticksPerSecond: TICKS_PER_SECOND,
      ...(this.uid === undefined ? {} : { uid: this.uid }),
      ...(this.hidesProcesses ? { hidesProcesses: true } : {}),
    };
  }

  private get hidesProcesses(): boolean {
    const { hidden, uid, groups } = this;
    return hidden !== undefined && uid !== undefined && uid !== 0 && !groups.has(hidden.exceptGroup ?? -1);
  }
}

/** Of /proc/self/status (proc_pid_status(5)): the effective group, and the supplementary ones. */
function groupsOf(status: string): ReadonlySet<number> {
  const effective = /^Gid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? '';
  const others = /^Groups:([\d \t]*)$/m.exec(status)?.[1] ?? '';
  return new Set(
    `${effective} ${others}`
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number),
  );
}
