import { describe, expect, it } from 'vitest';
import type { FromMapPage, Moment } from '../../../../src/protocol/map.js';
import { Comparison } from '../../../../webview-ui/map/comparison.js';
import type { ShownDiff } from '../../../../webview-ui/map/map-model.js';

const live = (id: number): Moment => ({ id, at: 1000 * id, kind: 'live' });
const mark = (id: number): Moment => ({ id, at: 1000 * id, kind: 'mark' });

function comparison() {
  const sent: FromMapPage[] = [];
  const marked: number[] = [];
  const one = new Comparison({
    send: (message) => sent.push(message),
    changed: () => undefined,
    marked: ({ id }) => marked.push(id),
  });
  return { one, sent, marked };
}

const diffOf = (before: number, after: number, follows: boolean): ShownDiff => ({
  kind: 'diff',
  before: live(before),
  after: live(after),
  follows,
  diff: { before: 0, after: 1, changes: [], total: {}, mappings: { before: 0, after: 0 } },
});

describe('what is compared', () => {
  it('the older moment is before, in whichever order they are chosen', () => {
    const { one, sent } = comparison();
    one.compare(5, 2);
    expect(sent.at(-1)).toEqual({ kind: 'compare', before: 2, after: 5 });
    one.compare(2, 5);
    expect(sent.at(-1)).toEqual({ kind: 'compare', before: 2, after: 5 });
  });

  it('a moment is compared with the newest rather than with itself', () => {
    const { one, sent } = comparison();
    one.compare(3, 3);
    expect(sent.at(-1)).toEqual({ kind: 'compare', before: 3, after: undefined });
  });

  it('begins with the newest mark that something came after, else with the first reading, and not when there is one only', () => {
    const few = comparison();
    few.one.take([live(1)]);
    few.one.begin();
    expect(few.sent).toEqual([]);
    few.one.take([live(1), live(2), live(3)]);
    few.one.begin();
    expect(few.one.pair).toEqual({ before: 1, after: undefined });
    const marked = comparison();
    marked.one.take([live(1), mark(2), live(3), mark(4)]);
    marked.one.begin();
    expect(marked.one.pair).toEqual({ before: 2, after: undefined });
  });

  it('does not begin again by itself once it was stopped', () => {
    const { one, sent } = comparison();
    one.take([live(1), live(2)]);
    one.begin();
    one.stop();
    one.begin();
    expect(one.pair).toBeUndefined();
    expect(sent.map(({ kind }) => kind)).toEqual(['compare', 'stop-comparing']);
    one.beginNow();
    expect(one.pair).toEqual({ before: 1, after: undefined });
  });

  it('a mark is compared with what comes after it, when it has come and nothing is compared', () => {
    const { one, sent, marked } = comparison();
    one.take([live(1)]);
    one.mark();
    one.take([live(1), live(2)]);
    expect(one.pair).toBeUndefined();
    one.take([live(1), live(2), mark(3)]);
    expect(one.pair).toEqual({ before: 3, after: undefined });
    one.mark();
    one.take([live(1), live(2), mark(3), mark(4)]);
    expect(one.pair).toEqual({ before: 3, after: undefined });
    expect(marked).toEqual([3, 4]);
    expect(sent.map(({ kind }) => kind)).toEqual(['mark', 'compare', 'mark']);
  });

  it('a mark that somebody else has set starts nothing', () => {
    const { one, marked } = comparison();
    one.take([live(1), mark(2)]);
    expect(one.pair).toBeUndefined();
    expect(marked).toEqual([]);
  });

  it('ends when one of its moments is removed', () => {
    const { one } = comparison();
    one.take([mark(1), mark(2), live(3)]);
    one.compare(1, 2);
    one.take([mark(1), live(3)]);
    expect(one.pair).toBeUndefined();
    one.compare(1, undefined);
    one.take([mark(1), live(9)]);
    expect(one.pair).toEqual({ before: 1, after: undefined });
    one.take([live(9)]);
    expect(one.pair).toBeUndefined();
  });

  it('a page that is made anew takes over what the host compares; later on only what it has asked for itself', () => {
    const { one } = comparison();
    one.adopt(diffOf(2, 4, true));
    expect(one.pair).toEqual({ before: 2, after: undefined });
    expect(one.isOf(diffOf(2, 5, true))).toBe(true);
    one.compare(1, 3);
    one.adopt(diffOf(2, 5, true));
    expect(one.pair).toEqual({ before: 1, after: 3 });
    expect(one.isOf(diffOf(2, 5, true))).toBe(false);
    expect(one.isOf(diffOf(1, 3, false))).toBe(true);
    one.stop();
    one.adopt(diffOf(1, 3, false));
    expect(one.pair).toBeUndefined();
  });
});
