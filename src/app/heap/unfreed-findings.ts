import { formatBytes, formatCount } from '../../base/units.js';
import { keptByRuntime } from '../../findings/kept-by-runtime.js';
import { stackOf } from '../../insight/live/stack-of.js';
import type { Finding, Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { systemFrames } from './system-frames.js';

export interface UnfreedFindings {
  /** The most bytes first. */
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
}

/** More than anybody reads; the profile has them all. */
const MOST_FINDINGS = 1000;

/**
 * Findings of what was not freed at the end of a profile, one for each stack. What system libraries hold without a line of the user in the stack, and what the C
 * library keeps for itself when it is called, is none: no user can free it.
 */
export function unfreedFindings(profile: HeapProfile, engine: string): UnfreedFindings {
  const columnOf = (unit: 'bytes' | 'count'): Float64Array | undefined =>
    profile.self[profile.measures.findIndex((measure) => measure.quantity === 'live' && measure.unit === unit)];
  const [bytes, blocks] = [columnOf('bytes'), columnOf('count')];
  if (bytes === undefined || blocks === undefined) return { findings: [], notes: [] };
  const isOwn = ownNodes(profile);
  const findings: Finding[] = [];
  const left = { bytes: 0, blocks: 0 };
  for (let node = 0; node < profile.tree.length; node++) {
    if (blocks[node]! <= 0) continue;
    const size = { bytes: bytes[node]!, blocks: blocks[node]! };
    const frames = isOwn[node] === 1 ? stackOf(profile, node) : [];
    if (frames.length === 0 || keptByRuntime(frames)) {
      left.bytes += size.bytes;
      left.blocks += size.blocks;
      continue;
    }
    findings.push({
      engine,
      kind: 'leak',
      leakKind: 'unfreed',
      certainty: 'possible',
      message: `Not freed at the end: ${formatBytes(size.bytes)} in ${formatCount(size.blocks, 'block')}`,
      ...size,
      count: 1,
      stacks: [{ role: 'allocation', frames }],
    });
  }
  findings.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  const notes: Note[] = [];
  if (findings.length > 0) {
    notes.push({
      severity: 'info',
      code: 'reachability-not-seen',
      text: 'heaptrack counts what was not freed; it does not look whether something still points to it. lsan-preload and memcheck do.',
    });
  }
  if (left.blocks > 0) {
    notes.push({
      severity: 'info',
      code: 'of-the-system',
      text: `${formatBytes(left.bytes)} in ${formatCount(left.blocks, 'block')} that system libraries keep for themselves are not listed; the heap profile has them.`,
    });
  }
  if (findings.length > MOST_FINDINGS) {
    notes.push({
      severity: 'info',
      code: 'too-many',
      text: `Memory of ${findings.length.toLocaleString('en-US')} stacks was not freed: the ${MOST_FINDINGS.toLocaleString('en-US')} with the most bytes are listed; the heap profile has them all.`,
    });
  }
  return { findings: findings.slice(0, MOST_FINDINGS), notes };
}

/** 1 for each node whose stack has a frame of the user. */
function ownNodes(profile: HeapProfile): Uint8Array {
  const { tree } = profile;
  const isSystem = systemFrames(profile);
  const own = new Uint8Array(tree.length);
  for (let node = 1; node < tree.length; node++) own[node] = isSystem[tree.frame[node]!] === 0 ? 1 : own[tree.parent[node]!]!;
  return own;
}
