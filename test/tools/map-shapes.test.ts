// Programs that are built to have every kind of mapping, and what each of them is called.
import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LocalTarget } from '../../src/node/local-target.js';
import { MapPrograms, mapOf, type Region, regionAt, regionsOf, type Shaped } from './map-programs.js';

const isRoot = process.getuid?.() === 0;
const target = new LocalTarget();

let programs: MapPrograms;
beforeAll(() => {
  programs = new MapPrograms();
});
afterEach(() => programs.endAll());
afterAll(() => programs.dispose());

/** What lies at the address of each shape: `segment rule [mark...]`. */
function told(regions: readonly Region[], shaped: Shaped, names: readonly string[]): Readonly<Record<string, string>> {
  const words = (name: string): string => {
    const { segment, rule, marks } = regionAt(regions, shaped, name);
    return [segment, rule, ...marks].join(' ');
  };
  return Object.fromEntries(names.map((name) => [name, words(name)]));
}

const BASE = {
  text: 'text program-header',
  constant: 'read-only-data program-header',
  data: 'data program-header',
  bss: 'bss bss-header',
  stack: 'main-stack stack-name',
};

const VARIANTS: readonly (readonly [string, readonly string[], string])[] = [
  ['PIE', ['-pie', '-fPIE'], 'gcc'],
  ['non-PIE', ['-no-pie'], 'gcc'],
  ['static', ['-static'], 'gcc'],
  ['static PIE', ['-static-pie', '-fPIE'], 'gcc'],
  ['2 MiB aligned', ['-Wl,-z,max-page-size=2097152'], 'gcc'],
  ['32-bit', ['-m32'], 'gcc'],
  ['static 32-bit', ['-m32', '-static'], 'gcc'],
  ['static musl', ['-static'], 'musl-gcc'],
];

describe.each(VARIANTS)('a %s program', (name, words, compiler) => {
  const glibc = compiler === 'gcc';
  test('its parts, its threads and their arenas', async () => {
    const program = programs.program(name.replaceAll(' ', '-'), words, compiler);
    const shaped = await programs.start(program, ['threads=5', 'anonymous', 'reserve', 'jit']);
    const map = await mapOf(target, shaped.pid);
    const regions = regionsOf(map);
    expect(map.notes).toEqual([]);
    expect(map.bits).toBe(name.includes('32-bit') ? 32 : 64);
    expect(map.threads).toBe(6);
    expect(map.origin).toMatchObject({ kind: 'process', target: 'local', executable: program, process: { pid: shaped.pid } });
    expect(told(regions, shaped, Object.keys(BASE))).toEqual(BASE);
    expect(told(regions, shaped, ['anonymous', 'reserve', 'jit'])).toEqual({
      anonymous: 'anonymous anonymous',
      reserve: 'reserved no-access',
      jit: 'jit writable-executable writableExecutable',
    });
    if (glibc) expect(told(regions, shaped, ['heap'])).toEqual({ heap: 'heap heap-name' });
    const arenas = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const stack = regionAt(regions, shaped, `stack${i}`);
      expect(stack).toMatchObject({ segment: 'thread-stack', rule: 'stack-pointer', marks: [] });
      expect(stack.owner).toMatch(new RegExp(`^worker ${i} \\(\\d+\\)$`));
      const guard = regions[stack.row - 1]!;
      expect(guard).toMatchObject({ segment: 'guard', rule: 'guard', owner: stack.owner, end: stack.start });
      if (!glibc) continue;
      const arena = regionAt(regions, shaped, `block${i}`);
      // On a machine with few processors, threads of a 32-bit program share arenas.
      if (arena.segment === 'heap') continue;
      expect(arena).toMatchObject({ segment: 'arena', rule: 'arena-layout', marks: [] });
      arenas.add(arena.owner);
      expect(regions[arena.row + 1]).toMatchObject({ segment: 'reserved', rule: 'arena-rest', owner: arena.owner });
    }
    if (glibc) expect(arenas.size).toBeGreaterThanOrEqual(2);
    expect(regions.find(({ path }) => path === '[vdso]')?.segment).toBe('vdso');
    for (const region of regions) {
      if (region.path.startsWith('[vvar')) expect(region.segment).toBe('vvar');
      if (/\/(libc|ld-linux)[^/]*\.so/.test(region.path)) expect(region.segment).toMatch(/^library-/);
      if (region.path === '' && region.segment.endsWith('bss')) expect(region.owner).toMatch(/^\//);
    }
  });
});

