import { describe, expect, test } from 'vitest';
import { systemFrames } from '../../../../src/app/heap/system-frames.js';
import { HeaptrackParser } from '../../../../src/formats/heap/heaptrack.js';
import { growingFindings } from '../../../../src/insight/live/growing.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import { broken, fixtureBytes, fixtureText, isWhole, notes, read, stacks, sum } from './reading.js';

const bytes = fixtureBytes('heaptrack-1.4.0/orders.heaptrack');
const raw = fixtureBytes('heaptrack-1.4.0/orders.raw.heaptrack');
const parse = (whole: Uint8Array, piece?: number) => read<Uint8Array>(new HeaptrackParser(), whole, piece);
const parseText = (text: string) => parse(Buffer.from(text));
const sums = (profile: HeapProfile) =>
  profile.measures.map(({ quantity, unit }, measure) => `${quantity} ${unit} ${sum(profile, measure)}`);

/**
 * What heaptrack_print makes of a stack: from main on, templates shortened, base names of files, no `operator new`, and what is inlined at one
 * address the other way round.
 */
function folded(profile: HeapProfile, measure: number): Map<string, number> {
  const { texts, frames, tree } = profile;
  const found = new Map<string, number>();
  for (const [node, value] of profile.self[measure]!.entries()) {
    if (value === 0) continue;
    // Innermost first.
    const path: string[] = [];
    let group = 0;
    for (let at = node; at > 0; at = tree.parent[at]!) {
      const frame = tree.frame[at]!;
      let name = texts[frames.function[frame]!] || texts[frames.address[frame]!]!;
      if (at === node && name.startsWith('operator new')) continue;
      for (let before = ''; before !== name; ) {
        before = name;
        name = name.replace(/<[^<>]+>/g, '\u0001');
      }
      name = name.replaceAll('\u0001', '<>');
      const file = texts[frames.file[frame]!]!.split('/').pop();
      path.splice(group, 0, file === '' ? name : `${name} (${file})`);
      if (frames.inlined[frame] === 0) group = path.length;
      if (name === 'main') break;
    }
    const stack = path.reverse().join(';');
    found.set(stack, (found.get(stack) ?? 0) + value);
  }
  return found;
}

function printed(cost: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of fixtureText(`heaptrack-1.4.0/orders.${cost}.folded`).trim().split('\n')) {
    const cut = line.lastIndexOf('; ');
    const value = Number(line.slice(cut + 2));
    if (value > 0) found.set(line.slice(0, cut), (found.get(line.slice(0, cut)) ?? 0) + value);
  }
  return found;
}

test.each([
  ['leaked', 0],
  ['allocations', 3],
  ['peak', 5],
])('each stack has what heaptrack_print tells: %s', (cost, measure) => {
  expect(folded(parse(bytes)!, measure)).toEqual(printed(cost));
});

test('both forms tell the same sums, and heaptrack the same ones', () => {
  const profile = parse(bytes)!;
  expect(sums(profile)).toEqual([
    'live bytes 10944',
    'live count 35',
    'total bytes 290259',
    'total count 105',
    'temporary count 31',
    'peak bytes 279041',
    'peak count 66',
  ]);
  expect(sums(parse(raw)!)).toEqual(sums(profile));
  expect(profile).toMatchObject({ tool: 'heaptrack 1.4.0', command: './orders', addresses: 'process', notes: [], chief: 0 });
  expect(isWhole(profile)).toBe(true);
});

test('frames have lines, and those that are inlined say so', () => {
  const found = stacks(parse(bytes)!, 0);
  expect(found[0]).toMatch(/;main:58 5000$/);
  expect(found[1]).toMatch(/;main:60;__printf:33;__vfprintf_internal:\d+;outstring_func:239\*;_IO_new_file_xsputn:1196;/);
  expect(found.some((stack) => /main:50;deep:40;deep:41;forget:30;make_order:23 56$/.test(stack))).toBe(true);
});

test('the raw form has addresses in the files of modules, and no names', () => {
  const profile = parse(raw)!;
  expect(profile.addresses).toBe('module');
  expect(notes(profile)).toEqual(['no-symbols']);
  // addr2line -e orders says of the last three: main orders.cpp:47, forget orders.cpp:30, make_order orders.cpp:23.
  expect(stacks(profile, 0)[2]).toBe(
    'orders+0x1210;libc.so.6+0x27304;libc.so.6+0x27249;orders+0x14d4;orders+0x134a;orders+0x12ed 1680',
  );
  expect(profile.texts).toContain('/lib/x86_64-linux-gnu/libc.so.6');
});

test('the timeline ends with what is live at the end, and has the peak with its stacks', () => {
  const { timeline, self } = parse(bytes)!;
  expect(timeline?.unit).toBe('ms');
  const peak = timeline?.moments.find(({ isPeak }) => isPeak);
  expect(peak?.bytes).toBe(279041);
  expect(peak?.self).toEqual(self[5]);
  expect(timeline?.moments.at(-1)?.bytes).toBe(10944);
  expect(timeline?.moments.find(({ rss }) => rss !== undefined)?.rss).toBe(0x3ef * 4096);
});

