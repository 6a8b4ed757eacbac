import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMissingMain, parseCompilerOutput } from '../../../src/formats/compiler-output.js';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');
const gcc = (name: string): string => fixture(`gcc/12.2.0/compiler-output/${name}.txt`);
const clang = (name: string): string => fixture(`clang/14.0.6/compiler-output/${name}.txt`);
const places = (text: string): string[] =>
  parseCompilerOutput(text).map(({ file, line, column, severity }) => `${file}|${line}|${column ?? '-'}|${severity}`);

describe('compilers', () => {
  it('reads gcc', () => {
    expect(places(gcc('errors'))).toEqual([
      'h.h|1|22|error',
      'h.h|1|22|note',
      'h.h|2|2|warning',
      'err.c|3|11|warning',
      'err.c|4|3|error',
      'err.c|4|9|error',
    ]);
    expect(parseCompilerOutput(gcc('missing-header'))).toEqual([
      { file: 'miss.c', line: 1, column: 10, severity: 'error', message: 'missing.h: No such file or directory' },
    ]);
    expect(places(gcc('cpp'))).toEqual(['e.cpp|2|22|error']);
  });

  it('reads clang', () => {
    expect(places(clang('errors'))).toEqual(['./h.h|1|22|error', './h.h|2|2|warning', 'err.c|3|7|warning', 'err.c|4|3|error']);
    expect(places(clang('missing-header'))).toEqual(['miss.c|1|10|error']);
    expect(parseCompilerOutput(clang('cpp'))[0]?.message).toBe(
      "invalid operands to binary expression ('float' and 'std::nullptr_t')",
    );
  });

  it('takes file names with colons and spaces, and messages that look like marks', () => {
    expect(parseCompilerOutput('/a b:3/x: y.c:5:7: error: expected: error: 5\n')).toEqual([
      { file: '/a b:3/x: y.c', line: 5, column: 7, severity: 'error', message: 'expected: error: 5' },
    ]);
    expect(places('/p/x: note: y.c:5:7: warning: unused')).toEqual(['/p/x: note: y.c|5|7|warning']);
  });

  it('reads messages without column, with colours and with CRLF', () => {
    expect(places('x.c:9: error: unterminated #if\r\n')).toEqual(['x.c|9|-|error']);
    expect(parseCompilerOutput('\x1b[01m\x1b[Kx.c:1:2:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kbad\n')).toEqual([
      { file: 'x.c', line: 1, column: 2, severity: 'error', message: 'bad' },
    ]);
  });

  it('gives no place to messages that have none', () => {
    const text =
      'gcc: error: unrecognized command-line option\ncc1: fatal error: x.c: No such file\n<built-in>:1:2: error: z\nmake: *** [x:3: all] Error 1\nclang: error: linker command failed\n';
    expect(parseCompilerOutput(text)).toEqual([]);
  });
});

describe('linkers', () => {
  it('reads undefined references of ld and gold', () => {
    for (const text of [gcc('undefined'), clang('undefined')]) {
      expect(places(text)).toEqual(['/tmp/fx/a b:3/und.c|4|-|error', '/tmp/fx/a b:3/und.c|5|-|error']);
    }
    expect(parseCompilerOutput(gcc('undefined'))[0]?.message).toBe("undefined reference to `foo'");
    expect(places(gcc('undefined-gold'))).toEqual(['a b:3/und.c|4|-|error', 'a b:3/und.c|5|-|error']);
  });

  it('reads multiple definitions', () => {
    expect(places(gcc('twice'))).toEqual(['/tmp/fx/d2.c|1|-|error']);
    expect(parseCompilerOutput(clang('twice'))[0]?.message).toMatch(/^multiple definition of `twice'/);
  });

  it('reads lld', () => {
    const text =
      'ld.lld: error: undefined symbol: foo\n>>> referenced by und.c:4 (/tmp/a b:3/und.c:4)\n>>>               /tmp/und-1.o:(main)\n';
    expect(parseCompilerOutput(text)).toEqual([
      { file: '/tmp/a b:3/und.c', line: 4, severity: 'error', message: 'undefined symbol: foo' },
    ]);
  });
});

describe('isMissingMain', () => {
  it('knows every linker', () => {
    for (const text of [gcc('no-main'), clang('no-main'), gcc('no-main-gold'), clang('no-main-gold')]) {
      expect(isMissingMain(text)).toBe(true);
      expect(parseCompilerOutput(text)).toEqual([]);
    }
    expect(isMissingMain('ld.lld: error: undefined symbol: main\n>>> referenced by start.S:104\n')).toBe(true);
    expect(isMissingMain('mold: error: undefined symbol: main\r\n')).toBe(true);
  });

  it('is not misled', () => {
    expect(isMissingMain(gcc('undefined'))).toBe(false);
    expect(isMissingMain("x.c:3: undefined reference to `main_loop'")).toBe(false);
    expect(isMissingMain('ld.lld: error: undefined symbol: main(int)\n')).toBe(false);
  });
});

it('never throws, and stays linear', () => {
  const pieces = fc.constantFrom(
    ':',
    ': ',
    '1',
    'error: ',
    ' note: ',
    'a.o',
    '/',
    '(',
    ')',
    '\n',
    '>>> referenced by ',
    ' ',
    'undefined reference to ',
    '\x1b[',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 200 }), (parts) => {
      for (const { line } of parseCompilerOutput(parts.join(''))) expect(line).toBeGreaterThan(0);
    }),
  );
  for (const piece of [': error: ', ':1', ' ', 'a.o:', '/ld: ', 'lib.a(', '\x1b[', '1;', '>>> referenced by x.c:1\n']) {
    const started = performance.now();
    parseCompilerOutput(piece.repeat(200_000 / piece.length));
    parseCompilerOutput(`${piece.repeat(200_000 / piece.length)}:1:1: error: x`);
    expect(performance.now() - started).toBeLessThan(2000);
  }
});
