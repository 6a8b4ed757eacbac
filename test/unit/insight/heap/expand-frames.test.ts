import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../../../src/formats/heap/profile-builder.js';
import { expandFrames, type NamedFrame } from '../../../../src/insight/heap/expand-frames.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';

const nameOf = ({ frames, texts }: HeapProfile, frame: number): string =>
  `${texts[frames.function[frame]!] || texts[frames.address[frame]!]}${frames.inlined[frame] === 1 ? '*' : ''}`;

/** Outermost first, with the values of whole stacks. */
function stacksOf(profile: HeapProfile): readonly string[] {
  const { tree } = profile;
  const told = new Array<string>(tree.length).fill('');
  for (let node = 1; node < tree.length; node++) told[node] = `${told[tree.parent[node]!]}/${nameOf(profile, tree.frame[node]!)}`;
  return told.flatMap((text, node) => (profile.self[0]![node] === 0 ? [] : [`${text} ${profile.self[0]![node]}`])).sort();
}

test('inlined frames come in between; those that the tool told at the same address give way', () => {
  const builder = new ProfileBuilder('perf', [{ quantity: 'touched', unit: 'bytes' }]);
  const main = builder.frame({ function: 'main', file: '/t/a.c', line: 3, module: '/t/a', address: '0x1' });
  const outer = builder.frame({ function: 'outer', module: '/t/a', address: '0x2' });
  const told = builder.frame({ function: 'inner', module: '/t/a', address: '0x2', inlined: true });
  const other = builder.frame({ module: '/t/a', address: '0x3' });
  builder.add(0, builder.stack([told, outer, main]), 5);
  builder.add(0, builder.stack([other, main]), 7);
  builder.note({ code: 'no-symbols' });
  const chain: readonly NamedFrame[] = [
    { function: 'inner', file: '/t/a.c', line: 1 },
    { function: 'outer', file: '/t/a.c', line: 2 },
  ];
  const done = expandFrames(builder.finish({ addresses: 'module' }), [undefined, chain, chain, undefined]);
  expect(stacksOf(done)).toEqual(['/main/0x3 7', '/main/outer/inner* 5']);
  expect(done.notes).toEqual([]);
});

test('no value is lost, whatever is found', () => {
  const frame = fc.record({ address: fc.integer({ min: 1, max: 6 }), inlined: fc.boolean() });
  const stacks = fc.array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 20,
  });
  const names = fc.array(
    fc.option(fc.array(fc.record({ function: fc.constantFrom('a', 'b', 'c') }), { maxLength: 3 }), { nil: undefined }),
  );
  fc.assert(
    fc.property(stacks, names, (some, found) => {
      const builder = new ProfileBuilder('perf', [{ quantity: 'live', unit: 'bytes' }]);
      for (const [frames, value] of some) {
        const indexes = frames.map(({ address, inlined }) => builder.frame({ address: `0x${address}`, inlined }));
        builder.add(0, builder.stack(indexes), value);
      }
      const profile = builder.finish({ addresses: 'module' });
      const done = expandFrames(profile, found);
      const sum = (values: Float64Array): number => values.reduce((all, one) => all + one, 0);
      expect(sum(done.self[0]!)).toBe(sum(profile.self[0]!));
      for (let node = 1; node < done.tree.length; node++) expect(done.tree.parent[node]!).toBeLessThan(node);
      for (const frame of done.tree.frame) expect(frame).toBeLessThan(Math.max(1, done.frames.length));
      if (found.every((one) => one === undefined)) expect(stacksOf(done)).toEqual(stacksOf(profile));
    }),
  );
});
