import { describe, expect, test } from 'vitest';
import { type Locate, placeFinding } from '../../../src/findings/place.js';
import { frame, leak, MALLOC, START, stack, useAfterFree } from './make-finding.js';

const nowhere: Locate = () => undefined;
const here: Locate = (file) =>
  file.startsWith('/w/')
    ? { path: file, owner: 'workspace' }
    : file.startsWith('/opt/') || file.startsWith('/usr/include/')
      ? { path: file, owner: 'elsewhere' }
      : undefined;

describe('placeFinding', () => {
  test('takes the first frame in the workspace, above one that only exists', () => {
    const finding = leak({
      stacks: [
        stack('allocation', MALLOC, frame('grow', '/opt/lib/list.h', 3), frame('main', '/w/a.c', 7, { column: 4 }), START),
      ],
    });
    expect(placeFinding(finding, here)).toEqual({
      place: { function: 'main', file: '/w/a.c', line: 7, column: 4 },
      placeFrame: { stack: 0, frame: 2 },
      sources: { '/opt/lib/list.h': '/opt/lib/list.h', '/w/a.c': '/w/a.c' },
    });
  });

  test('takes an existing source elsewhere before frames that are not here', () => {
    const finding = leak({ stacks: [stack('allocation', MALLOC, frame('f', '/build/f.c', 3), frame('g', '/opt/lib/g.c', 8))] });
    expect(placeFinding(finding, here).place).toEqual({ function: 'g', file: '/opt/lib/g.c', line: 8, column: null });
  });

  test('of another machine, takes the first frame as printed', () => {
    expect(placeFinding(leak(), nowhere)).toEqual({
      place: { function: 'make', file: '/w/src/a.c', line: 5, column: 11 },
      placeFrame: { stack: 0, frame: 1 },
      sources: {},
    });
  });

  test('passes a library without sources by, but takes its name when there is nothing else', () => {
    const library = frame('g_malloc', undefined, undefined, { module: '/usr/lib/libglib-2.0.so.0' });
    expect(
      placeFinding(leak({ stacks: [stack('allocation', MALLOC, library, frame('main', 'a.c', 3))] }), nowhere).place?.function,
    ).toBe('main');
    expect(placeFinding(leak({ stacks: [stack('allocation', MALLOC, library, START)] }), nowhere).place).toEqual({
      function: 'g_malloc',
      file: null,
      line: null,
      column: null,
    });
  });

  test.each([[[]], [[stack('allocation')]], [[stack('allocation', MALLOC, START)]], [[stack('allocation', {})]]])(
    'has no place in %j',
    (stacks) => {
      expect(placeFinding(leak({ stacks }), here)).toEqual({ place: null, sources: {} });
    },
  );

  test('never takes a system header, though it exists', () => {
    const header = frame('std::vector<int>::vector()', '/usr/include/c++/12/bits/stl_vector.h', 552);
    expect(placeFinding(leak({ stacks: [stack('allocation', header, START)] }), here).place).toBeNull();
    expect(placeFinding(leak({ stacks: [stack('allocation', header, frame('f', '/w/a.cpp', 2))] }), here).placeFrame).toEqual({
      stack: 0,
      frame: 1,
    });
  });

  test("an error without a frame of the user's takes the block's history, when it is in the workspace", () => {
    const free = stack('free', frame('free'), frame('close_it', '/w/c.c', 30));
    const thread = stack('thread', frame('pthread_create'), frame('main', '/w/c.c', 3));
    const finding = useAfterFree({ stacks: [stack('access', frame('memcpy'), START), thread, free] });
    expect(placeFinding(finding, here).placeFrame).toEqual({ stack: 2, frame: 1 });
    expect(placeFinding(finding, nowhere).place).toBeNull();
  });

  test('an error with a frame of its own keeps it, though another stack is in the workspace', () => {
    const finding = useAfterFree({
      stacks: [stack('access', frame('f', '/elsewhere/x.c', 2)), stack('free', frame('g', '/w/c.c', 30))],
    });
    expect(placeFinding(finding, here).place?.function).toBe('f');
  });

  test('of a leak only the allocation counts', () => {
    const finding = leak({ stacks: [stack('allocation', MALLOC, START), stack('thread', frame('main', '/w/c.c', 3))] });
    expect(placeFinding(finding, here).place).toBeNull();
  });

  test('prefers a frame with a line, and takes one without when there is no other', () => {
    const without = frame('f', '/w/a.c', 0);
    expect(placeFinding(leak({ stacks: [stack('allocation', without, frame('g', '/w/a.c', 3))] }), here).place?.function).toBe(
      'g',
    );
    expect(placeFinding(leak({ stacks: [stack('allocation', without)] }), here).place).toEqual({
      function: 'f',
      file: '/w/a.c',
      line: null,
      column: null,
    });
  });

  test('a bare malloc.c in the workspace is the user’s, by the same name in libc it is not', () => {
    const locate: Locate = (file) => (file === 'strdup.c' ? { path: '/w/strdup.c', owner: 'workspace' } : undefined);
    const bare = frame('strdup', 'strdup.c', 4);
    expect(placeFinding(leak({ stacks: [stack('allocation', bare)] }), locate).place?.file).toBe('/w/strdup.c');
    const libc = { ...bare, module: '/usr/lib/x86_64-linux-gnu/libc.so.6' };
    expect(placeFinding(leak({ stacks: [stack('allocation', libc)] }), locate).place).toBeNull();
  });
});
