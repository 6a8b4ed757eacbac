import { ProfileBuilder } from '../../../../src/formats/heap/profile-builder.js';
import type { HeapMeasure, HeapProfile } from '../../../../src/model/heap-profile.js';

const LIVE: readonly HeapMeasure[] = [{ quantity: 'live', unit: 'bytes' }];

/**
 * A profile of lines `main;grow@list.c:7!libx.so 12 3`: frames from the outermost one on, with file, line and module where they are told, then a
 * value for each measure.
 */
export function aProfile(lines: readonly string[], measures = LIVE, more: Partial<HeapProfile> = {}): HeapProfile {
  const builder = new ProfileBuilder('folded', measures);
  for (const line of lines) {
    const [stack = '', ...values] = line.split(' ');
    const frames = stack.split(';').filter((text) => text !== '');
    const node = builder.stack(frames.reverse().map((text) => builder.frame(frameOf(text))));
    values.forEach((value, measure) => {
      builder.add(measure, node, Number(value));
    });
  }
  return { ...builder.finish(), ...more };
}

function frameOf(text: string) {
  const [, name = '', file = '', line = '', module = ''] = /^([^@!]*)(?:@([^:!]*):(\d+))?(?:!(.*))?$/.exec(text) ?? [];
  return name.startsWith('0x')
    ? { address: name, module, file, line: Number(line) }
    : { function: name, file, line: Number(line), module };
}

/** The stacks with a value, as `main;grow 12`, in the order of the tree. */
export function linesOf({ tree, self, frames, texts }: HeapProfile, measure = 0): string[] {
  const paths: string[] = [''];
  return [...self[measure]!].flatMap((value, node) => {
    if (node > 0) {
      const frame = tree.frame[node]!;
      const name = texts[frames.function[frame]!] || texts[frames.address[frame]!]!;
      const above = paths[tree.parent[node]!]!;
      paths[node] = above === '' ? name : `${above};${name}`;
    }
    return value === 0 ? [] : [`${paths[node]} ${value}`];
  });
}
