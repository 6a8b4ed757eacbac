import { type Bytes, formatBytes, formatDuration, MINUTE, type Milliseconds, SECOND } from '../base/units.js';
import { isMostlyFree, type LookSpan, type MallocUse } from '../model/live.js';
import type { Voice } from '../model/report.js';
import type { Segment } from '../model/segment.js';

/** malloc's figures of another time than that say nothing of a look. */
const NEAR = 10 * MINUTE;
/** Two looks that follow each other at once show no change. */
const APART = SECOND;
/** malloc takes memory from the kernel in steps: less is no growth. */
const LEAST_GROWTH = 1 << 20;
/** Of what malloc holds more than before, so much is free: half of it, as far as it can be told apart from the rest at the top of the heap. */
const FREE_SHARE = 0.45;
/** Of the growth of a line, so much has to be seen as growth of what malloc holds. */
const SEEN_SHARE = 0.5;
/** More than that share in use is told. */
const WORTH_A_WORD = 0.25;
const HEAP: ReadonlySet<Segment> = new Set(['heap', 'arena']);

interface Change {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly overMs: Milliseconds;
  readonly before: MallocUse;
  readonly now: MallocUse;
  readonly held: Bytes;
  readonly free: Bytes;
  /** With blocks that have mappings of their own. */
  readonly inUse: Bytes;
}

/** What malloc told of the process near a look that saw a line grow. It is of the whole process, and goes only with growth of its heap. */
export function mallocVoice(of: Voice, looks: readonly LookSpan[]): Voice | undefined {
  if (!mayBeOfHeap(of)) return undefined;
  const near = mallocNear(of, looks);
  const now = near.at(-1)?.malloc;
  if (now === undefined) return undefined;
  const change = changeOf(near);
  const before =
    change === undefined
      ? '; one look tells no change, another one does'
      : `; ${formatDuration(change.overMs)} before it held ${formatBytes(change.before.held)}, ${formatBytes(change.before.free)} of it free`;
  return voice(`it holds ${formatBytes(now.held)} from the kernel, ${formatBytes(now.free)} of it free${before}`);
}

/** How a line grew, with the other lines of its function: one line may be the first to touch what another one allocates. */
export interface Grown {
  readonly bytes: Bytes;
  /** Of all that the same look saw growing. */
  readonly share: number;
}

/**
 * Evidence that what makes a line grow was freed, and is kept by malloc; undefined: there is none. Two looks of malloc: it holds more, as much as the line
 * grows by or most of it, about half or more of that is free, and what came into use is too little to be what this line took. One look: of a line that made
 * the heap itself larger, so little is in use in the whole process after it that most of the growth can't be.
 */
export function heldEvidence(of: Voice, looks: readonly LookSpan[], grown: Grown): string | undefined {
  const span = looks.find(({ way }) => way === of.engine);
  if (span === undefined || grown.bytes <= 0 || !mayBeOfHeap(of)) return undefined;
  const near = mallocNear(of, looks);
  const change = changeOf(near);
  const told = change === undefined ? byLevel(of, grown, span, near.at(-1)) : byChange(grown, span, change);
  return told === undefined ? undefined : `${told} These are figures of the whole process, not of this line alone.`;
}

function byChange({ bytes, share }: Grown, span: LookSpan, change: Change): string | undefined {
  const { held, free, inUse, overMs } = change;
  if (held < LEAST_GROWTH || free < FREE_SHARE * held || !explains(change, span, bytes)) return undefined;
  // Where as much comes into use as this line takes, it may be all of it: other lines are then what is freed.
  if (inUse > (1 - FREE_SHARE) * share * held) return undefined;
  const rest =
    inUse > WORTH_A_WORD * held
      ? ` ${formatBytes(inUse)} more are in use: whether these are lost, a leak check or heaptrack tells.`
      : '';
  return `malloc-info: in ${formatDuration(overMs)} malloc took ${formatBytes(held)} more from the kernel, and holds ${formatBytes(free)} more that are free.${rest}`;
}

/** What malloc holds more is enough to be what the line grew by: as it is where it was asked before and after, else by their paces. */
function explains({ from, to, held, overMs }: Change, span: LookSpan, bytes: Bytes): boolean {
  if (from <= span.from && to >= span.to) return held >= SEEN_SHARE * bytes;
  return held / overMs >= (SEEN_SHARE * bytes) / Math.max(SECOND, span.to - span.from);
}

/** Only where the map has said that it is the heap: what is touched for the first time may be something else. */
function byLevel({ mapped }: Voice, { bytes }: Grown, { to }: LookSpan, look: LookSpan | undefined): string | undefined {
  const use = look?.malloc;
  if (look === undefined || use === undefined || look.from < to || mapped === undefined || !isMostlyFree(use)) return undefined;
  if (use.inUse + use.mapped.bytes > (1 - SEEN_SHARE) * bytes) return undefined;
  return `malloc-info: after the look the whole process used ${formatBytes(use.inUse + use.mapped.bytes)} only, and malloc held ${formatBytes(use.free)} that are free.`;
}

/** Page faults tell no addresses; a heap may be what they are of. Who counts what is not freed speaks of something else. */
function mayBeOfHeap({ engine, certainty, mapped }: Voice): boolean {
  if (certainty !== 'growing') return false;
  if (engine === 'mappings') return mapped?.every(({ segment }) => HEAP.has(segment)) === true;
  return engine === 'perf-faults';
}

/** In order of time, whatever the order of the list. */
function mallocNear({ engine }: Voice, looks: readonly LookSpan[]): readonly LookSpan[] {
  const span = looks.find(({ way }) => way === engine);
  if (span === undefined) return [];
  return looks
    .filter(({ malloc, from, to }) => malloc !== undefined && from <= span.to + NEAR && to >= span.from - NEAR)
    .sort((a, b) => a.to - b.to);
}

function changeOf(near: readonly LookSpan[]): Change | undefined {
  const [first, last] = [near[0], near.at(-1)];
  if (first?.malloc === undefined || last?.malloc === undefined || last.to - first.to < APART) return undefined;
  const [before, now] = [first.malloc, last.malloc];
  return {
    from: first.to,
    to: last.from,
    overMs: last.to - first.to,
    before,
    now,
    held: now.held - before.held,
    free: now.free - before.free,
    inUse: now.inUse + now.mapped.bytes - before.inUse - before.mapped.bytes,
  };
}

const voice = (text: string): Voice => ({ engine: 'malloc-info', of: 'process', text, certainty: 'possible' });
