import { describe, expect, it } from 'vitest';
import { readGfp } from '../../../../src/formats/kernel/gfp.js';

describe('readGfp', () => {
  it('takes the names of the report', () => {
    expect(readGfp(0x100cca, 'GFP_HIGHUSER_MOVABLE', undefined)).toEqual({
      mask: 0x100cca,
      flags: ['GFP_HIGHUSER_MOVABLE'],
      namedBy: 'report',
      isMovable: true,
      zone: 'Movable',
      mayReclaim: true,
    });
    expect(readGfp(0xdc2, 'GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO', undefined)).toMatchObject({ isMovable: false, zone: 'HighMem' });
    expect(readGfp(0xcc1, 'GFP_KERNEL|GFP_DMA', undefined).zone).toBe('DMA');
    expect(readGfp(0xa20, 'GFP_ATOMIC', undefined)).toMatchObject({ mayReclaim: false, zone: 'Normal' });
  });

  it('reads the same number by the version of the kernel', () => {
    const flags = (mask: number, kernel: string): readonly string[] | undefined => readGfp(mask, undefined, kernel).flags;
    expect(flags(0x201da, '3.10.0-514.6.1.el7.x86_64')).toEqual([
      ...['__GFP_HIGHMEM', '__GFP_MOVABLE', '__GFP_WAIT', '__GFP_IO', '__GFP_FS', '__GFP_COLD', '__GFP_HARDWALL'],
    ]);
    expect(readGfp(0x1201d2, undefined, '2.6.26-2-amd64')).toMatchObject({ isMovable: true, zone: 'Movable' });
    expect(readGfp(0x26080c0, undefined, '4.4.171')).toMatchObject({ isMovable: false, mayReclaim: true });
    expect(flags(0x14000c0, '4.17.2-1-ARCH')).toEqual(['__GFP_IO', '__GFP_FS', '__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM']);
    expect(flags(0xcc0, '6.1.0-13-amd64')).toEqual(['__GFP_IO', '__GFP_FS', '__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM']);
    expect(flags(0x440dc0, '6.11.0')).toContain('__GFP_ACCOUNT');
  });

  it('reads without a version what has never changed until 4.3, for reports that are older', () => {
    expect(readGfp(0x201d2, undefined, undefined, 'oom-adj')).toMatchObject({
      flags: ['__GFP_HIGHMEM', '__GFP_WAIT', '__GFP_IO', '__GFP_FS', '__GFP_COLD', '__GFP_HARDWALL'],
      namedBy: 'age',
      zone: 'HighMem',
      mayReclaim: true,
    });
    // __GFP_MOVABLE was 0x100000 before 2.6.31, and is 0x08 since then.
    expect(readGfp(0x1201d2, undefined, undefined, 'oom-adj')).toEqual({ mask: 0x1201d2 });
    expect(readGfp(0x201da, undefined, undefined, 'oom-adj')).toEqual({ mask: 0x201da });
    expect(readGfp(0x201da, undefined, '3.10.0', 'oom-adj')).toMatchObject({ namedBy: 'version', isMovable: true });
  });

  it('tells what a bit was in each of the kernels that used it for something else', () => {
    const names = (mask: number, kernel: string): string => (readGfp(mask, undefined, kernel).flags ?? ['?']).join(' ');
    // Until 2.6.22, in 2.6.23, and until 2.6.30.
    expect(names(0x2000, '2.6.18-8.el5')).toBe('__GFP_NO_GROW');
    expect(names(0xa00d2, '2.6.23.1')).toContain('__GFP_MOVABLE');
    expect(names(0x80000, '2.6.24')).toBe('__GFP_RECLAIMABLE');
    expect(readGfp(0x80000, undefined, '2.6.18').unknownBits).toBe(0x80000);
    expect(names(0x100000, '2.6.30')).toBe('__GFP_MOVABLE');
    expect(readGfp(0x100000, undefined, '2.6.32-754.el6').unknownBits).toBe(0x100000);
    // What a stack of a new task asks for in 3.8 to 3.15, among them the kernels of RHEL 7.
    expect(readGfp(0x3000d0, undefined, '3.10.0-1160.el7.x86_64')).toMatchObject({
      flags: ['__GFP_WAIT', '__GFP_IO', '__GFP_FS', '__GFP_KMEMCG', '__GFP_NOTRACK'],
      isMovable: false,
      mayReclaim: true,
    });
    expect(readGfp(0x3000d0, undefined, '3.10.0')).not.toHaveProperty('unknownBits');
    expect(readGfp(0x100000, undefined, '3.16.1').unknownBits).toBe(0x100000);
    expect(names(0x100000, '4.1.10')).toBe('__GFP_NOACCOUNT');
    expect(names(0x100000, '4.4.0-21-generic')).toBe('__GFP_NOACCOUNT');
    expect(names(0x100000, '4.5.0')).toBe('__GFP_ACCOUNT');
    expect(names(0xc00000, '3.2.0-4-amd64')).toBe('__GFP_NO_KSWAPD __GFP_OTHER_NODE');
    expect(names(0x400, '4.12.0')).toBe('__GFP_REPEAT');
    expect(names(0x400, '4.13.0')).toBe('__GFP_RETRY_MAYFAIL');
    expect(names(0x200, '6.1.0')).toBe('__GFP_ATOMIC');
    expect(readGfp(0x200, undefined, '6.6.0').unknownBits).toBe(0x200);
  });

  it('reads without a version what did not change from 2.6.36 to 3.6, where both of oom_adj and oom_score_adj are printed', () => {
    expect(readGfp(0x200da, undefined, undefined, 'both-adj')).toMatchObject({
      flags: ['__GFP_HIGHMEM', '__GFP_MOVABLE', '__GFP_WAIT', '__GFP_IO', '__GFP_FS', '__GFP_HARDWALL'],
      namedBy: 'age',
      isMovable: true,
      zone: 'Movable',
    });
    expect(readGfp(0x1200da, undefined, undefined, 'both-adj')).toEqual({ mask: 0x1200da });
  });

  it('takes no bit by age that meant two things among the old kernels', () => {
    // 0x80000 was __GFP_MOVABLE in 2.6.23 and __GFP_RECLAIMABLE since.
    expect(readGfp(0xa00d2, undefined, undefined, 'oom-adj')).toEqual({ mask: 0xa00d2 });
  });

  it('decodes nothing without a version, nor where it is not sure', () => {
    expect(readGfp(0xd0, undefined, undefined)).toEqual({ mask: 0xd0 });
    expect(readGfp(0x6000c0, undefined, '4.19.0')).toEqual({ mask: 0x6000c0 });
    expect(readGfp(0xd0, undefined, 'next-20260101')).toEqual({ mask: 0xd0 });
    expect(readGfp(0x80000000, undefined, '3.2.0')).toMatchObject({ flags: [], unknownBits: 0x80000000 });
  });
});
