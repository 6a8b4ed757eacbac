import type { Cancel } from '../../base/cancel.js';
import type { Target } from '../ports.js';

const KPAGEFLAGS = '/proc/kpageflags';
const ENTRY = 8;
// Bits of an entry (include/uapi/linux/kernel-page-flags.h): 17 hugetlbfs, 22 transparent huge page.
const HUGE = (1 << 17) | (1 << 22);
const MOST_READINGS = 64;
const MOST_BYTES = 32 << 20;

interface FrameRange {
  readonly from: number;
  /** Behind the last one. */
  to: number;
}

/** Frames that lie near each other are read together, over as many others as it takes to get along with a few readings. */
function rangesOf(sorted: readonly number[]): readonly FrameRange[] | undefined {
  for (let gap = 512; ; gap *= 8) {
    const ranges: FrameRange[] = [];
    for (const frame of sorted) {
      const last = ranges.at(-1);
      if (last !== undefined && frame - last.to <= gap) last.to = frame + 1;
      else ranges.push({ from: frame, to: frame + 1 });
    }
    const bytes = ranges.reduce((sum, { from, to }) => sum + (to - from) * ENTRY, 0);
    if (bytes > MOST_BYTES) return undefined;
    if (ranges.length <= MOST_READINGS) return ranges;
  }
}

/** How many of these frames are parts of huge pages, for each cell; undefined where the machine does not tell (only root may ask), or it would be a long reading. */
export async function hugePages(
  target: Target,
  frames: readonly number[],
  cellOf: readonly number[],
  cells: number,
  littleEndian: boolean,
  cancel: Cancel,
): Promise<Uint32Array | undefined> {
  const huge = new Uint32Array(cells);
  if (frames.length === 0) return huge;
  const order = Uint32Array.from(frames.keys()).sort((a, b) => frames[a]! - frames[b]!);
  const ranges = rangesOf(Array.from(order, (i) => frames[i]!));
  if (ranges === undefined) return undefined;
  let next = 0;
  for (const { from, to } of ranges) {
    if (cancel.requested) return undefined;
    const read = await target.readBytes(KPAGEFLAGS, { offset: from * ENTRY, length: (to - from) * ENTRY });
    if (!read.ok || read.value.length < (to - from) * ENTRY) return undefined;
    const view = new DataView(read.value.buffer, read.value.byteOffset, read.value.byteLength);
    for (; next < order.length; next++) {
      const i = order[next]!;
      const frame = frames[i]!;
      if (frame >= to) break;
      const flags = view.getUint32((frame - from) * ENTRY + (littleEndian ? 0 : 4), littleEndian);
      if ((flags & HUGE) !== 0) huge[cellOf[i]!]!++;
    }
  }
  return huge;
}
