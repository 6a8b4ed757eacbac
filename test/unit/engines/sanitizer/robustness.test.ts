import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../src/model/finding.js';
import { fixture, fixtures, outline, read } from './reading.js';

const all = fixtures();
const plain = all.filter(({ name }) => !name.startsWith('synthetic') && !name.includes('line-break'));
const anyFixture = fc.constantFrom(...all);
const withoutEngine = (findings: readonly Finding[]): unknown[] => findings.map((finding) => ({ ...finding, engine: '' }));

describe('however the text is cut', () => {
  test('chunks change nothing', () => {
    fc.assert(
      fc.property(anyFixture, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }), ({ text }, sizes) => {
        const chunks: string[] = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length] as number;
          chunks.push(text.slice(at, at + size));
          at += size;
        }
        expect(read(...chunks)).toEqual(read(text));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    'gcc/12.2.0/many-errors.text.txt',
    'gcc/12.2.0/leaks.machine.txt',
    'clang/14.0.6/thread.text.txt',
    'clang/14.0.6/odd-name.text.txt',
  ])('%s: a cut takes nothing from the findings before it, and invents no frame', (name) => {
    const text = fixture(name);
    const whole = read(text).findings;
    for (let end = 0; end <= text.length; end += 7) {
      const { findings, end: parsed, notes } = read(text.slice(0, end));
      const complete = findings.slice(0, -1);
      expect(withoutEngine(complete)).toEqual(withoutEngine(whole.slice(0, complete.length)));
      const last = findings.at(-1);
      const same = whole[findings.length - 1];
      for (const [index, stack] of (last?.stacks ?? []).entries()) {
        const frames = same?.stacks[index]?.frames ?? [];
        expect(stack.role).toBe(same?.stacks[index]?.role);
        for (const [at, frame] of stack.frames.entries()) {
          // The very last frame may know less than the whole one does.
          if (at === stack.frames.length - 1) expect(frames[at]).toMatchObject({ ...frame, ...(frame.inlined ? {} : {}) });
          else expect(frame).toEqual(frames[at]);
        }
      }
      expect(notes.some((note) => note.code === 'cut')).toBe(parsed.partial);
    }
  });
});

