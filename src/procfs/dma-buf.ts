import type { Bytes } from '../base/units.js';

/** What /proc/PID/fdinfo/FD tells of an open dma-buf. */
export interface DmaBufInfo {
  readonly bytes: Bytes;
  readonly exporter?: string;
  readonly name?: string;
}

/** A buffer of /sys/kernel/debug/dma_buf/bufinfo. */
export interface ListedDmaBuf extends DmaBufInfo {
  readonly inode?: string;
}

/** /proc/PID/fdinfo/FD of a dma-buf (dma_buf_show_fdinfo of drivers/dma-buf/dma-buf.c, Linux 5.3). Undefined for other files. */
export function parseDmaBufInfo(text: string): DmaBufInfo | undefined {
  const [size, exporter, name] = ['size', 'exp_name', 'name'].map(
    (field) => new RegExp(`^${field}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(text)?.[1],
  );
  if (exporter === undefined || size === undefined || !/^\d{1,19}$/.test(size)) return undefined;
  return { bytes: Number(size), exporter, ...(name === undefined || name === '' ? {} : { name }) };
}

/**
 * /sys/kernel/debug/dma_buf/bufinfo (dma_buf_debug_show, since Linux 3.10): `SIZE FLAGS MODE COUNT EXPORTER [INODE [NAME]]`, sizes in decimal with leading zeros. What is
 * attached to a buffer stands below it, and is left out.
 */
export function parseBufinfo(text: string): readonly ListedDmaBuf[] {
  const buffers: ListedDmaBuf[] = [];
  const row =
    /^(\d{8,19})[ \t]+[0-9a-f]{8}[ \t]+[0-9a-f]{8}[ \t]+\d{8}[ \t]+(\S+)(?:[ \t]+(\d{8,20}))?(?:[ \t]+(\S.*?))?[ \t]*$/gm;
  for (const [, size, exporter = '', inode, name] of text.matchAll(row)) {
    buffers.push({
      bytes: Number(size),
      exporter,
      ...(inode === undefined ? {} : { inode: inode.replace(/^0+(?=\d)/, '') }),
      ...(name === undefined || name === '<none>' ? {} : { name }),
    });
  }
  return buffers;
}
