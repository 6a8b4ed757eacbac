import { describe, expect, it } from 'vitest';
import { discoverRuns } from '../../../src/app/discover.js';
import { MemoryTarget } from './memory-target.js';

const recipes = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  (await discoverRuns(new MemoryTarget(files), '/w', () => undefined))
    .filter(({ origin }) => origin === 'recipe')
    .map(({ label }) => label);

describe('discoverRuns', () => {
  it('offers the build of the folder', async () => {
    expect(await recipes({ '/w/CMakeLists.txt': '', '/w/sub/Makefile': '' })).toEqual(['Build with CMake and profile']);
  });

  it('offers those of the folders in it where it has none itself', async () => {
    expect(
      await recipes({ '/w/a.c': '', '/w/two/meson.build': '', '/w/one/Makefile': '', '/w/node_modules/Makefile': '' }),
    ).toEqual(['Build one with Make and profile', 'Build two with Meson and profile']);
  });
});
