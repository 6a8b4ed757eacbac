import { describe, expect, test } from 'vitest';
import { SourceLocator, type SourceRoots } from '../../../src/app/source-locator.js';
import type { Finding } from '../../../src/model/finding.js';
import { MemoryTarget } from './memory-target.js';

const files = {
  '/home/me/app/src/list.c': '',
  '/home/me/app/src/net/list.c': '',
  '/home/me/app/src/main.c': '',
  '/home/me/app/.git/main.c': '',
  '/home/me/lib/vec.c': '',
  '/real/app/src/x.c': '',
  '/cache/copy/net/list.c': '',
  '/cache/copy/generated.c': '',
  '/usr/include/stdio.h': '',
};
const roots: SourceRoots = {
  workspaceFolders: ['/home/me/app'],
  mappings: [],
  baseDirectories: ['/home/me/app/build', '/home/me/app'],
};

async function locate(file: string, more: Partial<SourceRoots> = {}, links: Record<string, string> = {}) {
  const locator = new SourceLocator(new MemoryTarget(files, links), { ...roots, ...more });
  const finding: Finding = {
    engine: 'asan',
    kind: 'x',
    certainty: 'definite',
    message: '',
    count: 1,
    stacks: [{ role: 'access', frames: [{ file }] }],
  };
  const found = (await locator.prepare([finding]))(file, { file });
  return { found: found && `${found.owner} ${found.path}`, notes: locator.notes([finding]).map((note) => note.code) };
}

describe('where the files of a report are on this machine', () => {
  test('a relative path of a build in a copy is the user’s own file, unless the build made it', async () => {
    const more = {
      mappings: [{ from: '/cache/copy', to: '/home/me/app/src' }],
      baseDirectories: ['/cache/copy/net', '/cache/copy'],
    };
    expect((await locate('list.c', more)).found).toBe('workspace /home/me/app/src/net/list.c');
    expect((await locate('generated.c', more)).found).toBe('elsewhere /cache/copy/generated.c');
  });

  test.each([
    ['/home/me/app/src/main.c', 'workspace /home/me/app/src/main.c'],
    ['/home/me/lib/vec.c', 'elsewhere /home/me/lib/vec.c'],
    ['src/main.c', 'workspace /home/me/app/src/main.c'],
    ['../src/main.c', 'workspace /home/me/app/src/main.c'],
    // A path of another machine: the longest tail that is here.
    ['/build/job-17/app/src/net/list.c', 'workspace /home/me/app/src/net/list.c'],
    ['/build/job-17/src/list.c', 'workspace /home/me/app/src/list.c'],
    ['C:\\ci\\app\\src\\main.c', 'workspace /home/me/app/src/main.c'],
    // Valgrind's text has bare names.
    ['main.c', 'workspace /home/me/app/src/main.c'],
    // One common name only says nothing about a path.
    ['/other/project/main.c', undefined],
    ['/build/glibc/csu/../sysdeps/x86/main.c', undefined],
    ['/nowhere/at/all.c', undefined],
    ['', undefined],
  ])('%s', async (file, expected) => {
    expect((await locate(file)).found).toBe(expected);
  });

  test('two files that fit are no answer, and a note says so', async () => {
    expect(await locate('list.c')).toEqual({ found: undefined, notes: ['ambiguous-file'] });
  });

  test('in a tree with more files than are looked through, the tail of the path leads there', async () => {
    const kernel: Record<string, string> = { '/home/me/linux/mm/slub.c': '', '/home/me/linux/zz/slub.c': '' };
    for (let at = 0; at < 20_001; at++) kernel[`/home/me/linux/a/file-${at}.c`] = '';
    const locator = new SourceLocator(new MemoryTarget(kernel), {
      workspaceFolders: ['/home/me/linux'],
      mappings: [],
      baseDirectories: ['/home/me/linux'],
    });
    expect(await locator.fileOf('/build/linux-6.1/mm/slub.c')).toEqual({ path: '/home/me/linux/mm/slub.c', owner: 'workspace' });
    // As /proc/allocinfo names it.
    expect(await locator.fileOf('zz/slub.c')).toEqual({ path: '/home/me/linux/zz/slub.c', owner: 'workspace' });
    expect(await locator.fileOf('/build/linux-6.1/yy/slub.c')).toBeUndefined();
    expect(await locator.fileOf('/build/slub.c')).toBeUndefined();
  });

  test('the path map goes first', async () => {
    const mappings = [{ from: '/build/x', to: '/home/me/lib' }];
    expect((await locate('/build/x/vec.c', { mappings })).found).toBe('elsewhere /home/me/lib/vec.c');
    expect((await locate('/build/xy/vec.c', { mappings })).found).toBeUndefined();
  });

  test('a workspace that was opened through a link owns the real path too', async () => {
    expect((await locate('/real/app/src/x.c', { workspaceFolders: ['/link'] }, { '/link': '/real/app' })).found).toBe(
      'workspace /real/app/src/x.c',
    );
  });
});
