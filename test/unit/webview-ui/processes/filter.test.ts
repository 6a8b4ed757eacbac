import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessEntry } from '../../../../src/protocol/trends.js';
import { FILTER_EXAMPLES, parseFilter } from '../../../../webview-ui/processes/filter.js';
import { entry, kernelThread, MIB, unreadable } from './entries.js';

function matches(text: string, of: ProcessEntry): boolean | undefined {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.error.message);
  return filter.value.matches(of);
}

function errorOf(text: string): string | undefined {
  const filter = parseFilter(text);
  return filter.ok ? undefined : filter.error.message;
}

const growing = { state: 'growing', ratePerHour: 2 * MIB, text: 'Growing' } as const;

describe('texts', () => {
  const process = entry(1234, { command: 'Web Server', commandLine: '/opt/web --port=80', user: 'www-data' });
  test.each(['', '  ', 'web', 'SERVER', '123', 'www', '--port=80', '"web server"', 'web 1234', '/opt/web'])(
    '%s is found',
    (text) => {
      expect(matches(text, process)).toBe(true);
    },
  );
  test.each(['webserver', '99', '"server web"', 'web 99'])('%s is not', (text) => {
    expect(matches(text, process)).toBe(false);
  });
});

describe('comparisons', () => {
  test.each([
    ['uss>10M', 10 * MIB, false],
    ['uss>=10M', 10 * MIB, true],
    ['uss<10MiB', 10 * MIB - 1, true],
    ['USS<=1.5k', 1536, true],
    ['uss=0', 0, true],
    ['uss!=0', 0, false],
    ['uss>1G', 2 ** 30 + 1, true],
    ['uss>1TB', 2 ** 40, false],
  ])('%s of %d', (text, uss, expected) => {
    expect(matches(text, entry(1, { uss }))).toBe(expected);
  });

  test.each([
    ['user=root', { user: 'root' }, true],
    ['user=roo', { user: 'root' }, false],
    ['user~ROO', { user: 'root' }, true],
    ['user!=root', { user: 'ada' }, true],
    ['command="a b"', { command: 'a b' }, true],
    ['uid=0', { uid: 0 }, true],
    ['ppid=7', { parent: 7 }, true],
    ['%mem>=5', { memPercent: 5 }, true],
    ['mem<5%', { memPercent: 4.9 }, true],
    ['minflt>1.4', { minorFaultsPerSecond: 1.5 }, true],
    ['growth>1M', { growth: growing }, true],
    ['growth>3M', { growth: growing }, false],
    ['state=D', { state: 'D' }, true],
  ] as const)('%s of %o', (text, fields, expected) => {
    expect(matches(text, entry(1, fields))).toBe(expected);
  });

  test('what is not known is neither more nor less', () => {
    for (const text of ['uss>1', 'uss<1T', 'uss!=3', '!uss>1', 'swap=0']) expect(matches(text, unreadable(1))).toBeUndefined();
    expect(matches('rss<1M', kernelThread(2))).toBeUndefined();
    expect(matches('growth<1M', entry(1))).toBeUndefined();
  });

  test('a word that says no is stronger than one that cannot say', () => {
    expect(matches('uss>1 user=root', unreadable(1, { user: 'ada' }))).toBe(false);
    expect(matches('uss>1 user=ada', unreadable(1, { user: 'ada' }))).toBeUndefined();
  });
});

test('flags, and turned round', () => {
  expect(matches('growing', entry(1, { growth: growing }))).toBe(true);
  expect(matches('growing', entry(1))).toBe(false);
  expect(matches('leak', entry(1, { growth: growing }))).toBe(false);
  expect(matches('leak', entry(1, { growth: { ...growing, state: 'suspected-leak' } }))).toBe(true);
  expect(matches('!kernel', kernelThread(1))).toBe(false);
  expect(matches('watched', entry(1, { watched: true }))).toBe(true);
  expect(matches('!program', entry(1))).toBe(false);
});

test.each([
  ['uss>', 'A number like 100M or 1.5G is missing in "uss>".'],
  ['uss>many', 'A number like 100M or 1.5G is missing in "uss>many".'],
  ['pid>5%', 'A number like 100 is missing in "pid>5%".'],
  ['mem>x', 'A number like 5 or 2.5% is missing in "mem>x".'],
  ['uss~5', 'Write = , < or > in "uss~5".'],
  ['user>root', 'A text has no order: write = , != or ~ in "user>root".'],
  ['user=', 'A text is missing after "user=".'],
  ['size>5', 'There is no column "size". Quote the word to look for the text: "size>5"'],
  ['a !', 'A word is missing after "!".'],
])('%s is an error', (text, message) => {
  expect(errorOf(text)).toBe(message);
});

test('every example of the help is understood', () => {
  for (const [example] of FILTER_EXAMPLES) expect(errorOf(example)).toBeUndefined();
});

test('any text is a filter or an error, and judges any process', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'us>=<!~"%. 1Mgrowinkelpd-\n\u202e') }), (text) => {
      const filter = parseFilter(text);
      if (!filter.ok) expect(filter.error.message).not.toBe('');
      else
        for (const one of [entry(1), unreadable(2), kernelThread(3)])
          expect([true, false, undefined]).toContain(filter.value.matches(one));
    }),
  );
});

test('a text in quotes finds just itself', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !text.includes('"')),
      (text) => {
        expect(matches(`"${text}"`, entry(1, { command: `x${text}y` }))).toBe(true);
        expect(matches(`!"${text}"`, entry(1, { command: `x${text}y` }))).toBe(false);
      },
    ),
  );
});
