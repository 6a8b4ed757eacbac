import { describe, expect, it } from 'vitest';
import { CALL_SCRIPTS } from '../../../../src/engines/live/gdb.js';
import { parseCallNews } from '../../../../src/engines/live/gdb-news.js';
import { refusalText } from '../../../../src/engines/live/gdb-refusals.js';
import { heaptrackNotes } from '../../../../src/engines/live/heaptrack.js';

describe('what the scripts say', () => {
  it('is one object a line, and gdb says other things', () => {
    expect(parseCallNews('{"told": "refused", "why": "replaced", "words": ""}')).toEqual({
      told: 'refused',
      why: 'replaced',
      words: '',
    });
    expect(parseCallNews('warning: something of gdb')).toBeUndefined();
    expect(parseCallNews('{cut')).toBeUndefined();
  });

  it('is run in an order in which each finds what it needs, the start at the end', () => {
    expect(CALL_SCRIPTS.at(-1)).toBe('inject-run.py');
    expect(CALL_SCRIPTS.indexOf('inject-call.py')).toBeLessThan(CALL_SCRIPTS.indexOf('inject-rescue.py'));
  });
});

describe('a process that became another program', () => {
  it('is told as such, and not as one that has ended', () => {
    expect(refusalText('replaced', '').reason).toContain('execve');
    expect(heaptrackNotes('replaced', false).map(({ code }) => code)).toEqual(['since-attached', 'became-another']);
  });
});

describe('heaptrack', () => {
  it('says what it leaves in a process that goes on', () => {
    expect(heaptrackNotes('time', false).map(({ code }) => code)).toEqual(['since-attached', 'heaptrack-stays']);
    expect(heaptrackNotes('time', true).map(({ code }) => code)).toEqual(['since-attached', 'heaptrack-goes-on']);
    expect(heaptrackNotes('exited', false).map(({ code }) => code)).toEqual(['since-attached']);
  });
});
