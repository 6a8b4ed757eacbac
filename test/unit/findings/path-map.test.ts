import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baseName, directoryName, joinPath, normalisePath, relativeTo } from '../../../src/base/path.js';
import { mapPath } from '../../../src/findings/path-map.js';

const part = fc.stringMatching(/^[a-z]{1,3}$/);
const parts = fc.array(part, { minLength: 1, maxLength: 5 });

describe('paths', () => {
  test.each([
    ['/a/./b//c/../d', '/a/b/d'],
    ['/../a', '/a'],
    ['../a/../../b', '../../b'],
    ['./a', 'a'],
    ['', '.'],
    ['/', '/'],
    ['a/..', '.'],
    ['C:\\x\\..\\y.c', 'C:/y.c'],
    ['/a\\b', '/a\\b'],
    ['/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/x', '/usr/include/c++/12/x'],
  ])('normalises %s', (path, expected) => expect(normalisePath(path)).toBe(expected));

  test('names', () => {
    expect([baseName('/a/b.c'), baseName('b.c'), baseName('/a/b/'), baseName('C:\\a\\b.c'), baseName('/')]).toEqual([
      'b.c',
      'b.c',
      'b',
      'b.c',
      '',
    ]);
    expect([directoryName('/a/b.c'), directoryName('b.c'), directoryName('/b.c')]).toEqual(['/a', '.', '/']);
    expect([joinPath('/a', '../b'), joinPath('/a', '/b')]).toEqual(['/b', '/b']);
    expect([relativeTo('/a', '/a/b'), relativeTo('/a', '/ab'), relativeTo('/', '/a'), relativeTo('/a/', '/a')]).toEqual([
      'b',
      undefined,
      'a',
      '',
    ]);
  });

  test('normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', '.', 'a', '\\', ':', 'C') }), (path) => {
        const once = normalisePath(path);
        expect(normalisePath(once)).toBe(once);
      }),
      { numRuns: 2000, examples: [['./\\\\'], ['./C:/']] },
    );
  });
});

describe('mapPath', () => {
  test('takes the longest prefix of whole components', () => {
    const mappings = [
      { from: '/build', to: '/home/me' },
      { from: '/build/x/', to: '/src/x' },
    ];
    expect(mapPath('/build/x/a.c', mappings)).toBe('/src/x/a.c');
    expect(mapPath('/build/y/../z.c', mappings)).toBe('/home/me/z.c');
    expect(mapPath('/builder/a.c', mappings)).toBeUndefined();
    expect(mapPath('/build', mappings)).toBe('/home/me');
    expect(mapPath('C:\\Work\\App\\a.c', [{ from: 'c:/work', to: '/w' }])).toBe('/w/App/a.c');
    expect(mapPath('/a', [{ from: '', to: '/w' }])).toBeUndefined();
  });

  test('what lies below `from` lies at the same place below `to`, and nothing else moves', () => {
    fc.assert(
      fc.property(parts, parts, parts, (from, to, rest) => {
        const mapping = [{ from: `/${from.join('/')}`, to: `/${to.join('/')}` }];
        expect(mapPath(`/${[...from, ...rest].join('/')}`, mapping)).toBe(`/${[...to, ...rest].join('/')}`);
        expect(mapPath(`/${from.join('/')}x/${rest.join('/')}`, mapping)).toBeUndefined();
      }),
    );
  });
});
