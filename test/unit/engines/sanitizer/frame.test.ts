import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFrame, parseFrame } from '../../../../src/engines/sanitizer/frame.js';

describe('parseFrame', () => {
  test.each([
    ['0x55d in leak_one /src/leak.c:17', { function: 'leak_one', file: '/src/leak.c', line: 17, address: '0x55d' }],
    ['0x55d in leak_one src/leak.c:17:3', { function: 'leak_one', file: 'src/leak.c', line: 17, column: 3, address: '0x55d' }],
    ['0x55d in main my dir/a b.c:3', { function: 'main', file: 'my dir/a b.c', line: 3, address: '0x55d' }],
    ['0x55d in main /my dir/a (copy).c:3', { function: 'main', file: '/my dir/a (copy).c', line: 3, address: '0x55d' }],
    ['0x55d in main /my dir/leak.c', { function: 'main', file: '/my dir/leak.c', address: '0x55d' }],
    ['0x55d in main leak.c', { function: 'main', file: 'leak.c', address: '0x55d' }],
    ['0x55d in main', { function: 'main', address: '0x55d' }],
    ['0x55d', { address: '0x55d' }],
    ['0x55d  (/usr/lib/libc.so.6+0x29d8f)', { module: '/usr/lib/libc.so.6', offset: '0x29d8f', address: '0x55d' }],
    [
      '0x7f in malloc (/lib64/libasan.so.8+0xd92ef) (BuildId: 542ad02088f38edfdba9d4bfa465b2299f512d3e)',
      {
        function: 'malloc',
        module: '/lib64/libasan.so.8',
        buildId: '542ad02088f38edfdba9d4bfa465b2299f512d3e',
        offset: '0xd92ef',
        address: '0x7f',
      },
    ],
    ['0x7f in f (/bin/a+0x12) (BuildId: ../../etc)', { function: 'f', module: '/bin/a', offset: '0x12', address: '0x7f' }],
    ['0x7f in f+0x12 (/a b/m (x)+0xff)', { function: 'f', module: '/a b/m (x)', offset: '0xff', address: '0x7f' }],
    ['0x7f (<unknown module>)', { address: '0x7f' }],
    ['0x7f in f (<unknown module>)', { function: 'f', address: '0x7f' }],
    [
      '0x16 in blink::Bluetooth::~Bluetooth()+0x216 (/out/libblink.dylib:x86_64+0xc10626)',
      { function: 'blink::Bluetooth::~Bluetooth()', module: '/out/libblink.dylib', offset: '0xc10626', address: '0x16' },
    ],
    [
      '0x7f in operator new(unsigned long) (/lib/libasan.so.6+0xb5)',
      { function: 'operator new(unsigned long)', module: '/lib/libasan.so.6', offset: '0xb5', address: '0x7f' },
    ],
    [
      '0x7f in operator new(unsigned long) ../../../../src/libsanitizer/asan/asan_new_delete.cpp:95',
      {
        function: 'operator new(unsigned long)',
        file: '../../../../src/libsanitizer/asan/asan_new_delete.cpp',
        line: 95,
        address: '0x7f',
      },
    ],
    ['0x7f in operator new x.cpp:9', { function: 'operator new', file: 'x.cpp', line: 9, address: '0x7f' }],
    [
      '0x7f in A::operator unsigned long x y.h:9',
      { function: 'A::operator unsigned long', file: 'x y.h', line: 9, address: '0x7f' },
    ],
    [
      '0x4 in std::ostream& operator<< <char>(std::ostream&, A<(B)1> const&) [clone .isra.0] in/a.hpp:7:9',
      {
        function: 'std::ostream& operator<< <char>(std::ostream&, A<(B)1> const&) [clone .isra.0]',
        file: 'in/a.hpp',
        line: 7,
        column: 9,
        address: '0x4',
      },
    ],
    [
      '0x4 in RcString::compare(unsigned long, char const*) const src dir/rc_string.hpp:146:16',
      {
        function: 'RcString::compare(unsigned long, char const*) const',
        file: 'src dir/rc_string.hpp',
        line: 146,
        column: 16,
        address: '0x4',
      },
    ],
    [
      '0x4 in (anonymous namespace)::Gen::emit(int) x.cpp:4:1',
      { function: '(anonymous namespace)::Gen::emit(int)', file: 'x.cpp', line: 4, column: 1, address: '0x4' },
    ],
    [
      '0x4 in main::{lambda(int)#1}::operator()(int) const x.cpp:4',
      { function: 'main::{lambda(int)#1}::operator()(int) const', file: 'x.cpp', line: 4, address: '0x4' },
    ],
    [
      '0x4 in decltype(auto) std::invoke<f>(f&&) /usr/include/c++/12/bits/invoke.h:60',
      { function: 'decltype(auto) std::invoke<f>(f&&)', file: '/usr/include/c++/12/bits/invoke.h', line: 60, address: '0x4' },
    ],
    [
      '0x7ff7da6aee53 in std::_Allocate_at_least_helper<std::allocator<char> > c:\\Program Files\\MSVC\\14.40\\include\\xmemory:2186',
      {
        function: 'std::_Allocate_at_least_helper<std::allocator<char> >',
        file: 'c:\\Program Files\\MSVC\\14.40\\include\\xmemory',
        line: 2186,
        address: '0x7ff7da6aee53',
      },
    ],
    [
      '0x7f in test_main(int, char **const) D:\\src\\test_main.cpp(139,2)',
      { function: 'test_main(int, char **const)', file: 'D:\\src\\test_main.cpp', line: 139, column: 2, address: '0x7f' },
    ],
    [
      '0x1 in main H:/msys64/tmp/e.cc:4:10',
      { function: 'main', file: 'H:/msys64/tmp/e.cc', line: 4, column: 10, address: '0x1' },
    ],
    ['0x8 in foo ??:0', { function: 'foo', address: '0x8' }],
    ['0x8 in foo ??:0:0', { function: 'foo', address: '0x8' }],
    ['0x8 in ?? ??:?', { address: '0x8' }],
    ['0x8 in start (in a.out) + 52', { function: 'start', module: 'a.out', address: '0x8' }],
    ['0x8 in main (in a.out) (ex.c:6)', { function: 'main', module: 'a.out', file: 'ex.c', line: 6, address: '0x8' }],
    [
      '0x56 in S::execute(int (*)(void*), void*) src/app/t.cpp:676, r0=1093',
      { function: 'S::execute(int (*)(void*), void*)', file: 'src/app/t.cpp', line: 676, address: '0x56' },
    ],
    [
      'main /x/race.c:12:3 (race+0x4a2a3b)',
      { function: 'main', file: '/x/race.c', line: 12, column: 3, module: 'race', offset: '0x4a2a3b' },
    ],
    ['f lib/a.c:3', { function: 'f', file: 'lib/a.c', line: 3 }],
    ['malloc <null> (race+0x4a)', { function: 'malloc', module: 'race', offset: '0x4a' }],
    [
      '0x5 in <alloc::vec::Vec<T> as core::ops::Drop>::drop::h12 src/main.rs:3:5',
      { function: '<alloc::vec::Vec<T> as core::ops::Drop>::drop::h12', file: 'src/main.rs', line: 3, column: 5, address: '0x5' },
    ],
    ['0x5 in -[Foo bar:baz:] foo.m:3:5', { function: '-[Foo bar:baz:]', file: 'foo.m', line: 3, column: 5, address: '0x5' }],
    ['0x5 in main <stdin>:3', { function: 'main', file: '<stdin>', line: 3, address: '0x5' }],
    ['0x5 in _ZN3fooEv /ä ö/\u65e5\u672c.c:3', { function: '_ZN3fooEv', file: '/ä ö/\u65e5\u672c.c', line: 3, address: '0x5' }],
    ['0x544743  RDCost+0x0x000022d3', { function: 'RDCost', address: '0x544743' }],
    ['0x5c  __tmain f:\\dd\\crt0.c:266', { function: '__tmain', file: 'f:\\dd\\crt0.c', line: 266, address: '0x5c' }],
  ])('%s', (text, frame) => {
    expect(parseFrame(text)).toEqual(frame);
  });

  test('throws on nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void parseFrame(text)));
    const parts = fc.constantFrom(
      '0x1',
      ' in ',
      'f',
      '(',
      ')',
      '<',
      '>',
      ' ',
      '/',
      ':',
      '3',
      '+0x',
      'operator',
      '[',
      '{',
      '(BuildId: 1)',
    );
    fc.assert(fc.property(fc.array(parts, { maxLength: 30 }), (words) => void parseFrame(words.join(''))));
  });
});

describe('findFrame', () => {
  test.each([
    ['    #0 0x5 in f', 0, '0x5 in f'],
    ['12:     #13 0x5 in f', 13, '0x5 in f'],
    ['#12 45.67     #3 0x5 in f', 3, '0x5 in f'],
    ['    #1 f a.c:3', 1, 'f a.c:3'],
    ['app | \x23\x30 0x5', 0, '0x5'],
  ])('%s', (line, number, text) => {
    const found = findFrame(line);
    expect(found?.number).toBe(number);
    expect(line.slice(found?.text)).toBe(text);
  });

  test.each(['', '#', '#x', '#12', '{lambda()#1}::f', '#include <x>'])('%s is none', (line) => {
    expect(findFrame(line)).toBeUndefined();
  });
});
