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
    expect(parseBufinfo(LIST)).toEqual([
      { bytes: 8_294_400, exporter: 'i915', inode: '31172' },
      { bytes: 4096, exporter: 'system-heap', inode: '31180', name: 'camera 0' },
    ]);
    expect(parseBufinfo(LIST).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(8_298_496);
    expect(parseBufinfo(OLD)).toEqual([{ bytes: 1_048_576, exporter: 'drm' }]);
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
        for (const { bytes } of [...parseBufinfo(text), parseDmaBufInfo(text) ?? { bytes: 0 }])
          expect(bytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
