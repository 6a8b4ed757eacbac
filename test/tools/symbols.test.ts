// Names of addresses, on files that compilers, linkers, strip(1), objcopy(1) and dwz(1) have just made.
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mergeSpaces, takeSpace } from '../../src/app/symbols/process-space.js';
import { neverCancelled } from '../../src/base/cancel.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog } from '../silent-log.js';
import { memlens } from './program-cases.js';
import { ARM64, C_SOURCE, host, lineOf, named, profileOf, SOURCE, SymbolPrograms, symbolizer } from './symbol-programs.js';
import { value } from './target-cases.js';

const MAKE =
  'Box<std::map<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, std::less<int>, std::allocator<std::pair<int const, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > > > >::make(int)';
const WHOLE = [`*deep spot.cpp:${lineOf('deep')}`, `*mid spot.cpp:${lineOf('mid')}`, `${MAKE} spot.cpp:${lineOf('make')}`];
/** gcc tells no arguments of a function that is not seen outside of its file; `.isra.0` is what it puts behind the name of one that it has made another of. */
const plain = (stack: readonly string[] | undefined): readonly string[] =>
  (stack ?? []).map((text) =>
    text
      .replace(/^\*(deep|mid)\(int\)/, '*$1')
      .replace(/ \[clone [^\]]*\]/, '')
      .replace(/\.isra\.0/, ''),
  );

let programs: SymbolPrograms;
beforeAll(() => {
  programs = new SymbolPrograms();
  programs.write('spot.cpp', SOURCE);
  programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-o', 'spot', 'spot.cpp');
});
afterEach(() => programs.endAll());
afterAll(() => programs.dispose());

/** One stack of one frame: the spot of a module, as an offset in its file. */
const inFile = (file: string) => profileOf([{ module: programs.at(file), address: programs.spot(file) }]);

const BUILDS: Readonly<Record<string, readonly string[]>> = {
  'gcc, PIE': ['g++', '-O2', '-g', '-pie', '-fPIE'],
  'gcc, at a fixed address': ['g++', '-O2', '-g', '-no-pie', '-fno-pie'],
  'gcc, static': ['g++', '-O2', '-g', '-static'],
  'gcc, DWARF 4': ['g++', '-O2', '-gdwarf-4'],
  'gcc, DWARF 5': ['g++', '-O2', '-gdwarf-5'],
  'gcc, compressed sections': ['g++', '-O2', '-g', '-gz=zlib'],
  'gcc, no build-id': ['g++', '-O2', '-g', '-Wl,--build-id=none'],
  'gcc, debug information apart (.dwo)': ['g++', '-O2', '-gdwarf-4', '-gsplit-dwarf'],
  'clang, DWARF 4': ['clang++', '-O2', '-gdwarf-4'],
  'clang, DWARF 5': ['clang++', '-O2', '-gdwarf-5'],
  'clang, linked by lld: addresses are no offsets': ['clang++', '-O2', '-g', '-fuse-ld=lld'],
};

describe('every inlined frame, with file and line', () => {
  test.each(Object.entries(BUILDS))('%s', async (name, [compiler = '', ...flags]) => {
    const file = name.replace(/\W+/g, '-');
    programs.run(compiler, ...flags, ...(compiler === 'g++' ? ['-fno-ipa-sra'] : []), '-o', file, 'spot.cpp');
    const { lines, profile } = await named(inFile(file));
    expect(plain(lines[0])).toEqual(WHOLE);
    expect(profile.self[0]?.reduce((sum, one) => sum + one, 0)).toBe(100);
  });
});

