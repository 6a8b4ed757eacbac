import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callRange } from '../../../src/findings/call-range.js';

const at = (line: string, column?: number, callee?: string): string => {
  const { start, end } = callRange(line, column, callee);
  return line.slice(start, end);
};

// Columns as DWARF line tables of gcc 12.2, g++ 12.2 and clang 14.0.6 have them (llvm-dwarfdump --debug-line).
describe('callRange with a column', () => {
  test.each([
    // clang and gcc: the first letter of the name
    ['  char *x =   malloc( 3 );', 15, 'malloc( 3 )'],
    ['  char *y = (char*)   calloc( 3 , sizeof(struct L));', 23, 'calloc( 3 , sizeof(struct L))'],
    ['  struct L *l = XM(10);', 17, 'XM(10)'],
    ['  char *y =   s.self()->get( 3 );', 25, 'get( 3 )'],
    ['  int *w =    new int[ 10 ];', 15, 'new int[ 10 ]'],
    ["  std::string *q = new std::string( 10, 'x' );", 20, "new std::string( 10, 'x' )"],
    // g++: the opening bracket of a call, the last character of a new-expression
    ['  char *x =   f( 1, f(2,3)[0] );', 16, 'f( 1, f(2,3)[0] )'],
    ['  char *x =   f( 1, f(2,3)[0] );', 22, 'f(2,3)'],
    ['  char *y =   s.self()->get( 3 );', 28, 'get( 3 )'],
    ['  int *z =    s.mk<int>( 3 );', 24, 'mk<int>( 3 )'],
    ['  int *w =    new int[ 10 ];', 27, 'new int[ 10 ]'],
    ["  std::string *q = new std::string( 10, 'x' );", 45, "new std::string( 10, 'x' )"],
    ['  (*f)(1,2);', 7, '(*f)(1,2)'],
    ['  y = ::f(3,4);', 10, '::f(3,4)'],
    ['  auto k = std::to_string(12) + s;', 26, 'std::to_string(12)'],
    // others
    ['  return x[200];', 10, 'x[200]'],
    ['  auto p = new (std::nothrow) T<int, 3>{1, 2}; // new X', 12, 'new (std::nothrow) T<int, 3>{1, 2}'],
    ['  p = new unsigned long *[n];', 7, 'new unsigned long *[n]'],
    ['  p = new Node;', 7, 'new Node'],
    ['  p = new Node;', 11, 'new Node'],
    ['  delete[] p->q(1);', 3, 'delete[] p->q(1)'],
    ['  p = f("a ) b", \')\', /* ) */ 2);', 7, 'f("a ) b", \')\', /* ) */ 2)'],
    ["  p = f(1'000);", 7, "f(1'000)"],
    ['  p = malloc(10 *   // room', 7, 'malloc(10 *'],
    // columns count bytes: é is 2, € 3, 😀 4
    ['  char *u = "é€😀"[0] ? f(1,2) : 0;', 30, 'f(1,2)'],
    ['  größe = zähle(ä);', 13, 'zähle(ä)'],
    ['\tp = malloc(1);', 6, 'malloc(1)'],
  ])('%s at %i', (line, column, expected) => expect(at(line, column)).toBe(expected));

  test.each([
    ['  if (p) q = 1; // why', 6],
    ['  x = 1;', 5],
    ['  /* f(1) */ g(2);', 6],
    ['  puts("f(1)");', 9],
    ['  x = 1;', 99],
    ['  while (x) { y(); }', 3],
  ])('takes the code of the line where no expression is: %s at %i', (line, column) => {
    expect(at(line, column)).toBe(
      line
        .replace(/ *\/\/ why$/, '')
        .replace('/* f(1) */ ', '')
        .trim(),
    );
  });

  test('the name of the callee helps where the column is at no call, when the line calls it once', () => {
    expect(at('  x = malloc(3);', 5, 'malloc')).toBe('malloc(3)');
    expect(at('  x = malloc(3) + malloc(4);', 5, 'malloc')).toBe('x = malloc(3) + malloc(4);');
    expect(at('  x = my_malloc(3);', 5, 'malloc')).toBe('x = my_malloc(3);');
  });
});

describe('callRange without a column', () => {
  test.each([
    ['    char *p = malloc(3);  // leaks', 'char *p = malloc(3);'],
    ['    char *p = "// no";  /* c */ ', 'char *p = "// no";'],
    ['\tfree(p);\t', 'free(p);'],
    ['  // only this ', '// only this'],
    ['   ', '   '],
    ['', ''],
  ])('%j', (line, expected) => expect(at(line)).toBe(expected));
});

test('for any line and column the range lies in the line and is empty only when the line is', () => {
  const piece = fc.constantFrom(
    ' ',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '::',
    'new',
    'delete',
    'f',
    'é',
    '😀',
    '"',
    "'",
    '/*',
    '*/',
    '//',
    'R"(',
    ',',
    '-',
    '->',
    '\\',
    '\t',
    '*',
    '1',
    'if',
    '\ud800',
  );
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(
      line,
      fc.option(fc.integer({ min: -1, max: 120 }), { nil: undefined }),
      fc.constantFrom(undefined, 'f', 'new', ''),
      (text, column, callee) => {
        const { start, end } = callRange(text, column, callee);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(text.length);
        if (text === '') expect([start, end]).toEqual([0, 0]);
        else expect(start).toBeLessThan(end);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a very long line takes no long time', () => {
  const before = performance.now();
  for (const unit of ['f(', 'new ', '<', 'a::', ')', '"', '*']) callRange(unit.repeat(20_000), 20_001, 'f');
  expect(performance.now() - before).toBeLessThan(3000);
});
