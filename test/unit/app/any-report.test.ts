import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnyReportParser } from '../../../src/app/open-report.js';
import { placeFinding } from '../../../src/findings/place.js';
import type { Finding, Note } from '../../../src/model/finding.js';
import type { Frame } from '../../../src/model/stack.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const reports = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:txt|xml)$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .filter((text) => text.length < 40_000);

interface Reading {
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  readonly partial: boolean;
}

function read(text: string, size = 1 << 16): Reading {
  const findings: Finding[] = [];
  const notes: Note[] = [];
  const parser = createAnyReportParser({ finding: (finding) => findings.push(finding), note: (note) => notes.push(note) });
  for (let from = 0; from < text.length; from += size) parser.push(text.slice(from, from + size));
  const end = parser.end();
  if (!end.recognised) expect([findings, notes, end.partial]).toEqual([[], [], false]);
  return { findings, notes, partial: end.partial };
}

const isCount = (value: number | undefined, least: number): boolean =>
  value === undefined || (Number.isSafeInteger(value) && value >= least);

function faultOfFrame(frame: Frame): string | undefined {
  if (!isCount(frame.line, 1)) return `line ${frame.line}`;
  if (!isCount(frame.column, 1)) return `column ${frame.column}`;
  if (frame.line !== undefined && frame.file === undefined) return 'a line without a file';
  if (frame.column !== undefined && frame.line === undefined) return 'a column without a line';
  for (const key of ['function', 'file', 'module'] as const) if (frame[key] === '') return `an empty ${key}`;
  if (frame.address !== undefined && !/^0[xX][0-9a-fA-F]*$/.test(frame.address)) return `address ${frame.address}`;
  return undefined;
}

/** What can't be true of any finding; undefined when it is sound. */
function faultOf(finding: Finding): string | undefined {
  if (finding.kind === '' || /\s/.test(finding.kind)) return `kind "${finding.kind}"`;
  if (finding.engine === '' || /\n/.test(finding.message)) return `message "${finding.message}"`;
  if (!isCount(finding.bytes, 0) || !isCount(finding.blocks, 0) || !isCount(finding.size, 0)) return 'an amount';
  if (!isCount(finding.count, 1) || !isCount(finding.pid, 0)) return `count ${finding.count}, pid ${finding.pid}`;
  if ((finding.kind === 'leak') !== (finding.leakKind !== undefined)) return 'a leak without its kind, or the reverse';
  if (finding.kind === 'leak' && (finding.bytes === undefined || finding.blocks === undefined)) return 'a leak without its size';
  if (finding.address !== undefined && !/^0x[0-9a-fA-F]+$/i.test(finding.address)) return `address ${finding.address}`;
  const { place } = placeFinding(finding, () => undefined);
  if (place !== null && place.line !== null && place.file === null) return 'a place with a line and no file';
  return finding.stacks.flatMap(({ frames }) => frames.map(faultOfFrame)).find((fault) => fault !== undefined);
}

function expectSound({ findings }: Reading): void {
  for (const finding of findings) {
    const fault = faultOf(finding);
    if (fault !== undefined) expect.unreachable(`${fault} in ${JSON.stringify(finding)}`);
  }
}

const report = fc.constantFrom(...reports);
const OPTIONS = { numRuns: 150 };

describe('damaged reports', () => {
  test('there are reports to damage', () => {
    expect(reports.length).toBeGreaterThan(50);
    expect(reports.flatMap((text) => read(text).findings).length).toBeGreaterThan(200);
  });

  test('whole ones are sound, and cuts into chunks change nothing', () => {
    for (const text of reports) {
      const whole = read(text);
      expectSound(whole);
      expect(read(text, 977)).toEqual(whole);
    }
  });

  test('cut anywhere: no frame says more than the whole report does', () => {
    fc.assert(
      fc.property(report, fc.double({ min: 0, max: 1, noNaN: true }), (text, part) => {
        const cut = read(text.slice(0, Math.floor(text.length * part)));
        expectSound(cut);
        const known = new Set(read(text).findings.flatMap(places));
        for (const place of cut.findings.flatMap(places)) expect(known).toContain(place);
      }),
      OPTIONS,
    );
  });

  test('the beginning lost', () => {
    fc.assert(
      fc.property(report, fc.double({ min: 0, max: 1, noNaN: true }), (text, part) =>
        expectSound(read(text.slice(Math.floor(text.length * part)))),
      ),
      OPTIONS,
    );
  });

  test('lines in any order', () => {
    fc.assert(
      fc.property(report, fc.infiniteStream(fc.nat()), (text, numbers) => {
        const lines = text.split('\n').map((line) => ({ line, at: numbers.next().value as number }));
        expectSound(
          read(
            lines
              .sort((a, b) => a.at - b.at)
              .map(({ line }) => line)
              .join('\n'),
          ),
        );
      }),
      OPTIONS,
    );
  });

  test('lines of two mixed', () => {
    fc.assert(
      fc.property(report, report, fc.infiniteStream(fc.boolean()), (one, other, which) => {
        const queues = [one.split('\n'), other.split('\n')];
        const mixed: string[] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const line = queues[which.next().value === true ? 1 : 0]?.shift();
          if (line !== undefined) mixed.push(line);
        }
        expectSound(read(mixed.join('\n')));
      }),
      OPTIONS,
    );
  });

  test('parts repeated and others lost', () => {
    fc.assert(
      fc.property(report, fc.array(fc.tuple(fc.nat(40_000), fc.nat(2000)), { maxLength: 12 }), (text, parts) =>
        expectSound(read(parts.map(([from, length]) => text.slice(from % text.length, (from % text.length) + length)).join(''))),
      ),
      OPTIONS,
    );
  });

  test('single characters changed', () => {
    const change = fc.tuple(
      fc.nat(40_000),
      fc.constantFrom(
        '\0',
        '\n',
        '\r',
        '\x1b',
        '\x1e',
        '\x1f',
        '<',
        '>',
        '&',
        '#',
        '=',
        ':',
        '0',
        '9',
        ' ',
        '(',
        ')',
        'é',
        '\ud800',
      ),
    );
    fc.assert(
      fc.property(report, fc.array(change, { minLength: 1, maxLength: 30 }), (text, changes) => {
        const characters = [...text];
        for (const [at, character] of changes) characters[at % characters.length] = character;
        expectSound(read(characters.join('')));
      }),
      OPTIONS,
    );
  });
});

