import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallerTree } from '../../../../src/insight/heap/callers.js';
import { diffProfiles } from '../../../../src/insight/heap/diff.js';
import { filterStacks, matchingFrames } from '../../../../src/insight/heap/filter.js';
import { groupValues } from '../../../../src/insight/heap/group-values.js';
import { type GroupBy, groupFrames } from '../../../../src/insight/heap/groups.js';
import { measureId } from '../../../../src/insight/heap/measure-words.js';
import { foldFrames } from '../../../../src/insight/heap/own-code.js';
import { inclusiveValues, largestNodes, stackOf, wholeOf } from '../../../../src/insight/heap/sums.js';
import type { HeapProfile, StackTree } from '../../../../src/model/heap-profile.js';
import { aProfile, linesOf } from './a-profile.js';

const name = ({ frames, texts }: HeapProfile, frame: number): string => texts[frames.function[frame]!]!;

function table(profile: HeapProfile, by: GroupBy): Record<string, readonly [number, number]> {
  const groups = groupFrames(profile, by);
  const { self, total } = groupValues(profile.tree, groups, profile.self[0]!);
  const { frames, texts } = profile;
  return Object.fromEntries(
    [...groups.frame].map((frame, row) => {
      const module = texts[frames.module[frame]!]!;
      const words = by === 'module' ? module : name(profile, frame) + (by === 'line' ? `:${frames.line[frame]}` : '');
      return [words, [self[row]!, total[row]!] as const];
    }),
  );
}

/** Stacks of few names, so that they share frames, and call themselves. */
const someStacks = fc.array(
  fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 }), fc.integer({ min: 1, max: 1000 })),
  { maxLength: 40 },
);
const profileOf = (stacks: readonly (readonly [readonly string[], number])[]): HeapProfile =>
  aProfile(stacks.map(([frames, value]) => `${frames.join(';')} ${value}`));

describe('sums of a stack tree', () => {
  test('a node holds its own value and those below it', () => {
    const profile = aProfile(['main;f;g 1', 'main;f 10', 'main;h 100', ' 1000']);
    expect([...inclusiveValues(profile.tree, profile.self[0]!)]).toEqual([1111, 111, 11, 1, 100]);
    expect(wholeOf(profile.self[0]!)).toBe(1111);
    expect(stackOf(profile.tree, 3).map((frame) => name(profile, frame))).toEqual(['g', 'f', 'main']);
    expect(largestNodes(profile.self[0]!, 2)).toEqual([0, 4]);
  });
});

describe('tables', () => {
  test('recursion counts once in the total', () => {
    const profile = aProfile(['main;walk;walk;walk 5', 'main;walk;visit;walk 7', 'main;other 1']);
    expect(table(profile, 'function')).toEqual({ main: [0, 13], walk: [12, 12], visit: [0, 7], other: [1, 1] });
  });

  test('lines of one function are rows of their own by line, and one by function', () => {
    const profile = aProfile(['main@m.c:1;f@m.c:3!x 1', 'main@m.c:2;f@m.c:4!x 2']);
    expect(table(profile, 'line')).toEqual({ 'main:1': [0, 1], 'main:2': [0, 2], 'f:3': [1, 1], 'f:4': [2, 2] });
    expect(table(profile, 'function')).toEqual({ main: [0, 3], f: [3, 3] });
    expect(table(profile, 'module')).toEqual({ '': [0, 3], x: [3, 3] });
  });

  test('for any stacks they say what counting stack by stack says', () => {
    fc.assert(
      fc.property(someStacks, (stacks) => {
        const rows = table(profileOf(stacks), 'function');
        for (const letter of 'abcd') {
          const [self = 0, total = 0] = rows[letter] ?? [];
          const sum = (chosen: readonly (readonly [unknown, number])[]): number =>
            chosen.reduce((all, [, value]) => all + value, 0);
          expect(self).toBe(sum(stacks.filter(([frames]) => frames.at(-1) === letter)));
          expect(total).toBe(sum(stacks.filter(([frames]) => (frames as readonly string[]).includes(letter))));
        }
      }),
    );
  });
});

