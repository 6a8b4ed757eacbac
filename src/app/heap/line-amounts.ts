import { groupValues } from '../../insight/heap/group-values.js';
import { groupFrames } from '../../insight/heap/groups.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';

/** What a line of a file holds. */
export interface LineAmount {
  /** From 1. */
  readonly line: number;
  /** Allocated by the line itself. */
  readonly self: number;
  /** With all that is called from it. */
  readonly total: number;
  /** Allocations of the line itself, where the profile counts them beside the bytes. */
  readonly count?: number;
}

export interface LineAmounts {
  readonly measure: HeapMeasure;
  /** By the file as the profile has it; lines of no function twice. */
  readonly byFile: ReadonlyMap<string, readonly LineAmount[]>;
}

/** The bytes of each line, for the editor: a line that several functions or modules share (templates, inlining) is one. */
export function lineAmounts(profile: HeapProfile, measure: number): LineAmounts {
  const { frames, texts, tree } = profile;
  const groups = oneRowALine(profile);
  const { self, total } = groupValues(tree, groups, profile.self[measure]!);
  const counts = countOf(profile, measure);
  const counted = counts === undefined ? undefined : groupValues(tree, groups, counts).self;
  const byFile = new Map<string, LineAmount[]>();
  for (let row = 0; row < groups.length; row++) {
    const frame = groups.frame[row]!;
    const file = texts[frames.file[frame]!] ?? '';
    const line = frames.line[frame]!;
    if (file === '' || line === 0 || (total[row] === 0 && self[row] === 0)) continue;
    const amount = { line, self: self[row]!, total: total[row]!, ...(counted === undefined ? {} : { count: counted[row]! }) };
    const there = byFile.get(file);
    if (there === undefined) byFile.set(file, [amount]);
    else there.push(amount);
  }
  return { measure: profile.measures[measure]!, byFile };
}

/** The measure that counts what the bytes of another one are of. */
function countOf({ measures, self }: HeapProfile, measure: number): Float64Array | undefined {
  const { quantity, unit, name } = measures[measure]!;
  if (unit !== 'bytes') return undefined;
  const at = measures.findIndex((one) => one.unit === 'count' && one.quantity === quantity && one.name === name);
  return self[at];
}

/** Frames by file and line alone. */
function oneRowALine(profile: HeapProfile): ReturnType<typeof groupFrames> {
  const nowhere = new Uint32Array(profile.frames.length);
  return groupFrames({ frames: { ...profile.frames, function: nowhere, address: nowhere, module: nowhere } }, 'line');
}