const places = (finding: Finding): string[] =>
  finding.stacks.flatMap(({ frames }) => frames.flatMap(({ file, line }) => (line === undefined ? [] : [`${file}:${line}`])));

const HEAD = '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x1 bp 0x2 sp 0x3\n';

/** Hostile input of `n` units; the time for ten times as much must not be much more than ten times as long. */
const HOSTILE: readonly (readonly [string, (n: number) => string, number])[] = [
  ['a line of parentheses in a frame', (n) => `${HEAD}    #0 0x1 in ${'('.repeat(n)}\n`, 5000],
  ['a line of template brackets in a frame', (n) => `${HEAD}    #0 0x1 in ${'a<b '.repeat(n)} /x.c:1:2\n`, 1500],
  ['a line of blanks', (n) => `${HEAD}    #0 0x1 in f${' '.repeat(n)}x\n`, 6000],
  ['a line of colons', (n) => `${HEAD}    #0 0x1 in f ${':1'.repeat(n)}\n`, 3000],
  ['a line of numbers and #', (n) => `${HEAD}${'#1 '.repeat(n)}\n`, 2000],
  ['a line of time stamps', (n) => `${HEAD}${'12:34:56 '.repeat(n)}#0 0x1 in f /x.c:1\n`, 700],
  ['a line of markers', (n) => `${'SUMMARY: AddressSanitizer: '.repeat(n)}\n`, 240],
  ['a line of runtime errors', (n) => `${'a.c:1:2: runtime error: '.repeat(n)}\n`, 270],
  ['a line of process numbers', (n) => `==1== Invalid read of size 4\n${'==1== '.repeat(n)}at 0x1: f (a.c:1)\n`, 1000],
  ['a line of escapes', (n) => `${HEAD}${'\x1b['.repeat(n)}\n`, 3000],
  [
    'frames of one stack',
    (n) => HEAD + Array.from({ length: n }, (_, i) => `    #${i} 0x${i.toString(16)} in f${i % 7} /x.c:${i + 1}:2\n`).join(''),
    10_000,
  ],
  ['stacks of one report', (n) => HEAD + 'freed by thread T0 here:\n    #0 0x1 in f /x.c:1:2\n\n'.repeat(n), 2000],
  ['reports that never end', (n) => Array.from({ length: n }, (_, i) => HEAD.replace('==1==', `==${i + 1}==`)).join(''), 1000],
  [
    'processes of valgrind',
    (n) =>
      Array.from({ length: n }, (_, i) => `==${i + 1}== Invalid read of size 4\n==${i + 1}==    at 0x1: f (a.c:1)\n`).join(''),
    1000,
  ],
  ['open tags', (n) => `<valgrindoutput>${'<error><stack><frame>'.repeat(n)}`, 1000],
  ['tags that are none', (n) => `<valgrindoutput>${'<a <b '.repeat(n)}`, 2000],
  ['one line without an end', (n) => HEAD + 'x'.repeat(n), 100_000],
];

describe('hostile reports take time in proportion to their length', () => {
  test.each(HOSTILE)('%s', (_name, make, n) => {
    const time = (text: string): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 3; round++) {
        const begun = performance.now();
        expectSound(read(text));
        least = Math.min(least, performance.now() - begun);
      }
      return least;
    };
    const small = make(n);
    const large = make(n * 10);
    time(small);
    // A square would be a hundred times; clocks are coarse for what takes less than a millisecond. On a busy machine one measurement tells little: a
    // square is one in each of them.
    const isProportional = (): boolean => time(large) < Math.max(time(small), 0.7) * 45;
    expect(Array.from({ length: 6 }).some(isProportional)).toBe(true);
  });
});
