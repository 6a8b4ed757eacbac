import type { HeapNarrowing } from '../../model/heap-narrowing.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { filterStacks, matchingFrames } from './filter.js';
import { foldFrames } from './own-code.js';

/**
 * The profile as it is looked at, and the measure's index in it: stacks that hold what is looked for, whole, then without the frames of `system`
 * (1 for each that is not of the user's own code). A moment of the timeline is a profile of one measure.
 */
export function narrowProfile(
  profile: HeapProfile,
  system: Uint8Array,
  { measure, text, module, ownCode, moment }: HeapNarrowing,
): { readonly profile: HeapProfile; readonly measure: number } {
  const at = moment && momentProfile(profile, moment);
  let narrowed = at ?? profile;
  if (text !== undefined || module !== undefined) {
    const wanted = { ...(text === undefined ? {} : { text }), ...(module === undefined ? {} : { module }) };
    narrowed = filterStacks(narrowed, matchingFrames(narrowed, wanted));
  }
  if (ownCode) narrowed = foldFrames(narrowed, system);
  return { profile: narrowed, measure: at === undefined ? measure : 0 };
}

/** What was live at a moment, or has come since an earlier one; undefined where the stacks of the moment are not told. */
export function momentProfile(profile: HeapProfile, { from, to }: { from?: number; to: number }): HeapProfile | undefined {
  const { timeline, ...facts } = profile;
  const later = timeline?.moments[to]?.self;
  if (later === undefined) return undefined;
  if (from === undefined) return { ...facts, measures: [{ quantity: 'live', unit: 'bytes' }], self: [later], chief: 0 };
  const earlier = timeline?.moments[from]?.self;
  if (earlier === undefined) return undefined;
  const growth = later.map((bytes, node) => bytes - earlier[node]!);
  return { ...facts, measures: [{ quantity: 'growth', unit: 'bytes' }], self: [growth], chief: 0 };
}