describe('callers', () => {
  test('are told level by level', () => {
    const profile = aProfile(['main;a;new 3', 'main;b;new 4', 'new 5', 'main;a 1']);
    const callers = new CallerTree(profile.tree, profile.self[0]!);
    const [first, second] = callers.roots();
    expect([name(profile, first!.frame), first!.value, first!.hasCallers]).toEqual(['new', 12, true]);
    expect([name(profile, second!.frame), second!.value]).toEqual(['a', 1]);
    const above = callers.callers(first!);
    expect(above.map((node) => [name(profile, node.frame), node.value])).toEqual([
      ['b', 4],
      ['a', 3],
    ]);
    const [outermost] = callers.callers(above[0]!);
    expect([name(profile, outermost!.frame), outermost!.hasCallers]).toEqual(['main', false]);
    expect(callers.callers(outermost!)).toEqual([]);
  });

  test('of any stacks: the innermost frames hold all that has a stack', () => {
    fc.assert(
      fc.property(someStacks, (stacks) => {
        const { tree, self } = profileOf(stacks);
        const roots = new CallerTree(tree, self[0]!).roots();
        expect(roots.reduce((sum, { value }) => sum + value, 0)).toBe(wholeOf(self[0]!) - self[0]![0]!);
      }),
    );
  });
});

describe('fewer frames', () => {
  test('what folded frames hold counts for their callers; siblings that become equal are one', () => {
    const profile = aProfile(['main;qsort;compare 1', 'main;compare 2', 'main;grow;malloc 4', 'start;clone 8']);
    const isFolded = Uint8Array.from({ length: profile.frames.length }, (_, frame) =>
      ['qsort', 'malloc', 'start', 'clone'].includes(name(profile, frame)) ? 1 : 0,
    );
    expect(linesOf(foldFrames(profile, isFolded))).toEqual([' 8', 'main;compare 3', 'main;grow 4']);
  });

  test('folding loses nothing', () => {
    fc.assert(
      fc.property(someStacks, fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 4, maxLength: 4 }), (stacks, folded) => {
        const profile = profileOf(stacks);
        expect(wholeOf(foldFrames(profile, Uint8Array.from(folded)).self[0]!)).toBe(wholeOf(profile.self[0]!));
      }),
    );
  });

  test('a filter keeps whole stacks, with what is below and above the frame', () => {
    const profile = aProfile(['main;Parse@src/json.c:1;malloc!/lib/libc.so 1', 'main;draw;malloc!/lib/libc.so 2', 'main 4']);
    const kept = (filter: Parameters<typeof matchingFrames>[1]): string[] =>
      linesOf(filterStacks(profile, matchingFrames(profile, filter)));
    expect(kept({ text: 'parse' })).toEqual(['main;Parse;malloc 1']);
    expect(kept({ text: 'JSON.C' })).toEqual(['main;Parse;malloc 1']);
    expect(kept({ module: 'libc' })).toEqual(['main;Parse;malloc 1', 'main;draw;malloc 2']);
    expect(kept({ module: 'libc', text: 'parse' })).toEqual([]);
    expect(kept({ text: 'main' })).toEqual(['main 4', 'main;Parse;malloc 1', 'main;draw;malloc 2']);
  });

  test('of any stacks a filter keeps those with the frame', () => {
    fc.assert(
      fc.property(someStacks, (stacks) => {
        const profile = profileOf(stacks);
        const { self, tree } = filterStacks(profile, matchingFrames(profile, { text: 'b' }));
        expect(wholeOf(self[0]!)).toBe(stacks.reduce((sum, [frames, value]) => sum + (frames.includes('b') ? value : 0), 0));
        expect([...tree.parent].every((parent, node) => parent < node || node === 0)).toBe(true);
      }),
    );
  });

  test('moments of a timeline go along', () => {
    const self = Float64Array.of(0, 0, 3, 5);
    const profile = aProfile(['main;a 1', 'main;b 2'], undefined, {
      timeline: {
        unit: 'ms',
        moments: [
          { at: 1, bytes: 8, self },
          { at: 2, bytes: 9 },
        ],
      },
    });
    const { timeline } = filterStacks(profile, matchingFrames(profile, { text: 'b' }));
    expect(timeline?.moments.map((moment) => moment.self && [...moment.self])).toEqual([[0, 0, 5], undefined]);
  });
});