describe('other machines', () => {
  const inC = (word: string) => [
    `*deep spot.c:${lineOf(word, C_SOURCE)}`,
    `*mid spot.c:${lineOf('mid', C_SOURCE)}`,
    `make spot.c:${lineOf('make', C_SOURCE)}`,
  ];

  test('32 bits, as a PIE and at a fixed address', async () => {
    programs.write('spot.c', C_SOURCE);
    for (const flags of [
      ['-pie', '-fPIE'],
      ['-no-pie', '-fno-pie'],
    ]) {
      programs.run('gcc', '-m32', '-O2', '-g', ...flags, '-o', 'spot32', 'spot.c');
      expect((await named(inFile('spot32'))).lines).toEqual([inC('deep')]);
    }
  });

  test('aarch64, in a sysroot, of a target whose files are not here', async () => {
    programs.write('spot.c', C_SOURCE);
    mkdirSync(programs.at('root/opt'), { recursive: true });
    programs.run('clang', '--target=aarch64-linux-gnu', '-O2', '-g', '-c', '-o', 'arm64.o', 'spot.c');
    programs.run('ld.lld', '-pie', '--build-id', '-e', 'main', '-o', 'root/opt/arm64', 'arm64.o');
    const profile = profileOf([{ module: '/opt/arm64', address: programs.spot('root/opt/arm64', ARM64) }]);
    const { lines } = await named(profile, { sysroot: programs.at('root') });
    expect(lines).toEqual([inC('deep64')]);
    const without = await named(profile);
    expect(without.lines).toEqual([['']]);
    expect(without.codes).toEqual(['module-missing']);
  });

  test('a library that was linked for an address (prelinked)', async () => {
    programs.write('spot.c', C_SOURCE);
    programs.run('gcc', '-O2', '-g', '-shared', '-fPIC', '-Wl,-Ttext-segment=0x3f41000000', '-o', 'libspot.so', 'spot.c');
    const address = programs.spot('libspot.so');
    expect(programs.linked('libspot.so', address)).toBeGreaterThan(0x3f41000000);
    expect((await named(inFile('libspot.so'))).lines).toEqual([inC('deep')]);
  });
});

