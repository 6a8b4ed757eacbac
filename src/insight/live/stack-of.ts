import type { HeapProfile } from '../../model/heap-profile.js';
import type { Frame } from '../../model/stack.js';

/** The stack that ends at a node, innermost frame first. */
export function stackOf({ tree, frames, texts, addresses }: HeapProfile, end: number): readonly Frame[] {
  const stack: Frame[] = [];
  for (let node = end; node !== 0; node = tree.parent[node]!) {
    const frame = tree.frame[node]!;
    const text = (column: Uint32Array): string => texts[column[frame]!] ?? '';
    const [name, file, module, address] = [text(frames.function), text(frames.file), text(frames.module), text(frames.address)];
    const line = frames.line[frame]!;
    stack.push({
      ...(name === '' ? {} : { function: name }),
      ...(file === '' ? {} : { file }),
      // The name of a file may be lost, where it has a newline.
      ...(line === 0 || file === '' ? {} : { line }),
      ...(module === '' ? {} : { module }),
      ...(address === '' ? {} : addresses === 'process' ? { address } : { offset: address }),
      ...(frames.inlined[frame] === 1 ? { inlined: true } : {}),
    });
  }
  return stack;
}
