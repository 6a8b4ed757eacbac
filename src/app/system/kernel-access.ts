import type { RootAccess } from './root-script.js';

/** Files of the kernel, as root. */
export interface KernelAccess extends RootAccess {
  /** A folder of the target that holds its /proc and /sys; absent: they are where they always are. */
  readonly root?: string;
}
