import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMain } from '../../../src/formats/main-function.js';

/** `@` marks the place of the expected main, and is taken out; no mark: none is expected. */
function check(language: 'c' | 'cpp', marked: string): void {
  const at = marked.indexOf('@');
  const text = marked.replace('@', '');
  const before = marked.slice(0, Math.max(at, 0)).split('\n');
  const expected = at < 0 ? undefined : { line: before.length - 1, column: before.at(-1)?.length };
  expect(findMain(text, language)).toEqual(expected);
}

describe('finds', () => {
  it.each([
    'int @main(void) { return 0; }',
    '#include <x.h>\n\nint\n@main (int argc,\n      char **argv)\n{\n}\n',
    '@main() {}',
    'int @main(argc, argv)\n  int argc;\n  char **argv, *envp[];\n{ }',
    'static int mainly(void) { return main2(); }\nint @main(void){}',
    'int main(void);\nint @main(void) {}',
    '// int main() {\n/* int main() { */ int @main() {',
    'char *s = "int main() {"; char c = \'"\'; int @main() {',
    '#define main other\n#define X int main() { \\\n int main() {\nint @main() {',
    '__attribute__((noinline)) int @main(void) __attribute__((cold)) {',
    '#if A\nint f(int a) {\n#else\nint f(void) {\n#endif\n}\nint @main(void) {',
    "#if 0\ndon't { care\n#endif\nint @main(void) {",
    '#define OPEN {\nint @main(void) {',
    'struct s { int main; };\nint @main(void) {',
    'int @main(int argc, char *argv[static 1]) {',
    'int @main(void) MACRO {',
    '\uFEFFint @main(void) {',
    'int @main(void)\r\n{\r\n}',
    '#ifdef X // a /* b\nint @main(void) {',
    '#ifdef X /* a\nint main() { */\nint @main(void) {',
  ])('in C: %j', (text) => check('c', text));

  it.each([
    'auto @main() -> int {',
    'auto @main(int argc, char** argv) -> decltype(1 + (2)) { }',
    'extern "C" int @main() {',
    'extern "C" {\nint g();\nint @main() {',
    'namespace a { int main() { return 0; } }\nint @main() {',
    'int x = obj.main();\nint Foo::main() { }\nint @main() {',
    'int @main() try { } catch (...) { }',
    '[[nodiscard]] int @main() noexcept(true) {',
    'auto s = R"x(int main() { )" )x"; int @main() {',
    'auto n = 1\'000\'000; auto u = u8"{"; int @main() {',
    'template <class T> struct A { int main() { return 0; } };\nint @main(int, char**) {',
  ])('in C++: %j', (text) => check('cpp', text));
});

describe('finds none', () => {
  it.each([
    '',
    'int main(void);',
    'extern int main(int, char **);',
    'int wmain(void) {}',
    'int mainly() {}',
    'int x = main;',
    'void f(void) { main(); { int main(void) { } } }',
    'int a = x.main(3); struct s { int y; };',
    'int main(void) __attribute__((noreturn));\nvoid f(void) { }',
    'int main(void) FOO;\nvoid g(int x) { }',
    '#define M int main(void) {}',
    '/* int main() { }',
    'TEST(main) { }',
    'int main[3] = { 1 };',
    'struct main { int x; };',
  ])('in %j', (text) => check('c', text));

  it.each(['namespace { int main() {} }', 'int A::main() {}', 'struct S { int main() {} };', 'int main() = delete;'])(
    'in C++: %j',
    (text) => check('cpp', text),
  );
});

it('gives columns in UTF-16 units', () => {
  expect(findMain('/* 😀 */ int main() {}', 'c')).toEqual({ line: 0, column: 13 });
});

it('never throws and never finds it elsewhere', () => {
  const piece = fc.constantFrom(
    'main',
    '(',
    ')',
    '{',
    '}',
    ';',
    '"',
    "'",
    '/*',
    '*/',
    '//',
    '\n',
    '#if',
    '#else',
    '\\',
    'R"(',
    'int ',
    ' ',
    '->',
    '1',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), fc.constantFrom('c' as const, 'cpp' as const), (pieces, language) => {
      const text = pieces.join('');
      const found = findMain(text, language);
      if (found === undefined) return;
      expect(text.split('\n')[found.line]?.slice(found.column)).toMatch(/^main/);
    }),
    { numRuns: 2000 },
  );
});

it('is linear', () => {
  for (const piece of [
    'R"',
    '/* ',
    '//\\\n',
    '"\\',
    '{',
    '#if\n',
    '#else\n',
    'main(',
    'a',
    "1'",
    'main(a) b c; ',
    'int f() { main(); }\n',
    '#if 1\n{\n#else\n',
  ]) {
    const started = performance.now();
    findMain(`${piece.repeat(2_000_000 / piece.length)} main`, 'cpp');
    expect(performance.now() - started).toBeLessThan(3000);
  }
});
