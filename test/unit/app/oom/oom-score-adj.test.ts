import { describe, expect, it } from 'vitest';
import { adjOf } from '../../../../src/app/oom/oom-score-adj.js';

describe('adjOf', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    [' -1000 ', -1000],
    ['+1000', 1000],
    ['1001', undefined],
    ['-1001', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['1e2', undefined],
    ['ten', undefined],
  ])('%j', (text, wanted) => {
    expect(adjOf(text)).toBe(wanted);
  });
});
