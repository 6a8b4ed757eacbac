import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBufinfo, parseDmaBufInfo } from '../../../src/procfs/dma-buf.js';

// As drivers/dma-buf/dma-buf.c writes it (Linux 5.10 and 4.9).
const LIST = `
Dma-buf Objects:
size    \tflags   \tmode    \tcount   \texp_name\tino     
08294400\t00000002\t00080007\t00000003\ti915\t00031172\t<none>
\tExclusive fence: i915 render stopped
\tAttached Devices:
\t0000:00:02.0
Total 1 devices attached

00004096\t00000002\t00080005\t00000001\tsystem-heap\t00031180\tcamera 0
\tAttached Devices:
Total 0 devices attached


Total 2 objects, 8298496 bytes
`;
const OLD = `\nDma-buf Objects:\nsize\tflags\tmode\tcount\texp_name\n01048576\t00000002\t00000007\t00000001\tdrm\n\tAttached Devices:\nTotal 0 devices attached\n\nTotal 1 objects, 1048576 bytes\n`;

describe('dma-bufs', () => {
  it('of debugfs: every buffer, with its inode and name where they are told', () => {
    expect(parseBufinfo(LIST).buffers).toEqual([
      { bytes: 8_294_400, exporter: 'i915', inode: '31172' },
      { bytes: 4096, exporter: 'system-heap', inode: '31180', name: 'camera 0' },
    ]);
    expect(parseBufinfo(LIST).buffers.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(8_298_496);
    expect(parseBufinfo(OLD).buffers).toEqual([{ bytes: 1_048_576, exporter: 'drm' }]);
  });

  it('of debugfs of other kernels: a numbered name before the inode (Qualcomm 4.14, 4.19), no exporter (3.10), tabs made blanks', () => {
    const head = 'size    \tflags   \tmode    \tcount   \texp_name    \tbuf name\tino     ';
    const rows = [
      '00004096\t00000002\t00080007\t00000003\tion         \tdmabuf7\t00031172\t',
      '01048576\t00000002\t00080007\t00000003\tion         \tdmabuf12\t00031180\tcamera 0',
    ];
    expect(
      parseBufinfo(`\nDma-buf Objects:\n${head}\n${rows.join('\n\tAttached Devices:\n')}\n\nTotal 2 objects, 1052672 bytes\n`),
    ).toEqual({
      buffers: [
        { bytes: 4096, exporter: 'ion', inode: '31172', name: 'dmabuf7' },
        { bytes: 1_048_576, exporter: 'ion', inode: '31180', name: 'camera 0' },
      ],
      unread: 0,
    });
    const first =
      '\nDma-buf Objects:\n\tsize\tflags\tmode\tcount\n\t00008192\t00000002\t00000007\t00000001\n\t\tAttached Devices:\n\t\t00008192\n\n\t\tTotal 1 devices attached\n\nTotal 1 objects, 8192 bytes\n';
    expect(parseBufinfo(first)).toEqual({ buffers: [{ bytes: 8192 }], unread: 0 });
    const blanks = '03784704        00000000        00080005        00000003        drm     00000110        \n';
    expect(parseBufinfo(blanks).buffers).toEqual([{ bytes: 3_784_704, exporter: 'drm', inode: '110' }]);
  });

  it('that are counted and not listed are told', () => {
    // A vendor has taken the lines out.
    expect(
      parseBufinfo(
        '\nDma-buf Objects:\nsize\tflags\tmode\tcount\texp_name\tino\n\tAttached Devices:\nTotal 0 devices attached\n\n\nTotal 3 objects, 12288 bytes\n',
      ),
    ).toEqual({
      buffers: [],
      unread: 3,
    });
  });

  it('of fdinfo; another file is none', () => {
    const head = 'pos:\t0\nflags:\t02\nmnt_id:\t14\nino:\t31172\n';
    expect(parseDmaBufInfo(`${head}size:\t8294400\ncount:\t2\nexp_name:\ti915\n`)).toEqual({
      bytes: 8_294_400,
      exporter: 'i915',
    });
    expect(parseDmaBufInfo(`${head}size:\t4096\ncount:\t2\nexp_name:\tsystem-heap\nname:\tcamera 0\n`)).toEqual({
      bytes: 4096,
      exporter: 'system-heap',
      name: 'camera 0',
    });
    expect(parseDmaBufInfo(head)).toBeUndefined();
    expect(parseDmaBufInfo(`${head}size:\t\nexp_name:\tx\n`)).toBeUndefined();
  });

  it('of anything: no throw, and nothing below 0', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef\t\n :-<x', 'exp_name:', 'size:') }), (text) => {
        for (const { bytes } of [...parseBufinfo(text).buffers, parseDmaBufInfo(text) ?? { bytes: 0 }])
          expect(bytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
