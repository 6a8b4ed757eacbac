import { expect, test } from 'vitest';
import { parseHidepid, showsProcessesOnly } from '../../../src/procfs/hidepid.js';

const mount = (options: string, point = '/proc', type = 'proc'): string =>
  `23 28 0:21 / ${point} rw,nosuid,nodev,noexec,relatime shared:13 - ${type} proc ${options}\n`;

test.each([
  ['rw', undefined],
  ['rw,hidepid=0', undefined],
  ['rw,hidepid=off', undefined],
  ['rw,hidepid=1', {}],
  ['rw,hidepid=2', {}],
  ['rw,hidepid=4', {}],
  ['rw,hidepid=noaccess', {}],
  ['rw,hidepid=invisible', {}],
  ['rw,gid=27,hidepid=invisible,subset=pid', { exceptGroup: 27 }],
  // has_pid_permissions() of fs/proc/base.c asks for no group there.
  ['rw,gid=27,hidepid=ptraceable', {}],
  ['rw,gid=27,hidepid=4', {}],
  // Without gid= the group of root is not told.
  ['rw,gid=27', undefined],
])('%s', (options, hidden) => {
  expect(parseHidepid(mount(options))).toEqual(hidden);
});

test('only what is mounted on /proc counts, and of several mounts the last', () => {
  expect(parseHidepid(mount('rw,hidepid=2', '/jail/proc'))).toBeUndefined();
  expect(parseHidepid(mount('rw,hidepid=2', '/proc', 'tmpfs'))).toBeUndefined();
  expect(parseHidepid(mount('rw') + mount('rw,hidepid=2'))).toEqual({});
  expect(parseHidepid(mount('rw,hidepid=2') + mount('rw'))).toBeUndefined();
  expect(parseHidepid('garbage\n\0')).toBeUndefined();
});

test('a /proc that has processes only is told by its last mount', () => {
  expect(showsProcessesOnly(mount('rw,hidepid=invisible,subset=pid'))).toBe(true);
  expect(showsProcessesOnly(mount('rw') + mount('rw,subset=pid'))).toBe(true);
  expect(showsProcessesOnly(mount('rw,subset=pid') + mount('rw'))).toBe(false);
  expect(showsProcessesOnly(mount('rw,subset=pid', '/jail/proc'))).toBe(false);
  expect(showsProcessesOnly('')).toBe(false);
});