describe('a small file', () => {
  const head = 'v 10400 3\nX ./a\nI 1000 10\ns 1 m\ns 1 f\ni 10 1 2 0 0\ni 20 1 2 0 0\nt 1 0\nt 2 1\na 10 1\na 4 2\n';
  test('a free right after its allocation is temporary, and the peak is the first greatest', () => {
    const profile = parseText(`${head}c 1\nR 2\n+ 0\n+ 1\n- 1\nc 5\n+ 1\n- 0\n# end\n`)!;
    expect(sums(profile)).toEqual([
      'live bytes 4',
      'live count 1',
      'total bytes 24',
      'total count 3',
      'temporary count 1',
      'peak bytes 20',
      'peak count 2',
    ]);
    expect(profile.timeline?.moments).toEqual([
      { at: 1, bytes: 0, rss: 8192 },
      { at: 1, bytes: 20, self: new Float64Array([0, 16, 4]), isPeak: true },
      { at: 5, bytes: 16 },
      { at: 5, bytes: 4, self: new Float64Array([0, 0, 4]) },
    ]);
  });

  test('a line that is cut is not read', () => {
    const profile = parseText(`${head}+ 0\n+ 1`)!;
    expect(sum(profile, 3)).toBe(1);
    expect(notes(profile)).toEqual(['cut']);
  });

  test('lines of no heaptrack are counted', () => {
    const profile = parseText(`${head}+ 0\nhello\n+ ffff\n+ zz\nt 1 99\n# end\n`)!;
    expect(profile.notes).toEqual([{ code: 'foreign-lines', count: 4, line: 13 }]);
  });

  test('a newer version is told', () =>
    expect(notes(parseText(`${head.replace(' 3', ' 4')}# end\n`))).toContain('newer-version'));

  test('a timeline of a long run stays short and keeps its greatest moments', () => {
    let text = head;
    for (let at = 1; at < 9000; at++) text += `c ${at.toString(16)}\n${at === 4321 ? '+ 0\n' : at === 4322 ? '- 0\n' : ''}`;
    const { moments } = parseText(`${text}# end\n`)!.timeline!;
    expect(moments.length).toBeLessThan(2000);
    expect(moments.filter(({ bytes: live }) => live === 16).length).toBe(2);
  });

  test('a stack as deep as heaptrack goes is told to be cut', () => {
    let text = 'v 10400 3\ns 1 f\ni 10 0 1 0 0\n';
    for (let at = 0; at < 62; at++) text += `t 1 ${at.toString(16)}\n`;
    expect(parseText(`${text}# end\n`)!.notes).toEqual([{ code: 'deep-stacks', count: 62 }]);
  });
});

describe('older versions of the file', () => {
  const unsized = Buffer.from(bytes)
    .toString()
    .replace(/^s [0-9a-f]+ /gm, 's ');

  test.each(['v 10000 2', 'v 10000 1', 'v 10200'])('strings without their length: %s', (head) => {
    const profile = parseText(unsized.replace('v 10400 3', head))!;
    expect(sums(profile)).toEqual(sums(parse(bytes)!));
    expect(stacks(profile, 5)).toEqual(stacks(parse(bytes)!, 5));
  });

  test('before there was a version of the file: blocks by pointer, and symbols', () => {
    const kinds = [...unsized.matchAll(/^a (\S+) (\S+)$/gm)].map(([, size, stack]) => `${size} ${stack}`);
    const blocks: number[][] = kinds.map(() => []);
    let next = 0x1000;
    const pointed = unsized
      .replace('v 10400 3', 'v 100ff')
      .replace(/^a .*\n/gm, '')
      .replace(/^([+-]) (\S+)$/gm, (_, sign: string, index: string) => {
        const kind = Number.parseInt(index, 16);
        if (sign === '-') return `- ${blocks[kind]?.pop()?.toString(16)}`;
        blocks[kind]?.push(next);
        return `+ ${kinds[kind]} ${(next++).toString(16)}`;
      });
    expect(sums(parseText(pointed)!)).toEqual(sums(parse(bytes)!));
  });

  test('the raw form', () => {
    const text = Buffer.from(raw)
      .toString()
      .replace('v 10400 3', 'v 10100 2')
      .replace(/^([xm]) [0-9a-f]+ /gm, '$1 ');
    expect(stacks(parseText(text)!, 0)).toEqual(stacks(parse(raw)!, 0));
  });
});

test('a file of a program that ran already says so', () => {
  const attached = parseText('v 10400 3\nA\nX shop\nI 1000 2\ns 4 shop\nt 1 0\na 10 1\n+ 0\nc 1\n')!;
  expect(notes(attached)).toContain('attached');
});

