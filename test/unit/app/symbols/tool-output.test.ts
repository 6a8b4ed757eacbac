import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rustName } from '../../../../src/app/symbols/rust-name.js';
import { readSymbols } from '../../../../src/app/symbols/tool-output.js';

describe('what tools print', () => {
  test('llvm-symbolizer 14 with -a', () => {
    const text =
      '0x1179\ninner\n/t/a.c:2:13\nmain\n/t/a.c:9:3\n\n0x1\n??\n??:0:0\n\n0x117a\ninner\n/t/a.c:2:13\nmain\n/t/new\nline.c:9:0\n\n';
    const inner = { function: 'inner', file: '/t/a.c', line: 2, column: 13 };
    expect([...readSymbols(text, true, Number)]).toEqual([
      [0x1179, [inner, { function: 'main', file: '/t/a.c', line: 9, column: 3 }]],
      [1, [{}]],
      [0x117a, [inner, { function: 'main', file: '/t/new\nline.c', line: 9 }]],
    ]);
  });

  test('addr2line 2.40 with -a -f -i: inlined frames, discriminators, unknown places, a newline in a name', () => {
    const text =
      '0x0000000000001179\ninner\n/t/a b.c:2 (discriminator 3)\nmain\n/t/a\nb.c:9\n0x0000000000000001\n??\n??:0\n0x0000000000000002\nf\n/t/a.c:?\n';
    expect([...readSymbols(text, false, Number)]).toEqual([
      [
        0x1179,
        [
          { function: 'inner', file: '/t/a b.c', line: 2 },
          { function: 'main', file: '/t/a\nb.c', line: 9 },
        ],
      ],
      [1, [{}]],
      [2, [{ function: 'f', file: '/t/a.c' }]],
    ]);
  });

  test('eu-addr2line 0.188: columns, and names with where they were inlined', () => {
    const text =
      '0x0000000000001163\ndeep inlined at /t/s.cpp:10:7 in make\n/t/s.cpp:7:3\nmid\n/t/s.cpp:10:7\n0x0000000000000001\n??\n??:0\n0x2\nmain\n/t/a:5.c:8:101\n';
    expect([...readSymbols(text, true, Number)]).toEqual([
      [
        0x1163,
        [
          { function: 'deep', file: '/t/s.cpp', line: 7, column: 3 },
          { function: 'mid', file: '/t/s.cpp', line: 10, column: 7 },
        ],
      ],
      [1, [{}]],
      [2, [{ function: 'main', file: '/t/a:5.c', line: 8, column: 101 }]],
    ]);
  });

  test('any text, cut anywhere, is read without an error, and what was whole before the cut stays', () => {
    const text = '0x10\nf\n/t/a.c:1\ng\n/t/a.c:2\n0x20\nh\n/t/b.c:3\n0x30\ni\n/t/b.c:4\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const found = readSymbols(text.slice(0, cut), false, Number);
      if (cut > text.indexOf('0x30')) expect(found.get(0x20)).toEqual([{ function: 'h', file: '/t/b.c', line: 3 }]);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (any, columns) => {
        readSymbols(any, columns, Number);
      }),
    );
  });
});

test.each([
  ['core::ptr::drop_in_place::h0123456789abcdef', 'core::ptr::drop_in_place'],
  [
    '_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..Drop$GT$::drop::h0123456789abcdef',
    '<alloc::vec::Vec<T> as core::ops::Drop>::drop',
  ],
  ['f::_$u7b$$u7b$closure$u7d$$u7d$::hffffffffffffffff', 'f::{{closure}}'],
  ['std::vector<int>::push_back(int)', 'std::vector<int>::push_back(int)'],
  ['a::h0123', 'a::h0123'],
  ['::h0123456789abcdef', ''],
])('Rust: %s', (name, expected) => {
  expect(rustName(name)).toBe(expected === '' ? '' : expected);
});
