import { describe, expect, it } from 'vitest';
import { dmaBufLinks, dmaBufs, memoryFiles, unnamedLinks } from '../../../../src/app/system/memory-files.js';
import type { MountUse } from '../../../../src/model/system-state.js';

const listed = (inode: string, bytes: number, name = '') => ({ inode, bytes, length: bytes, name });
const link = (pid: number, fd: number, target: string) => ({ pid, fd, target });
const mount = (mountPoint: string, type: MountUse['type'] = 'tmpfs'): MountUse => ({
  type,
  mountPoint,
  source: 'none',
  device: '0:1',
});
const names = new Map([
  [1, 'one'],
  [2, 'two'],
]);

describe('files in memory', () => {
  it('one file that several have open is one, with its holders; equal names of two inodes are two', () => {
    const links = [
      link(1, 3, '/memfd:a (deleted)'),
      link(1, 4, '/memfd:a (deleted)'),
      link(2, 9, '/memfd:a (deleted)'),
      link(2, 3, '/dev/shm/x y'),
    ];
    const open = new Map([
      ['/proc/1/fd/3', listed('7', 4096)],
      ['/proc/1/fd/4', listed('7', 4096)],
      ['/proc/2/fd/9', listed('8', 8192)],
    ]);
    const named = [{ mount: '/dev/shm', file: listed('1', 100, '/dev/shm/./x y') }];
    expect(memoryFiles(named, links, open, names)).toEqual({
      files: [
        { kind: 'memfd', path: '/memfd:a', bytes: 8192, length: 8192, holders: [{ pid: 2, name: 'two' }] },
        { kind: 'memfd', path: '/memfd:a', bytes: 4096, length: 4096, holders: [{ pid: 1, name: 'one' }] },
        { kind: 'posix', path: '/dev/shm/x y', bytes: 100, length: 100, holders: [{ pid: 2, name: 'two' }] },
      ],
      leftOut: 0,
    });
  });

  it('a memfd of huge pages may have the inode of another one', () => {
    const links = [link(1, 3, '/memfd:small (deleted)'), link(1, 4, '/memfd:huge (deleted)')];
    const open = new Map([
      ['/proc/1/fd/3', listed('7', 4096)],
      ['/proc/1/fd/4', listed('7', 2 << 20)],
    ]);
    expect(memoryFiles([], links, open, names).files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['/memfd:huge', 2 << 20],
      ['/memfd:small', 4096],
    ]);
  });

  it('says how many of the smaller ones it does not keep', () => {
    const named = Array.from({ length: 250 }, (_, i) => ({ mount: '/run', file: listed(String(i), i, `/run/./${i}`) }));
    const { files, leftOut } = memoryFiles(named, [], new Map(), names);
    expect(files).toHaveLength(200);
    expect(files[0]).toEqual({ kind: 'tmpfs', path: '/run/249', bytes: 249, length: 249 });
    expect(leftOut).toBe(50);
  });

  it('a deleted file is in memory when the nearest mount above it is', () => {
    const links = [
      '/run/a (deleted)',
      '/run/disk/b (deleted)',
      '/run/disk/tmp/c (deleted)',
      '/home/d (deleted)',
      '/running (deleted)',
      '/run/e',
    ].map((target, fd) => link(1, fd, target));
    const found = unnamedLinks(links, [mount('/run'), mount('/run/disk/tmp'), mount('/home/d', 'hugetlbfs')], ['/', '/run/disk']);
    expect(found.map(({ fd }) => fd)).toEqual([0, 2]);
  });
});

describe('dma-bufs of several sources', () => {
  const info = (name: string): string => `pos:\t0\nsize:\t4096\ncount:\t2\nexp_name:\theap\nname:\t${name}\n`;

  it('are one for each inode, with who has them open', () => {
    const links = [
      link(1, 5, '/dmabuf:cam'),
      link(2, 6, '/dmabuf:cam'),
      link(2, 7, 'anon_inode:dmabuf'),
      link(1, 8, 'socket:[1]'),
    ];
    const texts = new Map([
      ['/sys/kernel/dmabuf/buffers/70/size', '4096\n'],
      ['/sys/kernel/dmabuf/buffers/70/exporter_name', 'heap\n'],
      ['/sys/kernel/dmabuf/buffers/71/size', '8192\n'],
      ['/proc/1/fdinfo/5', info('cam')],
      ['/proc/2/fdinfo/6', info('cam')],
      ['/proc/2/fdinfo/7', info('other')],
    ]);
    const inodes = new Map([
      ['/proc/1/fd/5', '70'],
      ['/proc/2/fd/6', '70'],
      ['/proc/2/fd/7', '72'],
    ]);
    const open = dmaBufLinks(links);
    expect(open).toHaveLength(3);
    expect(dmaBufs(texts, open, inodes, names)).toEqual([
      { bytes: 8192 },
      {
        bytes: 4096,
        exporter: 'heap',
        name: 'cam',
        holders: [
          { pid: 1, name: 'one' },
          { pid: 2, name: 'two' },
        ],
      },
      { bytes: 4096, exporter: 'heap', name: 'other', holders: [{ pid: 2, name: 'two' }] },
    ]);
  });

  it('that a list without inodes has, and a process has open, are counted once', () => {
    const row = (bytes: string): string =>
      `${bytes}\t00000002\t00080007\t00000003\theap\n\tAttached Devices:\nTotal 0 devices attached\n\n`;
    const list = `\nDma-buf Objects:\nsize\tflags\tmode\tcount\texp_name\n${row('00004096')}${row('00004096')}${row('00008192')}`;
    const texts = new Map([
      ['/sys/kernel/debug/dma_buf/bufinfo', list],
      ['/proc/1/fdinfo/5', info('cam')],
      ['/proc/2/fdinfo/6', info('cam')],
    ]);
    const inodes = new Map([
      ['/proc/1/fd/5', '70'],
      ['/proc/2/fd/6', '70'],
    ]);
    const told = dmaBufs(texts, dmaBufLinks([link(1, 5, '/dmabuf:cam'), link(2, 6, '/dmabuf:cam')]), inodes, names);
    expect(told?.map(({ bytes, holders }) => [bytes, holders?.length ?? 0])).toEqual([
      [8192, 0],
      [4096, 0],
      [4096, 2],
    ]);
  });

  it('are unknown where nobody tells, and none where a list is empty', () => {
    expect(dmaBufs(new Map(), [], new Map(), names)).toBeUndefined();
    const list = '\nDma-buf Objects:\nsize\tflags\tmode\tcount\texp_name\tino\n\nTotal 0 objects, 0 bytes\n';
    expect(dmaBufs(new Map([['/sys/kernel/debug/dma_buf/bufinfo', list]]), [], new Map(), names)).toEqual([]);
  });
});