test('blocks whose addresses differ beyond 53 bits are not mixed up', () => {
  const profile = parseText('v 10400 3\nx 1 a\nt 10 0\n+ 8 1 b400007712345670\n+ 10 1 b400007712345671\n- b400007712345670\n')!;
  expect(sum(profile, 0)).toBe(16);
});

describe('read while it is written', () => {
  const asOf = (whole: Uint8Array, length: number) => {
    const parser = new HeaptrackParser();
    parser.push(whole.subarray(0, length));
    return parser.profile();
  };

  test.each([
    ['with symbols', bytes],
    ['raw', raw],
  ])('what is told meanwhile is what a reader of so much would tell, and changes nothing of the end: %s', (_, whole) => {
    const parser = new HeaptrackParser();
    const told: [number, HeapProfile | undefined][] = [];
    for (let at = 0; at < whole.length; at += 41) {
      parser.push(whole.subarray(at, at + 41));
      told.push([Math.min(at + 41, whole.length), parser.profile()]);
    }
    // Compared at the end: what was told once stays as it was.
    for (const [length, profile] of told) expect(profile, `${length} bytes`).toEqual(asOf(whole, length));
    expect(parser.end()).toEqual(parse(whole));
    expect(parser.end()).toEqual(parse(whole));
    expect(told.some(([, profile]) => profile !== undefined && sum(profile, 0) > 0)).toBe(true);
  });

  test('that it goes on is no cut', () => {
    const half = asOf(bytes, bytes.length >> 1)!;
    expect(notes(half)).toEqual([]);
    expect(notes(parse(bytes.subarray(0, bytes.length >> 1))!)).toEqual(['cut']);
  });
});

describe('a program that goes on', () => {
  const head =
    'v 10400 3\nA\nX ./shop\nI 1000 10\ns 9 /opt/shop\ns 4 grow\ns 5 again\ns 6 shop.c\n' +
    'i 10 1 2 4 7\ni 20 1 3 4 9\nt 1 0\nt 2 0\na 400 1\na 2000 2\n';
  /** Each 10 ms a block that stays, on one line; on another one that comes and goes. */
  const ticks = (from: number, to: number): string => {
    let text = '';
    for (let at = from; at < to; at += 10) text += `c ${at.toString(16)}\n+ 0\n${(at / 10) % 2 === 0 ? '+' : '-'} 1\n`;
    return text;
  };
  const growing = (profile: HeapProfile) => growingFindings(profile, systemFrames(profile), 'heaptrack', undefined).findings;

  test('the line that grows is told, at the end and while it goes on; the one that frees is not', () => {
    const parser = new HeaptrackParser();
    const push = (text: string): void => parser.push(Buffer.from(text));
    push(head + ticks(0, 3000));
    const meanwhile = growing(parser.profile()!);
    push(`${ticks(3000, 10_000)}# end\n`);
    const atEnd = growing(parser.end()!);
    for (const findings of [meanwhile, atEnd])
      expect(findings.map(({ stacks: [stack] }) => `${stack?.frames[0]?.function}:${stack?.frames[0]?.line}`)).toEqual([
        'grow:7',
      ]);
    expect([meanwhile[0]?.bytes, atEnd[0]?.bytes]).toEqual([300 << 10, 1000 << 10]);
  });

  test('some moments have their stacks, from the beginning to the end, each with what was live then', () => {
    const { timeline, tree } = parseText(`${head}${ticks(0, 10_000)}# end\n`)!;
    const told = timeline!.moments.filter(({ self, isPeak }) => self !== undefined && isPeak !== true);
    expect(told.length).toBeGreaterThanOrEqual(12);
    expect(told.length).toBeLessThanOrEqual(25);
    for (const { bytes: live, self } of told) {
      expect(self).toHaveLength(tree.length);
      expect(self!.reduce((all, one) => all + one, 0)).toBe(live);
    }
    const times = timeline!.moments.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const steps = told.slice(1, -1).map(({ at }, index) => at - told[index]!.at);
    expect(new Set(steps).size).toBe(1);
  });

  test('what was allocated once, at the beginning, does not grow', () => {
    let text = `${head}c 0\n${'+ 0\n'.repeat(100)}`;
    for (let at = 10; at < 5000; at += 10) text += `c ${at.toString(16)}\n+ 1\n- 1\n`;
    expect(growing(parseText(`${text}# end\n`)!)).toEqual([]);
  });
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  for (const whole of [bytes, raw]) {
    const once = parse(whole);
    for (const piece of [1, 7, 100, 4096]) expect(parse(whole, piece)).toEqual(once);
    for (const some of broken(whole, 150)) {
      const profile = parse(some);
      if (profile !== undefined) expect(isWhole(profile)).toBe(true);
    }
  }
  expect(parseText('something else\nv 10400 3\n')).toBeUndefined();
  expect(parseText('')).toBeUndefined();
});
