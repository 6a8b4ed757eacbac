import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../../../src/formats/heap/profile-builder.js';
import { profileSeries } from '../../../../src/insight/heap/profile-series.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';

/** Live bytes by stack, outermost frame first. */
function profile(live: Readonly<Record<string, number>>): HeapProfile {
  const builder = new ProfileBuilder('gperftools', [
    { quantity: 'live', unit: 'bytes' },
    { quantity: 'total', unit: 'bytes' },
  ]);
  for (const [stack, bytes] of Object.entries(live)) {
    const frames = stack.split(';').map((name) => builder.frame({ function: name }));
    const node = builder.stack(frames.reverse());
    builder.add(0, node, bytes);
    builder.add(1, node, 2 * bytes);
  }
  return builder.finish();
}

function valuesOf({ tree, frames, texts }: HeapProfile, values: Float64Array): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [node, value] of values.entries()) {
    if (value === 0) continue;
    const names: string[] = [];
    for (let at = node; at > 0; at = tree.parent[at]!) names.unshift(texts[frames.function[tree.frame[at]!]!]!);
    found[names.join(';')] = value;
  }
  return found;
}

const first = profile({ 'main;keep': 100, 'main;gone': 50 });
const second = profile({ 'main;keep': 150, 'main;new;deep': 7 });
const third = profile({ 'main;keep': 200, other: 1 });

test('the last profile on the stacks of all, with growth and every moment', () => {
  const series = profileSeries([
    { at: 0, profile: first },
    { at: 500, profile: second },
    { at: 900, profile: third },
  ])!;
  expect(series.measures.map(({ quantity }) => quantity)).toEqual(['live', 'total', 'growth']);
  expect(series.self.map((values) => valuesOf(series, values))).toEqual([
    { 'main;keep': 200, other: 1 },
    { 'main;keep': 400, other: 2 },
    { 'main;keep': 100, 'main;gone': -50, other: 1 },
  ]);
  const { moments } = series.timeline!;
  expect(moments.map(({ at, bytes }) => [at, bytes])).toEqual([
    [0, 150],
    [500, 157],
    [900, 201],
  ]);
  expect(moments.map(({ self }) => valuesOf(series, self!))[1]).toEqual({ 'main;keep': 150, 'main;new;deep': 7 });
  for (const column of series.self) expect(column).toHaveLength(series.tree.length);
});

test('one is as it is, and none is none', () => {
  expect(profileSeries([{ at: 0, profile: first }])).toBe(first);
  expect(profileSeries([])).toBeUndefined();
});
