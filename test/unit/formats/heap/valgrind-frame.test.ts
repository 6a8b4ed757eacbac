import { expect, test } from 'vitest';
import { isInlinedInto, valgrindFrame } from '../../../../src/formats/heap/valgrind-frame.js';

test.each([
  ['0x10926A: main (leak.c:21)', { address: '0x10926a', function: 'main', file: 'leak.c', line: 21 }],
  ['0x48417B4: malloc (in /usr/lib/x (1).so)', { address: '0x48417b4', function: 'malloc', module: '/usr/lib/x (1).so' }],
  ['0x4: ??? (in /usr/lib/x.so)', { address: '0x4', module: '/usr/lib/x.so' }],
  ['0x0: ???', {}],
  [
    '0x5: (below main) (libc_start_call_main.h:74)',
    { address: '0x5', function: '(below main)', file: 'libc_start_call_main.h', line: 74 },
  ],
  [
    '0x6: f(int, char (*)(long)) (my (1) file.cpp:3)',
    { address: '0x6', function: 'f(int, char (*)(long))', file: 'my (1) file.cpp', line: 3 },
  ],
  ['0x7: (anonymous namespace)::f(int)', { address: '0x7', function: '(anonymous namespace)::f(int)' }],
  ['0x8: alloc::f (src/alloc.rs:72:5)', { address: '0x8', function: 'alloc::f', file: 'src/alloc.rs', line: 72 }],
  ['[root]', undefined],
])('%s', (text, frame) => expect(valgrindFrame(text)).toEqual(frame));

test('two frames of one address are inlined, and a recursion is not', () => {
  const inner = valgrindFrame('0x5: f (a.c:1)')!;
  expect(isInlinedInto(inner, valgrindFrame('0x5: g (a.c:9)')!)).toBe(true);
  expect(isInlinedInto(inner, inner)).toBe(false);
  expect(isInlinedInto(inner, valgrindFrame('0x6: g (a.c:9)')!)).toBe(false);
  expect(isInlinedInto({ function: 'f' }, { function: 'g' })).toBe(false);
});
