import { describe, expect, test } from 'vitest';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import type { Chosen, ShownHeap } from '../../../../webview-ui/heap/heap-model.js';
import { sameChosen } from '../../../../webview-ui/heap/same-chosen.js';
import { ShownHeaps } from '../../../../webview-ui/heap/shown-heap.js';
import { sameMoments } from '../../../../webview-ui/heap/timeline-words.js';
import { aProfile } from '../../insight/heap/a-profile.js';

const shown = (profile: HeapProfile): ShownHeap =>
  new ShownHeaps().of(profile, new Uint8Array(profile.frames.length), {
    narrowing: { measure: 0, ownCode: false },
    direction: 'bottom-up',
    search: '',
  });
const frameNamed = ({ profile: { frames, texts } }: ShownHeap, name: string, line: number): number =>
  Array.from({ length: frames.length }, (_, at) => at).find(
    (at) => texts[frames.function[at]!] === name && frames.line[at] === line,
  )!;

const before = shown(aProfile(['main@a.c:1;grow@a.c:7 4', 'main@a.c:2;grow@a.c:8 2', 'main@a.c:1;once@a.c:30 1']));
/** The same and more, in another order: each frame has another number. */
const after = shown(
  aProfile(['first@b.c:1;grow@a.c:9 1', 'main@a.c:2;grow@a.c:8 5', 'main@a.c:1;other@a.c:3 1', 'main@a.c:1;grow@a.c:7 9']),
);

describe('what is chosen, in a newer profile', () => {
  test('a node is found by its stack', () => {
    const { tree } = before.profile;
    const grow = frameNamed(before, 'grow', 7);
    const node = Array.from(tree.frame).findIndex((frame, at) => at > 0 && frame === grow);
    const there = sameChosen({ kind: 'node', node }, before, after) as Extract<Chosen, { kind: 'node' }>;
    expect(after.profile.tree.frame[there.node]).toBe(frameNamed(after, 'grow', 7));
    expect(after.self[there.node]).toBe(9);
  });

  test('a row is all that belongs to it now', () => {
    const row = (by: 'function' | 'line') =>
      sameChosen({ kind: 'row', by, frame: frameNamed(before, 'grow', 7), frames: [] }, before, after) as Extract<
        Chosen,
        { kind: 'row' }
      >;
    expect(row('line')).toMatchObject({
      by: 'line',
      frame: frameNamed(after, 'grow', 7),
      frames: [frameNamed(after, 'grow', 7)],
    });
    expect([...row('function').frames].sort()).toEqual([7, 8, 9].map((line) => frameNamed(after, 'grow', line)).sort());
  });

  test('callers are found by their way', () => {
    const grow = before.callers.roots().find(({ frame }) => frame === frameNamed(before, 'grow', 7))!;
    const main = before.callers.callers(grow)[0]!;
    const there = sameChosen({ kind: 'callers', path: [grow.frame, main.frame], caller: main }, before, after) as Extract<
      Chosen,
      { kind: 'callers' }
    >;
    expect(there.path).toEqual([frameNamed(after, 'grow', 7), frameNamed(after, 'main', 1)]);
    expect(there.caller.value).toBe(9);
  });

  test('what is there no longer is not chosen', () => {
    const once = frameNamed(before, 'once', 30);
    expect(sameChosen({ kind: 'row', by: 'line', frame: once, frames: [once] }, before, after)).toBeUndefined();
    const caller = before.callers.roots().find(({ frame }) => frame === once)!;
    expect(sameChosen({ kind: 'callers', path: [once], caller }, before, after)).toBeUndefined();
  });
});

describe('moments that are picked, in a timeline that goes on', () => {
  const self = new Float64Array(1);
  const timeline = (...at: number[]) => ({ unit: 'ms' as const, moments: at.map((one) => ({ at: one, bytes: one * 10, self })) });

  test('are those of the same time', () => {
    expect(sameMoments({ from: 0, to: 2 }, timeline(1, 2, 4), timeline(1, 4, 8))).toEqual({ from: 0, to: 1 });
    expect(sameMoments({ to: 1 }, timeline(1, 2), timeline(1, 2, 3, 4))).toEqual({ to: 1 });
  });

  test('are no longer picked where they are gone, or are others', () => {
    expect(sameMoments({ from: 1, to: 2 }, timeline(1, 2, 4), timeline(1, 4, 8))).toBeUndefined();
    expect(sameMoments({ to: 0 }, timeline(1), { unit: 'ms', moments: [{ at: 1, bytes: 99, self }] })).toBeUndefined();
    expect(sameMoments({ to: 0 }, timeline(1), { unit: 'ms', moments: [{ at: 1, bytes: 10 }] })).toBeUndefined();
    expect(sameMoments({ to: 0 }, timeline(1), undefined)).toBeUndefined();
  });
});