describe('mappings of every kind', () => {
  let program: string;
  beforeAll(() => {
    program = programs.program('every-kind', []);
  });
  const start = async (...kinds: string[]) => {
    const shaped = await programs.start(program, kinds);
    const map = await mapOf(target, shaped.pid);
    return { shaped, map, regions: regionsOf(map) };
  };

  test('shared memory, files, reservations, code made at run time', async () => {
    const { shaped, regions } = await start(
      'reserve',
      'noreserve',
      'go',
      'jit',
      'jit-sealed',
      'code-cache',
      'memfd',
      'sysv',
      'posix',
      'shared',
      'zero-private',
      'locked',
    );
    const expected = {
      reserve: 'reserved no-access',
      noreserve: 'reserved no-reserve',
      go: 'anonymous go-heap guess',
      'go-rest': 'reserved go-heap guess',
      jit: 'jit writable-executable writableExecutable',
      'jit-sealed': 'jit executable-anonymous',
      'code-cache': 'jit writable-executable writableExecutable',
      'code-cache-rest': 'reserved no-access',
      memfd: 'memfd memfd-name tmpfs',
      sysv: 'sysv-shm sysv-name tmpfs',
      posix: 'posix-shm dev-shm deleted tmpfs',
      shared: 'shared-anonymous shared-zero tmpfs',
      'zero-private': 'anonymous private-zero',
      locked: 'anonymous anonymous locked',
    };
    expect(told(regions, shaped, Object.keys(expected))).toEqual(expected);
    expect(regionAt(regions, shaped, 'memfd').owner).toBe('a name');
  });

  test('libraries, and one that was deleted or replaced since', async () => {
    const library = programs.library('libplain.so');
    const deleted = join(programs.directory, 'libdeleted.so');
    copyFileSync(library, deleted);
    const { shaped, regions, map } = await start(`library=${library}`, `deleted-library=${deleted}`);
    const parts = { text: 'text', constant: 'read-only-data', filled: 'data' };
    for (const [part, segment] of Object.entries(parts)) {
      expect(regionAt(regions, shaped, `library-${part}`)).toMatchObject({
        segment: `library-${segment}`,
        rule: 'library-header',
        owner: library,
        marks: [],
      });
      // A deleted file is read by way of /proc/PID/map_files, where only root may go.
      expect(regionAt(regions, shaped, `deleted-library-${part}`)).toMatchObject({
        segment: `library-${segment}`,
        rule: isRoot ? 'library-header' : 'library-permission',
        owner: deleted,
        marks: ['deleted'],
      });
    }
    expect(regionAt(regions, shaped, 'library-zeroed')).toMatchObject({
      segment: 'library-bss',
      rule: 'bss-header',
      owner: library,
    });
    expect(regionAt(regions, shaped, 'deleted-library-zeroed')).toMatchObject({ segment: 'library-bss', owner: deleted });
    expect(map.notes).toEqual(isRoot ? [] : [{ code: 'no-headers', count: 1 }]);
  });

  test('a file whose name has spaces, newlines and a deleted look, and one that was deleted', async () => {
    const odd = join(programs.directory, 'a b\nc\td "e" (deleted)');
    const deleted = join(programs.directory, 'really gone\n');
    const { shaped, regions } = await start(`file=${odd}`, `deleted-file=${deleted}`);
    expect(statSync(odd).size).toBe(65_536);
    expect(regionAt(regions, shaped, 'file')).toMatchObject({ path: odd, owner: odd, segment: 'file' });
    expect(regionAt(regions, shaped, 'file').marks).not.toContain('deleted');
    expect(regionAt(regions, shaped, 'deleted-file')).toMatchObject({
      path: `${deleted} (deleted)`,
      owner: deleted,
      segment: 'file',
    });
    expect(regionAt(regions, shaped, 'deleted-file').marks).toContain('deleted');
  });

  test('a file that was deleted and whose own name ends as that of a deleted one, and files named like memory', async () => {
    const odd = join(programs.directory, 'gone (deleted)');
    const memory = join(programs.directory, 'memfd:x (deleted)');
    const { shaped, regions } = await start(`deleted-file=${odd}`, `file=${memory}`);
    expect(regionAt(regions, shaped, 'deleted-file')).toMatchObject({ path: `${odd} (deleted)`, owner: odd, segment: 'file' });
    expect(regionAt(regions, shaped, 'deleted-file').marks).toContain('deleted');
    expect(regionAt(regions, shaped, 'file')).toMatchObject({ owner: memory, segment: 'file' });
    expect(regionAt(regions, shaped, 'file').marks).not.toContain('deleted');
  });

  test('a managed heap that looks like an arena, code that is mapped twice, a stack that the program gave', async () => {
    const { shaped, regions } = await start('managed-heap', 'two-mappings', 'own-stack', 'reserve');
    const expected = {
      'managed-heap': 'anonymous anonymous',
      'managed-heap-rest': 'reserved no-access',
      'code-written': 'memfd memfd-name tmpfs',
      'code-executed': 'jit executable-anonymous tmpfs',
      'own-stack': 'thread-stack stack-pointer',
    };
    expect(told(regions, shaped, Object.keys(expected))).toEqual(expected);
  });

  test.each([
    ['without random addresses', ['setarch', '-R']],
    ['with mappings from below, as without a limit of the stack', ['sh', '-c', 'ulimit -s unlimited && exec "$0" "$@"']],
  ])('%s all is as ever', async (_, before) => {
    const fixed = programs.program(`fixed-${before[0]}`, ['-no-pie']);
    for (const one of [program, fixed]) {
      const shaped = await programs.start(one, ['threads=3', 'reserve', 'anonymous'], before);
      const regions = regionsOf(await mapOf(target, shaped.pid));
      expect(told(regions, shaped, [...Object.keys(BASE), 'heap'])).toEqual({ ...BASE, heap: 'heap heap-name' });
      for (let i = 0; i < 3; i++) {
        expect(regionAt(regions, shaped, `stack${i}`)).toMatchObject({ segment: 'thread-stack', rule: 'stack-pointer' });
        expect(regionAt(regions, shaped, `block${i}`)).toMatchObject({ segment: 'arena' });
      }
    }
  });

  test('a program that was deleted and one in a file of memory', async () => {
    const shaped = await programs.start(program, [], ['sh', '-c', 'cp "$0" "$0.x"; exec "$0.x"']);
    programs.remove(`${program}.x`);
    const regions = regionsOf(await mapOf(target, shaped.pid));
    expect(told(regions, shaped, ['text', 'data', 'bss'])).toEqual({
      text: 'text program-header deleted',
      data: 'data program-header deleted',
      bss: 'bss bss-header',
    });
    const inMemory = await programs.start(program, ['in-memory']);
    expect(told(regionsOf(await mapOf(target, inMemory.pid)), inMemory, ['text', 'constant', 'data', 'bss'])).toEqual({
      text: 'text program-header',
      constant: 'read-only-data program-header',
      data: 'data program-header',
      bss: 'bss bss-header',
    });
  });

  test('huge pages are marked; a stack that is kept for the next thread is a guess', async () => {
    const { shaped, regions, map } = await start('thp', 'ended-thread');
    const thp = regionAt(regions, shaped, 'thp');
    expect(thp.segment).toBe('anonymous');
    expect(thp.marks.includes('hugePages')).toBe(map.table.figures['AnonHugePages']![thp.row]! > 0);
    const kept = regions.filter(({ segment }) => segment === 'thread-stack');
    expect(kept).toMatchObject([{ rule: 'stack-layout', marks: ['guess'], owner: '' }]);
    expect(regions[kept[0]!.row - 1]).toMatchObject({ segment: 'guard', marks: ['guess'] });
  });

  test('what this machine may not have: pages of hugetlbfs, names that prctl gives, a mapping at address 0', async () => {
    const { shaped, regions } = await start('hugetlb', 'named', 'shared-named', 'null');
    const expected: Record<string, string> = {
      hugetlb: 'hugetlb huge-flag',
      named: 'named-anonymous named',
      'shared-named': 'shared-anonymous shared-name tmpfs',
      null: 'anonymous anonymous',
    };
    const here = [...shaped.addresses.keys()].filter((name) => name in expected);
    expect(told(regions, shaped, here)).toEqual(Object.fromEntries(here.map((name) => [name, expected[name]])));
    if (isRoot) expect(here).toContain('null');
  });
});
