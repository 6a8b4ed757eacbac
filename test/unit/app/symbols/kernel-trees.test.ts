import { describe, expect, test } from 'vitest';
import { findKernelFiles } from '../../../../src/app/symbols/kernel-trees.js';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import { MemoryTarget } from '../memory-target.js';

const files = {
  '/w/linux/vmlinux': 'x',
  '/w/linux/Makefile': 'x',
  '/w/linux/.git/vmlinux': 'x',
  '/w/linux/drivers/leak/leak-mod.ko': 'x',
  '/w/linux/drivers/leak/leak-mod.c': 'x',
  '/w/out/6.1/leak_mod.ko.debug': 'x',
  '/w/out/6.1/vmlinux-6.1.0': 'x',
  '/w/out/6.1/vmlinux.lds': 'x',
  '/w/out/6.1/other.ko': 'x',
  '/bin/kernel.elf': 'x',
};
const host = new MemoryTarget(files);
const find = async (place: string, ...wanted: readonly string[]) =>
  Object.fromEntries(await findKernelFiles(host, place, new Set(wanted), neverCancelled));

describe('files with code of a kernel', () => {
  test('a kernel and its modules below a folder, the nearest first; `-` in a name is `_` in the kernel', async () => {
    expect(await find('/w', '', 'leak_mod')).toEqual({
      '': ['/w/linux/vmlinux', '/w/out/6.1/vmlinux-6.1.0'],
      leak_mod: ['/w/linux/drivers/leak/leak-mod.ko', '/w/out/6.1/leak_mod.ko.debug'].sort((one) =>
        one.includes('out') ? -1 : 1,
      ),
    });
    expect(await find('/w', 'absent')).toEqual({});
  });

  test('packed ones behind those that are not', async () => {
    const packed = new MemoryTarget({
      '/lib/modules/6.1/kernel/a.ko.xz': 'x',
      '/lib/modules/6.1/kernel/deep/down/a.ko': 'x',
      '/lib/modules/6.1/kernel/b.ko.zst': 'x',
      '/lib/modules/6.1/kernel/c-d.ko.gz': 'x',
      '/lib/modules/6.1/vmlinux.xz': 'x',
      '/lib/modules/6.1/modules.order.xz': 'x',
    });
    const found = await findKernelFiles(packed, '/lib/modules', new Set(['', 'a', 'b', 'c_d']), neverCancelled);
    expect(Object.fromEntries(found)).toEqual({
      '': ['/lib/modules/6.1/vmlinux.xz'],
      a: ['/lib/modules/6.1/kernel/deep/down/a.ko', '/lib/modules/6.1/kernel/a.ko.xz'],
      b: ['/lib/modules/6.1/kernel/b.ko.zst'],
      c_d: ['/lib/modules/6.1/kernel/c-d.ko.gz'],
    });
  });

  test('a file that is named itself, whatever its name', async () => {
    expect(await find('/bin/kernel.elf', '', 'leak_mod')).toEqual({ '': ['/bin/kernel.elf'] });
    expect(await find('/w/linux/drivers/leak/leak-mod.ko', '', 'leak_mod')).toEqual({
      leak_mod: ['/w/linux/drivers/leak/leak-mod.ko'],
    });
    expect(await find('/nowhere', '')).toEqual({});
  });

  test('who gives up waits no longer', async () => {
    const cancel = new CancelSource();
    cancel.cancel();
    expect((await findKernelFiles(host, '/w', new Set(['']), cancel)).size).toBe(0);
  });
});
