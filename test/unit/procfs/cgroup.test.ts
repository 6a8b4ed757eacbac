import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cgroupMemoryFiles, parseCgroup, parseCgroupAmount, parseMounts } from '../../../src/procfs/cgroup.js';

const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n';
const V1 =
  '25 23 0:22 / /sys/fs/cgroup/cpu rw shared:5 - cgroup cgroup rw,cpu,cpuacct\n26 23 0:23 / /sys/fs/cgroup/memory rw shared:6 master:1 - cgroup cgroup rw,memory\n';

describe('parseCgroup', () => {
  it('reads version 2, version 1 and both', () => {
    expect(parseCgroup('0::/user.slice/a b.scope\n')).toEqual({ unified: '/user.slice/a b.scope' });
    expect(parseCgroup('9:cpuset,memory:/docker/1\n3:name=systemd:/x\n')).toEqual({ memory: '/docker/1' });
    expect(parseCgroup('4:memory:/a:b\r\n0::/\r\n')).toEqual({ memory: '/a:b', unified: '/' });
    expect(parseCgroup('0::/gone (deleted)\n')).toEqual({ unified: '/gone' });
    expect(parseCgroup('garbage\n1:memory:\n')).toEqual({});
  });
});

describe('parseMounts', () => {
  it('finds the hierarchies that account memory', () => {
    expect(parseMounts(`22 27 0:21 / /proc rw - proc proc rw\n${V1}${V2}`)).toEqual([
      { version: 1, root: '/', mountPoint: '/sys/fs/cgroup/memory' },
      { version: 2, root: '/', mountPoint: '/sys/fs/cgroup' },
    ]);
  });

  it('reads escapes, optional fields and none of them', () => {
    expect(parseMounts('1 2 0:3 /a\\040b /mnt/x\\011y\\134z rw - cgroup2 none rw\n')).toEqual([
      { version: 2, root: '/a b', mountPoint: '/mnt/x\ty\\z' },
    ]);
    expect(parseMounts('1 2 0:3 / /m rw a:1 b:2 c:3 - cgroup2 none rw\r\n')).toHaveLength(1);
    expect(parseMounts('1 2 0:3 / /m rw')).toEqual([]);
  });

  it('takes any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        cgroupMemoryFiles(parseCgroup(text), parseMounts(`${text}\n1 2 0:3 / /m rw - cgroup2 none ${text}\n`));
      }),
    );
  });
});

describe('cgroupMemoryFiles', () => {
  it('gives the own group first, then those around it', () => {
    const files = cgroupMemoryFiles({ unified: '/a/b c' }, parseMounts(V2));
    expect(files).toEqual([
      { version: 2, group: '/a/b c', usage: '/sys/fs/cgroup/a/b c/memory.current', limit: '/sys/fs/cgroup/a/b c/memory.max' },
      { version: 2, group: '/a', usage: '/sys/fs/cgroup/a/memory.current', limit: '/sys/fs/cgroup/a/memory.max' },
      { version: 2, group: '/', usage: '/sys/fs/cgroup/memory.current', limit: '/sys/fs/cgroup/memory.max' },
    ]);
  });

  it('takes version 1 where memory is accounted there', () => {
    expect(cgroupMemoryFiles({ unified: '/', memory: '/d' }, parseMounts(V1 + V2))[0]).toEqual({
      version: 1,
      group: '/d',
      usage: '/sys/fs/cgroup/memory/d/memory.usage_in_bytes',
      limit: '/sys/fs/cgroup/memory/d/memory.limit_in_bytes',
    });
  });

  it('knows a mount of a group that is not the root', () => {
    const mounts = [{ version: 2, root: '/docker/1', mountPoint: '/sys/fs/cgroup' }] as const;
    expect(cgroupMemoryFiles({ unified: '/docker/1/x' }, mounts).map(({ usage }) => usage)).toEqual([
      '/sys/fs/cgroup/x/memory.current',
      '/sys/fs/cgroup/memory.current',
    ]);
    expect(cgroupMemoryFiles({ unified: '/docker/12' }, mounts)).toEqual([]);
  });

  it('finds nothing outside of the namespace, or without a mount', () => {
    expect(cgroupMemoryFiles({ unified: '/../other' }, parseMounts(V2))).toEqual([]);
    expect(cgroupMemoryFiles({ unified: '/a' }, [])).toEqual([]);
    expect(cgroupMemoryFiles({}, parseMounts(V2))).toEqual([]);
  });
});

describe('parseCgroupAmount', () => {
  it.each([
    ['max\n', 'max'],
    ['0\n', 0],
    ['268435456\n', 268435456],
    ['9223372036854771712\n', 'max'],
    ['9223372036854775807\n', 'max'],
    ['18446744073709551615\n', 'max'],
    ['8796093018112\n', 'max'],
    ['', undefined],
    ['-1', undefined],
    ['12 kB', undefined],
  ])('%j is %j', (text, amount) => expect(parseCgroupAmount(text)).toBe(amount));
});
