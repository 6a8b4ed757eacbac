import { MARKS, type Mark } from '../model/segment.js';

const ALL = Object.entries(MARKS) as readonly (readonly [Mark, number])[];

/** The marks of these bits by name. */
export function markNames(bits: number): readonly Mark[] {
  return bits === 0 ? [] : ALL.flatMap(([mark, bit]) => ((bits & bit) === 0 ? [] : [mark]));
}
