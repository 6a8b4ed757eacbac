import { describe, expect, it } from 'vitest';
import { type KeptOomSource, keptOom, type OomPlace, readKeptOom } from '../../../../src/app/oom/kept-oom.js';

const PLACE: OomPlace = { tab: 'next', event: { headline: 'Memory ran out', when: 'at noon' } };
const back = (source: KeptOomSource, place: OomPlace = PLACE) => readKeptOom(JSON.parse(JSON.stringify(keptOom(source, place))));

describe('what a page OOM keeps', () => {
  it('machines, files and texts come back as they were, with what was looked at', () => {
    const sources: readonly KeptOomSource[] = [
      { kind: 'machine', target: { name: 'board', config: { kind: 'ssh', host: 'board' } } },
      { kind: 'file', path: '/var/log/kern.log' },
      { kind: 'text', title: 'the clipboard', key: 'clipboard', text: 'Out of memory: Killed process 1 (x)' },
    ];
    for (const source of sources) expect(back(source)).toEqual({ source, place: PLACE });
    expect(back({ kind: 'file', path: '/a' }, { tab: 'events' })?.place).toEqual({ tab: 'events' });
  });

  it('a text that is too long is named, and not kept', () => {
    const text = 'x'.repeat(500_001);
    expect(back({ kind: 'text', title: 't', key: 'k', text })?.source).toEqual({ kind: 'text', title: 't', key: 'k' });
    const longest = text.slice(1);
    expect(back({ kind: 'text', title: 't', key: 'k', text: longest })?.source).toHaveProperty('text', longest);
  });

  it('what nobody has kept is nothing; a place that is not understood is the usual one', () => {
    for (const state of [
      undefined,
      null,
      4,
      {},
      { files: ['relative'] },
      { text: { title: 't' } },
      { text: 7 },
      { subjects: [{}] },
    ]) {
      expect(readKeptOom(state)).toBeUndefined();
    }
    for (const place of [undefined, 3, { tab: 'other', event: { headline: 4 } }]) {
      expect(readKeptOom({ files: ['/a'], place })?.place).toEqual({ tab: 'events' });
    }
  });
});
