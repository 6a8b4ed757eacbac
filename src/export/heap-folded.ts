import { frameName } from '../insight/heap/frame-name.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { StackTexts } from './stack-path.js';

/**
 * Folded stacks: a line for each stack, the outermost frame first, `;` between frames, and the value of one measure behind the last blank. Values
 * of 0 and below are left out, since those who read the format draw them as areas. A stack without frames is `[unknown]`.
 */
export function* heapFolded(profile: HeapProfile, measure: number): Generator<string> {
  const values = profile.self[measure]!;
  const stacks = foldedStacks(profile);
  for (let node = 0; node < values.length; node++) {
    if (values[node]! > 0) yield `${stacks(node)} ${values[node]}\n`;
  }
}

/** The text of the stack of each node; quickest in the order of the tree. */
export function foldedStacks(profile: HeapProfile): (node: number) => string {
  const texts = new StackTexts(profile.tree, foldedNames(profile), ';');
  return (node) => (node === 0 ? '[unknown]' : texts.of(node));
}

/** The frames' names as they may stand between `;`. */
function foldedNames(profile: HeapProfile): readonly string[] {
  return Array.from({ length: profile.frames.length }, (_, frame) =>
    frameName(profile, frame)
      .replaceAll(';', ':')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
  );
}
