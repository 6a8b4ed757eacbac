import { describe, expect, it } from 'vitest';
import { PerfScriptParser } from '../../../../src/formats/heap/perf-script.js';
import { ProfileBuilder } from '../../../../src/formats/heap/profile-builder.js';
import { growingFindings, type SizeSeries } from '../../../../src/insight/live/growing.js';
import type { HeapProfile, HeapQuantity } from '../../../../src/model/heap-profile.js';

const PAGE = 4096;
const MOMENTS = 12;

/** Bytes of each of these lines of `app.c`, at each moment; the frames of libc are below them. */
function profileOf(lines: Readonly<Record<string, (i: number) => number>>, quantity: HeapQuantity = 'touched'): HeapProfile {
  const builder = new ProfileBuilder('perf', [{ quantity, unit: 'bytes' }]);
  const nodes = Object.keys(lines).map((key) => {
    const line = Number(key);
    const own =
      line === 0
        ? []
        : [builder.frame({ function: `grow_${line}`, file: '/src/app.c', line, module: '/src/app', address: `0x${line}` })];
    return builder.stack([
      builder.frame({ function: 'malloc', module: '/usr/lib/x86_64-linux-gnu/libc.so.6', address: '0x9' }),
      ...own,
      builder.frame({ function: '_start', module: '/src/app', address: '0x1' }),
    ]);
  });
  const moments = Array.from({ length: MOMENTS }, (_, i) => {
    const self = new Float64Array(builder.size);
    for (const [at, value] of Object.values(lines).entries()) self[nodes[at]!] = value(i);
    return { at: (i + 1) * 1000, bytes: self.reduce((sum, value) => sum + value, 0), self };
  });
  for (const node of nodes) builder.add(0, node, moments.at(-1)!.self[node]!);
  return builder.finish({ pid: 7, addresses: 'module', timeline: { unit: 'ms', moments } });
}

const systemOf = ({ frames, texts }: HeapProfile): Uint8Array =>
  Uint8Array.from({ length: frames.length }, (_, frame) =>
    ['malloc', '_start'].includes(texts[frames.function[frame]!]!) ? 1 : 0,
  );
const rssOf = (grownBy: number, spaceBy = grownBy): SizeSeries => ({
  at: Array.from({ length: 60 }, (_, i) => i * 200),
  rss: Array.from({ length: 60 }, (_, i) => 1e6 + (grownBy * i) / 59),
  vss: Array.from({ length: 60 }, (_, i) => 1e7 + (spaceBy * i) / 59),
});
const found = (profile: HeapProfile, rss?: SizeSeries) => growingFindings(profile, systemOf(profile), 'perf-faults', rss);
const leak = (i: number): number => (i + 1) * 10 * PAGE;