describe('debug information that lies apart', () => {
  /** `spot` without and with what it knows of lines. */
  const strip = (file: string): string => {
    programs.run('objcopy', '--only-keep-debug', 'spot', `${file}.debug`);
    programs.run('strip', '-o', file, 'spot');
    return file;
  };
  const idOf = (file: string): string => /Build ID: (\w+)/.exec(programs.run('readelf', '-n', file))?.[1] ?? '';
  const store = (debug: string, id: string): string => {
    const folder = programs.at('store', '.build-id', id.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    renameSync(programs.at(debug), `${folder}/${id.slice(2)}.debug`);
    return programs.at('store');
  };
  afterEach(() => rmSync(programs.at('store'), { recursive: true, force: true }));

  test('by its build-id; without it, nothing is made up', async () => {
    strip('by-id');
    const without = await named(inFile('by-id'));
    // Only main and the like are told by .dynsym.
    expect(without.lines).toEqual([['']]);
    expect(without.codes).toEqual(['no-debug-info']);
    const debugDirectories = [store('by-id.debug', idOf('by-id'))];
    expect(plain((await named(inFile('by-id'), {}, symbolizer({ debugDirectories }))).lines[0])).toEqual(WHOLE);
  });

  test('a file of another build at the place of its build-id is not used', async () => {
    strip('other-id');
    programs.write('moved.cpp', `// Another line.\n${SOURCE}`);
    programs.run('g++', '-O2', '-g', '-o', 'moved', 'moved.cpp');
    programs.run('objcopy', '--only-keep-debug', 'moved', 'moved.debug');
    const debugDirectories = [store('moved.debug', idOf('other-id'))];
    const { lines, codes } = await named(inFile('other-id'), {}, symbolizer({ debugDirectories }));
    expect(lines).toEqual([['']]);
    expect(codes).toEqual(['debug-file-mismatch']);
  });

  test.each(['', '.debug'])('by .gnu_debuglink, in "%s" beside it; with another checksum it is not used', async (folder) => {
    // Without build-ids the checksum alone decides.
    programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-Wl,--build-id=none', '-o', 'whole', 'spot.cpp');
    mkdirSync(programs.at('linked', folder), { recursive: true });
    const debug = programs.at('linked', folder, 'linked.debug');
    programs.run('objcopy', '--only-keep-debug', 'whole', debug);
    programs.run('strip', '-o', 'linked/linked', 'whole');
    programs.run('objcopy', `--add-gnu-debuglink=${debug}`, 'linked/linked');
    expect(plain((await named(inFile('linked/linked'))).lines[0])).toEqual(WHOLE);
    const bytes = statSync(debug).size;
    writeFileSync(debug, 'x', { flag: 'a' });
    expect(statSync(debug).size).toBe(bytes + 1);
    const { lines, codes } = await named(inFile('linked/linked'));
    expect(lines).toEqual([['']]);
    expect(codes).toEqual(['debug-file-mismatch']);
    rmSync(programs.at('linked'), { recursive: true });
  });

  test('of several files in one (dwz)', async () => {
    for (const name of ['one', 'two']) {
      programs.write(`${name}.cpp`, SOURCE);
      programs.run('g++', '-O2', '-gdwarf-4', '-fno-ipa-sra', '-o', name, `${name}.cpp`);
    }
    programs.run('dwz', '-m', programs.at('common.debug'), 'one', 'two');
    const { lines } = await named(inFile('one'));
    expect(plain(lines[0]).map((text) => text.replace('one.cpp', 'spot.cpp'))).toEqual(WHOLE);
  });

  test('from a server, only when that is allowed', async () => {
    strip('served');
    mkdirSync(programs.at('server/buildid', idOf('served')), { recursive: true });
    renameSync(programs.at('served.debug'), programs.at('server/buildid', idOf('served'), 'debuginfo'));
    const before = { ...process.env };
    process.env['DEBUGINFOD_URLS'] = `file://${programs.at('server')}/`;
    process.env['DEBUGINFOD_CACHE_PATH'] = programs.at('cache');
    try {
      expect((await named(inFile('served'))).lines).toEqual([['']]);
      expect(() => statSync(programs.at('cache'))).toThrow();
      const { lines } = await named(inFile('served'), {}, symbolizer({ debuginfod: 'allowed' }));
      expect(plain(lines[0])).toEqual(WHOLE);
    } finally {
      process.env = before;
    }
  });
});

describe('names', () => {
  test('functions without debug information have the name of the symbol table, within their size only', async () => {
    programs.run('strip', '-g', '-o', 'names-only', 'spot');
    const { lines, codes } = await named(inFile('names-only'));
    expect(plain(lines[0])).toEqual([MAKE]);
    expect(codes).toEqual(['no-debug-info']);
  });

  test('of Rust, both manglings', async () => {
    programs.write(
      'rust.s',
      `.text
.globl main
.type main, @function
main: nopl 0x12345678(%rax)
.size main, .-main
.type _RNvCs1234_7mycrate3foo, @function
_RNvCs1234_7mycrate3foo: nop
.size _RNvCs1234_7mycrate3foo, .-_RNvCs1234_7mycrate3foo
.type _ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE, @function
_ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE: nop
.size _ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE, 1
gap: nop
`,
    );
    programs.run('gcc', '-o', 'rust', 'rust.s');
    const start = programs.spot('rust');
    const at = (offset: number) => ({ module: programs.at('rust'), address: start + offset });
    const { lines } = await named(profileOf([at(0), at(7), at(8), at(9)]));
    expect(lines).toEqual([['main'], ['mycrate::foo'], ['<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop'], ['']]);
  });

  test('of files: spaces, quotes, a leading dash, a newline', async () => {
    for (const name of ['-odd name', 'it\'s "quoted"', 'new\nline', '$(echo x)']) {
      copyFileSync(programs.at('spot'), programs.at(name));
      expect(plain((await named(inFile(name))).lines[0])).toEqual(WHOLE);
    }
    mkdirSync(programs.at('odd\ndir'));
    copyFileSync(programs.at('spot.cpp'), programs.at('odd\ndir', 'spot.cpp'));
    programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-o', 'odd-source', 'odd\ndir/spot.cpp');
    expect(plain((await named(inFile('odd-source'))).lines[0])).toEqual(WHOLE);
  });
});

describe('of a process', () => {
  const biasOf = async (pid: number, file: string): Promise<number> => {
    const space = value(await takeSpace(host, pid, neverCancelled));
    const range = space.ranges.find(({ module }) => space.modules[module]?.path === file);
    return (range?.start ?? Number.NaN) - (range?.offset ?? 0);
  };

  test.each(['deleted', 'replaced'])(
    'a program that was %s is told by what runs, and not at all when it has ended',
    async (what) => {
      const file = programs.at(`gone-${what}`);
      copyFileSync(programs.at('spot'), file);
      const pid = await programs.start(file, 'wait');
      const spot = programs.spot(`gone-${what}`);
      const address = (await biasOf(pid, file)) + spot;
      rmSync(file);
      if (what === 'replaced') {
        programs.write('newer.cpp', SOURCE.replace('static volatile', '\n\nstatic volatile'));
        programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-o', file, 'newer.cpp');
      }
      const space = value(await takeSpace(host, pid, neverCancelled));
      expect(space.modules.find(({ path }) => path === file)).toMatchObject({ isDeleted: true });
      const alive = await named(profileOf([{ address }], 'process'), { space });
      expect(plain(alive.lines[0])).toEqual(WHOLE);
      await programs.endAll();
      const ended = await named(profileOf([{ address }], 'process'), { space });
      expect(ended.lines).toEqual([['']]);
      expect(ended.codes).toEqual(['module-replaced']);
    },
  );

  test('a program that has ended is told by its file, when that is still the same', async () => {
    const pid = await programs.start(programs.at('spot'), 'wait');
    const address = (await biasOf(pid, programs.at('spot'))) + programs.spot('spot');
    const space = value(await takeSpace(host, pid, neverCancelled));
    await programs.endAll();
    expect(plain((await named(profileOf([{ address }], 'process'), { space })).lines[0])).toEqual(WHOLE);
  });

  test('without build-ids: a program that was replaced is noticed, too', async () => {
    const make = (name: string, text: string) => {
      programs.write(`${name}.cpp`, text);
      programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-Wl,--build-id=none', '-o', name, `${name}.cpp`);
    };
    make('bare', SOURCE);
    const pid = await programs.start(programs.at('bare'), 'wait');
    const address = (await biasOf(pid, programs.at('bare'))) + programs.spot('bare');
    const space = value(await takeSpace(host, pid, neverCancelled));
    expect(plain((await named(profileOf([{ address }], 'process'), { space })).lines[0]).at(0)).toMatch(/^\*deep/);
    rmSync(programs.at('bare'));
    make('bare', `// Another line\n${SOURCE}`);
    utimesSync(programs.at('bare'), new Date(), new Date(Date.now() + 1000));
    await programs.endAll();
    expect((await named(profileOf([{ address }], 'process'), { space })).lines).toEqual([['']]);
  });

  test('a library that was unloaded since', async () => {
    programs.write(
      'plugin.cpp',
      SOURCE.replace('int main(int count, char **)', 'extern "C" int plugin(int count)').replace(
        '  if (count > 1) pause();\n',
        '',
      ),
    );
    programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-shared', '-fPIC', '-o', 'plugin.so', 'plugin.cpp');
    programs.write(
      'host.c',
      `#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>
static void wake(int signal) { (void)signal; }
int main(void) {
  signal(SIGUSR1, wake);
  void *plugin = dlopen("./plugin.so", RTLD_NOW);
  if (plugin == 0) return 1;
  pause();
  dlclose(plugin);
  for (;;) pause();
}
`,
    );
    programs.run('gcc', '-g', '-o', 'host', 'host.c', '-ldl');
    const pid = await programs.start(programs.at('host'));
    const file = programs.at('plugin.so');
    const address = (await biasOf(pid, file)) + programs.spot('plugin.so');
    const before = value(await takeSpace(host, pid, neverCancelled));
    process.kill(pid, 'SIGUSR1');
    let after = before;
    for (let tries = 0; after.modules.some(({ path }) => path === file) && tries < 500; tries++)
      after = value(await takeSpace(host, pid, neverCancelled));
    const profile = profileOf([{ address }], 'process');
    expect((await named(profile, { space: after })).lines).toEqual([['']]);
    const { lines } = await named(profile, { space: mergeSpaces(before, after) });
    expect(plain(lines[0]).map((text) => text.replace('plugin.cpp', 'spot.cpp'))).toEqual(WHOLE);
  });

  test('on another machine: by the file of the same build that is here', async () => {
    const target = createTarget({ name: 'other', config: { kind: 'command', argv: ['sh'] } }, { log: silentLog });
    try {
      const pid = await programs.start(programs.at('spot'), 'wait');
      const address = (await biasOf(pid, programs.at('spot'))) + programs.spot('spot');
      const space = value(await takeSpace(target, pid, neverCancelled));
      const { lines } = await named(profileOf([{ address }], 'process'), { target, space });
      expect(plain(lines[0])).toEqual(WHOLE);
    } finally {
      target.dispose();
    }
  });

  test.skipIf(process.getuid?.() !== 0)('in a container: paths are those of its own root', async () => {
    mkdirSync(programs.at('jail'), { recursive: true });
    programs.run('g++', '-O2', '-g', '-fno-ipa-sra', '-static', '-o', 'jail/inside', 'spot.cpp');
    const pid = await programs.start('/usr/sbin/chroot', programs.at('jail'), '/inside', 'wait');
    const space = value(await takeSpace(host, pid, neverCancelled));
    expect(space.modules.map(({ path }) => path)).toEqual([programs.at('jail/inside')]);
    const address = (await biasOf(pid, programs.at('jail/inside'))) + programs.spot('jail/inside');
    expect(plain((await named(profileOf([{ address }], 'process'), { space })).lines[0])).toEqual(WHOLE);
  });
});

describe('a file of a profiler', () => {
  test('memlens heap tells functions, lines and inlined frames of a file that has addresses only', async () => {
    const pid = await programs.start(programs.at('spot'), 'wait');
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
    const start = maps.split('\n').find((line) => line.endsWith(programs.at('spot')) && line.includes(' 00000000 '));
    // An address to return to is one byte behind the call.
    const address = (Number.parseInt(start ?? '', 16) + programs.spot('spot') + 1).toString(16);
    const text = `heap profile:      1:      100 [     1:      100] @ heapprofile\n     1:      100 [     1:      100] @ 0x${address}\n\nMAPPED_LIBRARIES:\n${maps}`;
    const file = programs.write('spot.heap', text);
    const shown = await memlens(['heap', file, '--verbose'], { cwd: programs.directory });
    expect(shown.stderr).toBe('');
    expect(shown.status).toBe(0);
    expect(shown.stdout).toContain(`spot.cpp:${lineOf('deep')}`);
    expect(shown.stdout).toContain(`spot.cpp:${lineOf('make')}`);
    const off = await memlens(['heap', file, '--symbols', 'off'], { cwd: programs.directory });
    expect(off.stdout).not.toContain('spot.cpp');
    expect(off.stderr).toContain('Addresses have no names in this file');
    utimesSync(programs.at('spot.heap'), new Date(1e12), new Date(1e12));
    const older = await memlens(['heap', file], { cwd: programs.directory });
    expect(older.stdout).not.toContain('spot.cpp');
    expect(older.stderr).toContain('spot was changed since, or is of another build');
    expect((await memlens(['heap', file, '--symbols', 'any'], { cwd: programs.directory })).stdout).toContain('spot.cpp');
  });

  test('a module that was changed after the profile was taken is not taken for it', async () => {
    copyFileSync(programs.at('spot'), programs.at('changed'));
    const takenMs = statSync(programs.at('changed')).mtimeMs - 10_000;
    const { lines, codes } = await named(inFile('changed'), { takenMs });
    expect(lines).toEqual([['']]);
    expect(codes).toEqual(['module-replaced']);
    expect(plain((await named(inFile('changed'), { takenMs: takenMs + 20_000 })).lines[0])).toEqual(WHOLE);
  });

  test('what is no module is not opened', async () => {
    const { lines } = await named(profileOf([{ module: '/proc/kcore', address: 0x1000 }]));
    expect(lines).toEqual([['']]);
  });

  test('100,000 addresses of one module', async () => {
    const start = programs.spot('spot') - 40;
    const places = Array.from({ length: 100_000 }, (_, at) => ({
      module: programs.at('spot'),
      address: at === 0 ? start + 40 : 1 + (at % 90_000) * 3,
    }));
    const { profile, lines } = await named(profileOf(places));
    expect(plain(lines.find((stack) => stack.length === 3))).toEqual(WHOLE);
    expect(profile.self[0]?.reduce((sum, one) => sum + one, 0)).toBe(100 * 100_000);
  });
});
