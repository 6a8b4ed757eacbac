import type { Finding } from '../../../src/model/finding.js';
import type { Frame, Stack, StackRole } from '../../../src/model/stack.js';

export const frame = (name: string, file?: string, line?: number, more: Partial<Frame> = {}): Frame => ({
  function: name,
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
  ...more,
});

export const stack = (role: StackRole, ...frames: readonly Frame[]): Stack => ({ role, frames });

export const MALLOC = frame('malloc', undefined, undefined, { module: '/usr/lib/x86_64-linux-gnu/libasan.so.8' });
export const START = frame('__libc_start_main_impl', '../csu/libc-start.c', 360);

export function leak(more: Partial<Finding> = {}): Finding {
  return {
    engine: 'asan',
    kind: 'leak',
    leakKind: 'direct',
    certainty: 'definite',
    message: 'Direct leak of 40 byte(s) in 1 object(s) allocated from:',
    bytes: 40,
    blocks: 1,
    count: 1,
    stacks: [stack('allocation', MALLOC, frame('make', '/w/src/a.c', 5, { column: 11 }), frame('main', '/w/src/a.c', 9), START)],
    ...more,
  };
}

export function useAfterFree(more: Partial<Finding> = {}): Finding {
  return {
    engine: 'asan',
    kind: 'heap-use-after-free',
    certainty: 'definite',
    message: 'heap-use-after-free on address 0x604000000058',
    access: 'read',
    size: 4,
    address: '0x604000000058',
    count: 1,
    pid: 7351,
    details: ['0x604000000058 is located 8 bytes inside of 40-byte region [0x604000000050,0x604000000078)'],
    stacks: [
      stack('access', frame('uaf()', '/w/src/a.cpp', 6), frame('main', '/w/src/a.cpp', 9), START),
      stack('free', frame('operator delete[](void*)'), frame('uaf()', '/w/src/a.cpp', 5), frame('main', '/w/src/a.cpp', 9)),
      stack(
        'allocation',
        frame('operator new[](unsigned long)'),
        frame('uaf()', '/w/src/a.cpp', 4),
        frame('main', '/w/src/a.cpp', 9),
      ),
    ],
    ...more,
  };
}
