import { describe, expect, it } from 'vitest';
import { fitFolder, missingRoot } from '../../../src/app/missing-sources.js';
import { MemoryTarget } from './memory-target.js';

describe('missingRoot', () => {
  it('is what the files have in common', () => {
    expect(missingRoot(['/build/x/src/a.c', '/build/x/lib/b.c', '/build/x/src/c.c'])).toBe('/build/x');
    expect(missingRoot(['/build/a.c', '/build/x/b.c'])).toBe('/build');
    expect(missingRoot([])).toBeUndefined();
  });

  it('is the one with most files, when they have nothing but a top directory in common', () => {
    expect(missingRoot(['/home/ci/a.c', '/home/other/b.c', '/home/ci/c.c'])).toBe('/home/ci');
    expect(missingRoot(['/build/x/a.c', '/opt/y/b.c', '/build/x/c.c'])).toBe('/build/x');
  });
});

describe('fitFolder', () => {
  const target = new MemoryTarget({ '/here/p/src/a.c': '', '/here/p/lib/b.c': '', '/here/other/z.c': '' });
  const files = ['/build/x/src/a.c', '/build/x/lib/b.c', '/build/x/gone/c.c'];

  it('maps what was asked for to what was chosen', async () => {
    expect(await fitFolder(target, files, '/here/p')).toEqual({ from: '/build/x', to: '/here/p' });
  });

  it('understands a folder above or below of what was asked for', async () => {
    expect(await fitFolder(target, ['/build/p/src/a.c', '/build/p/lib/b.c'], '/here')).toEqual({ from: '/build', to: '/here' });
    expect(await fitFolder(target, files, '/here/p/src')).toEqual({ from: '/build/x/src', to: '/here/p/src' });
  });

  it('does not take a folder without any of them', async () => {
    expect(await fitFolder(target, files, '/here/other')).toBeUndefined();
  });
});