describe('two profiles', () => {
  const both = [
    { quantity: 'live', unit: 'bytes' },
    { quantity: 'total', unit: 'count' },
  ] as const;

  test('what has grown, shrunk, come and gone, whatever the addresses', () => {
    const before = aProfile(['main@m.c:1;a 10 1', 'main@m.c:1;gone 5 1', '0x10!x 1 1'], both);
    const after = aProfile(['0x10!x 4 1', 'main@m.c:1;new 7 1', 'main@m.c:1;a 4 2', 'main@m.c:2;a 3 3'], both);
    const diff = diffProfiles(before, after)!;
    expect(diff.measures.map(measureId)).toEqual(['growth', 'growth-of-total-count']);
    expect(linesOf(diff).toSorted()).toEqual(['0x10 3', 'main;a -6', 'main;a 3', 'main;gone -5', 'main;new 7']);
    expect(wholeOf(diff.self[1]!)).toBe(7 - 3);
  });

  test('have nothing in common', () => {
    expect(diffProfiles(aProfile([]), aProfile([], [{ quantity: 'live', unit: 'count' }]))).toBeUndefined();
  });

  test('the difference of sums is the sum of differences, and with itself all is 0', () => {
    fc.assert(
      fc.property(someStacks, someStacks, (one, other) => {
        const [before, after] = [profileOf(one), profileOf(other)];
        expect(wholeOf(diffProfiles(before, after)!.self[0]!)).toBe(wholeOf(after.self[0]!) - wholeOf(before.self[0]!));
        expect(linesOf(diffProfiles(before, before)!)).toEqual([]);
      }),
    );
  });
});

describe('a million nodes', () => {
  const million = 1_000_000;
  const FRAMES = 50_000;
  const tree: StackTree = { length: million, parent: new Uint32Array(million), frame: new Uint32Array(million) };
  const self = new Float64Array(million);
  let seed = 1;
  for (let node = 1; node < million; node++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    tree.parent[node] = node < 20 ? node - 1 : Math.max(0, node - 1 - (seed % 997));
    tree.frame[node] = (seed >>> 8) % FRAMES;
    self[node] = seed % 3 === 0 ? seed % 4096 : 0;
  }
  const column = (): Uint32Array => new Uint32Array(FRAMES);
  const profile: HeapProfile = {
    ...aProfile([]),
    texts: ['', ...Array.from({ length: FRAMES }, (_, at) => `function${at}`)],
    frames: {
      length: FRAMES,
      function: column().map((_, at) => at + 1),
      file: column(),
      line: column(),
      module: column(),
      address: column(),
      inlined: new Uint8Array(FRAMES),
    },
    tree,
    self: [self],
  };
  const isOdd = Uint8Array.from({ length: FRAMES }, (_, at) => at % 2);

  test.each<readonly [string, () => unknown]>([
    ['sums', () => inclusiveValues(tree, self)],
    ['a table of functions', () => table(profile, 'function')],
    ['the innermost frames', () => new CallerTree(tree, self).roots()],
    ['folding half of the frames', () => foldFrames(profile, isOdd)],
    ['a filter', () => filterStacks(profile, isOdd)],
    ['a comparison', () => diffProfiles(profile, profile)],
  ])('%s', (what, work) => {
    work();
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1000;
    if (process.env['SHOW_TIMES'] !== undefined) console.log(what, Math.round(took), 'ms');
    // Of CPU, the collector's threads included; several times what it takes, since neighbours slow down caches.
    expect(took).toBeLessThan(5000);
  });
});