describe('growing lines', () => {
  it('one that goes on, with its stack, and none of what is steady', () => {
    const { findings, notes } = found(profileOf({ 10: leak, 20: () => 50 * PAGE }), rssOf(120 * PAGE));
    expect(notes).toEqual([]);
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    expect(finding).toMatchObject({ engine: 'perf-faults', kind: 'leak', certainty: 'growing', bytes: 120 * PAGE, pid: 7 });
    expect(finding!.message).toBe('Grows: 480 KiB touched for the first time in 12 s, 40 KiB a second, and still at the end');
    expect(finding!.stacks[0]!.frames.map(({ function: name, line, offset }) => [name, line, offset])).toEqual([
      ['malloc', undefined, '0x9'],
      ['grow_10', 10, '0x10'],
      ['_start', undefined, '0x1'],
    ]);
    expect(finding!.details).toContain('The whole process grew by 471.9 KiB meanwhile (RSS).');
  });

  it('the most first', () => {
    const { findings } = found(profileOf({ 10: leak, 30: (i) => 2 * leak(i) }), rssOf(360 * PAGE));
    expect(findings.map(({ stacks }) => stacks[0]!.frames[1]!.line)).toEqual([30, 10]);
  });

  it('a line that touches much more than the process grows by is no finding, and is told', () => {
    const { findings, notes } = found(profileOf({ 10: leak, 20: (i) => 100 * leak(i) }), rssOf(120 * PAGE));
    expect(findings.map(({ stacks }) => stacks[0]!.frames[1]!.line)).toEqual([10]);
    expect(notes.map(({ code }) => code)).toEqual(['given-back']);
  });

  it('a process that does not grow has no finding', () => {
    expect(found(profileOf({ 20: (i) => 10 * leak(i) }), rssOf(0, 1000 * PAGE)).findings).toEqual([]);
  });

  it('without the size of the process, faults are all that is known', () => {
    const { findings } = found(profileOf({ 10: leak }));
    expect(findings[0]!.details!.join(' ')).not.toContain('RSS');
  });

  it('blocks that take the place of older ones, whose frees a way can’t see, are no growth', () => {
    const live = profileOf({ 10: (i) => 10 * leak(i) }, 'live');
    for (const engine of ['heaptrack', 'memleak'] as const) {
      const steady = growingFindings(live, systemOf(live), engine, rssOf(0));
      expect(steady.findings).toEqual([]);
      expect(steady.notes.map(({ text }) => text)).toEqual([
        expect.stringMatching(/^4\.7 MiB were allocated and not freed at one line.*older blocks/),
      ]);
      const grows = growingFindings(live, systemOf(live), engine, rssOf(1000 * PAGE));
      // What is allocated and never used is in no RSS.
      expect(growingFindings(live, systemOf(live), engine, rssOf(0, 1000 * PAGE)).findings).toHaveLength(1);
      expect(grows.findings[0]!.details).toContain('The whole process grew by 3.8 MiB meanwhile (RSS or VSS).');
      expect(growingFindings(live, systemOf(live), engine, undefined).findings).toHaveLength(1);
    }
    // One that counts since the program began sees all of them.
    expect(growingFindings(live, systemOf(live), 'own-profiler', rssOf(0)).findings).toHaveLength(1);
  });

  it('mappings that are not given back need no such proof', () => {
    const { findings } = found(profileOf({ 10: leak, 20: (i) => (i % 2) * 100 * PAGE }, 'mapped'), rssOf(0));
    expect(findings.map(({ message }) => message)).toEqual([
      'Grows: 480 KiB mapped and not given back in 12 s, 40 KiB a second, and still at the end',
    ]);
  });

  it('a stack without a frame of the user is one, without a line', () => {
    const { findings } = found(profileOf({ 0: leak }), rssOf(120 * PAGE));
    expect(findings[0]!.stacks[0]!.frames.map(({ function: name }) => name)).toEqual(['malloc', '_start']);
  });

  it('a few pages are none, and a profile without a timeline has none', () => {
    expect(found(profileOf({ 10: (i) => (i + 1) * 1000 })).findings).toEqual([]);
    const { timeline: _, ...without } = profileOf({ 10: leak });
    expect(found(without).findings).toEqual([]);
    expect(found(profileOf({ 10: leak }, 'read')).findings).toEqual([]);
  });
});

describe('faults on pages that were touched before', () => {
  const SECONDS = 20;
  /** Each fifth of a second a page of `churn`, of so many, and with `leaks` a new one of `leak`. */
  const textOf = (pages: number, leaks: boolean, hasAddresses: boolean): string => {
    let text = '';
    const fault = (at: number, page: number, frame: string): void => {
      const address = hasAddresses ? ` ${(0x7f0000000 + page).toString(16)}000 [unknown] (//anon)` : '';
      text += `app 7/7 ${(at / 5).toFixed(6)}: 1 page-faults:u:${address}\n\t 1136 ${frame}+0x7 (/src/app)\n\n`;
    };
    for (let at = 0; at < SECONDS * 5; at++) {
      fault(at, at % pages, 'churn');
      // It gets what the other one has just given back, which takes a new one then.
      if (leaks) fault(at, 1000 + at, at % 2 === 0 ? 'churn' : 'leak');
      if (leaks) fault(at, 1000 + at, 'leak');
    }
    return text;
  };
  const growing = (text: string, rss?: SizeSeries): readonly (string | undefined)[] => {
    const parser = new PerfScriptParser({ pid: 7, from: 0, to: SECONDS });
    parser.push(text);
    const profile = parser.end()!;
    return growingFindings(profile, new Uint8Array(profile.frames.length), 'perf-faults', rss).findings.map(
      ({ stacks }) => stacks[0]!.frames[0]!.function,
    );
  };

  it('are no growth, however little of it RSS can tell', () => {
    for (const pages of [1, 2, 4, 8, 12, 16]) {
      expect(growing(textOf(pages, false, true))).toEqual([]);
      expect(growing(textOf(pages, false, true), rssOf(0))).toEqual([]);
      // Without addresses each of them looks like growth.
      expect(growing(textOf(pages, false, false))).toEqual(['churn']);
    }
  });

  it('hide no line that grows, also where another one had the page before', () => {
    expect(growing(textOf(4, true, true))).toContain('leak');
    expect(growing(textOf(4, true, true), rssOf(100 * PAGE))).toContain('leak');
  });
});
