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

interface ListedDmaBufs {
  readonly buffers: readonly ListedDmaBuf[];
  /** Buffers that the list counts in its end and has no line of, or none that is known. */
  readonly unread: number;
}

const ROW = /^\t?(\d{8,19})[ \t]+[0-9a-f]{8}[ \t]+[0-9a-f]{8}[ \t]+-?\d{8,19}(?:[ \t]+(\S.*?))?[ \t]*$/gm;
/** What follows in a row: `EXPORTER [INODE [NAME]]`. */
const REST = /^(\S+)(?:[ \t]+(?<inode>\d{8,20}))?(?:[ \t]+(?<name>\S.*))?$/;
/** The same where the head has a column `buf name` (4.14 and 4.19 of Qualcomm): a name that the kernel has made, before the inode. */
const REST_WITH_NUMBERED_NAME = /^(\S+)[ \t]+(?<numbered>\S.*?)[ \t]+(?<inode>\d{8,20})(?:[ \t]+(?<name>\S.*))?$/;

/**
 * /sys/kernel/debug/dma_buf/bufinfo (dma_buf_debug_show, since Linux 3.10): `SIZE FLAGS MODE COUNT [EXPORTER [INODE [NAME]]]`, sizes in decimal with leading zeros. What is
 * attached to a buffer stands below it, and is left out. Linux 3.10 names no exporter, 4.20 and older no inode.
 */
export function parseBufinfo(text: string): ListedDmaBufs {
  const rest = /^size\b.*\bbuf name\b/m.test(text) ? REST_WITH_NUMBERED_NAME : REST;
  const buffers: ListedDmaBuf[] = [];
  for (const [, size, words = ''] of text.matchAll(ROW)) {
    const told = rest.exec(words) ?? REST.exec(words);
    const exporter = told?.[1];
    const { inode, name: given, numbered } = told?.groups ?? {};
    const name = given === undefined || given === '<none>' ? numbered : given;
    buffers.push({
      bytes: Number(size),
      ...(exporter === undefined ? {} : { exporter }),
      ...(inode === undefined ? {} : { inode: inode.replace(/^0+(?=\d)/, '') }),
      ...(name === undefined ? {} : { name }),
    });
  }
  const counted = Number(/^[ \t]*Total (\d{1,9}) objects\b/m.exec(text)?.[1] ?? 0);
  return { buffers, unread: Math.max(0, counted - buffers.length) };
}