describe('whatever stands before the lines', () => {
  const stamp = (line: string, i: number): string =>
    `2024-01-01T00:00:${String(i % 60).padStart(2, '0')}.${1000000 + i}Z ${line}`;
  const prefixes: Readonly<Record<string, (line: string, i: number) => string>> = {
    'GitHub Actions': stamp,
    ctest: (line) => `12: ${line}`,
    'docker compose': (line) => `web_1  | ${line}`,
    colours: (line, i) => `\x1b[3${i % 8}m${line}\x1b[0m`,
    'time stamp and colours': (line, i) => `\x1b[36m${stamp(`\x1b[0m${line}`, i)}\x1b[0m`,
    syslog: (line, i) => `Jan  2 03:04:${String(i % 60).padStart(2, '0')} host demo[123]: ${line}`,
    logcat: (line, i) => `01-02 03:04:05.${String(i % 1000).padStart(3, '0')}  1234  1234 I wrap.sh : ${line}`,
    'logcat, brief': (line, i) => `01-02 03:04:05.${String(i % 1000).padStart(3, '0')} I/wrap.sh (12487): ${line}`,
    kernel: (line, i) => `[${String(i).padStart(5)}.${100000 + i}] ${line}`,
    buildkit: (line, i) => `#12 ${i}.456 ${line}`,
    counter: (line, i) => `${String(i).padStart(8, '0')}\t22:39:53\t[19892] ${line}`,
    'bare colours': (line) => `[0m[31m${line}[0m`.replace(/\[0m$/, ''),
    quoted: (line) => `> ${line}`,
    'indented, CRLF': (line) => `         ${line}\r`,
    GitLab: (line, i) => (i === 0 ? `section_start:1700000000:step\r\x1b[0K${line}` : `2024-01-01T00:00:00.000000Z 01O ${line}`),
    Jenkins: (line, i) => `[2024-01-01T00:00:${String(i % 60).padStart(2, '0')}.123Z] ${line}`,
    bazel: (line) => `(03:04:05) ${line}`,
  };

  test.each(Object.keys(prefixes))('%s', (name) => {
    const prefix = prefixes[name] as (line: string, i: number) => string;
    for (const { name: file, text } of plain) {
      if (file.includes('colour')) continue;
      const prefixed = text.split('\n').map(prefix).join('\n');
      const expected = read(text);
      const found = read(prefixed);
      expect({ file, findings: outline(found.findings) }).toEqual({ file, findings: outline(expected.findings) });
      expect(found.findings.map((finding) => finding.pid)).toEqual(expected.findings.map((finding) => finding.pid));
      expect(found.notes.map((note) => note.code)).toEqual(expected.notes.map((note) => note.code));
      expect(found.end).toEqual(expected.end);
    }
  });

  test('other output between the lines changes nothing', () => {
    const noise = [
      '',
      'done #3',
      'at 10:00:01 sent 3 bytes',
      '  [12/30] Building C object a.c.o',
      '{"a":1}',
      'x.c:3:4: warning: unused',
    ];
    for (const { name, text } of plain) {
      if (name.includes('machine') || name.includes('undefined')) continue;
      const lines = text.split('\n').flatMap((line, i) => [line, noise[i % noise.length] as string]);
      expect({ name, findings: read(lines.join('\n')).findings }).toEqual({ name, findings: read(text).findings });
    }
  });

  test('several reports in one text are all found', () => {
    const reports = plain.filter(({ name }) => name.endsWith('.text.txt') && !name.includes('suppressed'));
    const together = reports.map(({ text }) => `some output\n${text}\nmore output\n`).join('');
    expect(outline(read(together).findings)).toEqual(reports.flatMap(({ text }) => outline(read(text).findings)));
  });
});

describe('garbage', () => {
  const lines = all.flatMap(({ text }) => text.split('\n'));

  test('shuffled lines throw nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 80 }), (some) => {
        const { findings } = read(some.join('\n'));
        for (const finding of findings) expect(finding.kind).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });

  test('two reports line by line throw nothing, and no frame goes to the wrong process', () => {
    fc.assert(
      fc.property(anyFixture, anyFixture, fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (one, two, picks) => {
        const a = one.text.split('\n');
        const b = two.text.split('\n');
        const mixed: string[] = [];
        for (let i = 0; a.length > 0 || b.length > 0; i++) {
          const from = (picks[i % picks.length] && a.length > 0) || b.length === 0 ? a : b;
          mixed.push(from.shift() as string);
        }
        read(mixed.join('\n'));
      }),
      { numRuns: 200 },
    );
  });

  test('any text, and long lines, throw nothing and take no time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => void read(text)));
    const long = 'x'.repeat(300_000);
    const started = performance.now();
    for (const hard of [
      ' #0 0x1 in ',
      '(',
      '<',
      'a b ',
      ': runtime error: ',
      '[1, 2) ',
      '0x1 is located ',
      '==1==',
      '\x1b[',
      '+0x',
      'Sanitizer: ',
      '1:',
      ' 1.1',
    ]) {
      read(
        `==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0 (pc 0x1 bp 0x0 sp 0x0 T0)\n    #0 0x1 in ${hard.repeat(20_000)}\n${hard.repeat(20_000)}\n${long}\n`,
      );
    }
    expect(performance.now() - started).toBeLessThan(4000);
  });

  test('what is kept of one report has bounds', () => {
    const frames = Array.from({ length: 5000 }, (_, i) => `    #${i} 0x${(i + 1).toString(16)} in f /a.c:${i + 1}`).join('\n');
    const details = Array.from({ length: 500 }, (_, i) => `    [${i}, ${i + 1}) 'v' (line ${i})`).join('\n');
    const [finding] = read(
      `==1==ERROR: AddressSanitizer: stack-overflow on address 0x5 (pc 0x1 bp 0x2 sp 0x3 T0)\n${frames}\n${details}\n`,
    ).findings;
    expect(finding?.stacks[0]?.frames).toHaveLength(1024);
    expect(finding?.details?.length).toBeLessThanOrEqual(32);
  });
});
