import { expect, test } from 'vitest';
import { diffProfiles } from '../../../../src/insight/heap/diff.js';
import { measureId, measureLabel, measureTitle } from '../../../../src/insight/heap/measure-words.js';
import type { HeapMeasure } from '../../../../src/model/heap-profile.js';
import { aProfile } from './a-profile.js';

const words = (measure: HeapMeasure) => [measureId(measure), measureTitle(measure), measureLabel(measure)];

test('a count says what it counts', () => {
  expect(words({ quantity: 'live', unit: 'count' })).toEqual(['live-count', 'live, blocks', 'Live (blocks)']);
  expect(words({ quantity: 'touched', unit: 'count' })).toEqual([
    'touched-count',
    'touched, page faults',
    'Touched (page faults)',
  ]);
  expect(words({ quantity: 'mapped', unit: 'count' })).toEqual(['mapped-count', 'mapped, mappings', 'Mapped (mappings)']);
  expect(words({ quantity: 'touched', unit: 'bytes' })).toEqual(['touched', 'touched, bytes', 'Touched']);
});

test('what it has grown by counts the same', () => {
  const measures = [{ quantity: 'touched', unit: 'count' }] as const;
  const [measure] = diffProfiles(aProfile(['main 1'], measures), aProfile(['main 3'], measures))!.measures;
  expect(measureTitle(measure!)).toBe('growth of touched, page faults');
});
