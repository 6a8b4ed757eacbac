import type { Bytes } from '../base/units.js';

/** What does not change while a machine is up. */
export interface MachineFacts {
  /** /proc/sys/kernel/random/boot_id; the same series goes on as long as it is the same. */
  readonly bootId: string;
  readonly hostname: string;
  /** `6.1.0-18-amd64`. */
  readonly kernelRelease: string;
  readonly pageSize: Bytes;
  /** Of field 22 of /proc/PID/stat: 100 on every Linux of today. */
  readonly ticksPerSecond: number;
  /** Our own effective user on the target; undefined when it could not be learned. */
  readonly uid?: number;
  /** /proc is mounted so that it hides the processes of other users from us (hidepid of proc(5)). */
  readonly hidesProcesses?: true;
}
