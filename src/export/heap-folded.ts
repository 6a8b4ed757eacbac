import { frameName } from '../insight/heap/frame-name.js';
import { stackOf } from '../insight/heap/sums.js';
import type { HeapProfile } from '../model/heap-profile.js';

/**
 * Folded stacks: a line for each stack, the outermost frame first, `;` between frames, and the value of one measure behind the last blank. Values
 * of 0 and below are left out, since those who read the format draw them as areas. A stack without frames is `[unknown]`.
 */
export function* heapFolded(profile: HeapProfile, measure: number): Generator<string> {
  const values = profile.self[measure]!;
  const names = foldedNames(profile);
  for (let node = 0; node < values.length; node++) {
    if (values[node]! > 0) yield `${foldedStack(profile, names, node)} ${values[node]}\n`;
  }
}

/** The frames' names as they may stand between `;`. */
export function foldedNames(profile: HeapProfile): readonly string[] {
  return Array.from({ length: profile.frames.length }, (_, frame) =>
    frameName(profile, frame)
      .replaceAll(';', ':')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
  );
}

export function foldedStack({ tree }: HeapProfile, names: readonly string[], node: number): string {
  if (node === 0) return '[unknown]';
  return stackOf(tree, node)
    .reverse()
    .map((frame) => names[frame])
    .join(';');
}
