// Servers of debug information are asked only when the user has allowed it, by nobody: not by us, and not by what runs beside the program.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { named } from '../named.js';
import { memlens } from './program-cases.js';

const none = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined;
const noFind = none('debuginfod-find') ? 'debuginfod-find is not installed' : undefined;
const noValgrind = noFind ?? (none('valgrind') ? 'valgrind is not installed' : undefined);
const lacking = ['clang', 'llvm-symbolizer'].find(none);
const noSymbolizer = noFind ?? (lacking === undefined ? undefined : `${lacking} is not installed`);

let dir: string;
let server: Server;
let asked: string[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-servers-'));
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A library without debug information, whose build-id is worth a question.
  writeFileSync(join(dir, 'lost.c'), '#include <stdlib.h>\nvoid lose(void (*then)(void)) { then(); }\n');
  writeFileSync(
    join(dir, 'leak.c'),
    '#include <stdlib.h>\nvoid lose(void (*)(void));\nstatic void drop(void) { malloc(10); }\nint main(void) { lose(drop); return 0; }\n',
  );
  const library = join(dir, 'liblost.so');
  execFileSync('gcc', [
    '-shared',
    '-fPIC',
    '-fno-omit-frame-pointer',
    '-Wl,--build-id',
    '-s',
    join(dir, 'lost.c'),
    '-o',
    library,
  ]);
  const link = [join(dir, 'leak.c'), library, `-Wl,-rpath,${dir}`];
  execFileSync('gcc', ['-g', '-w', '-Wl,--build-id', ...link, '-o', join(dir, 'plain')]);
  // The runtime of gcc names addresses by itself; that of clang starts llvm-symbolizer.
  if (noSymbolizer === undefined)
    execFileSync('clang', ['-g', '-w', '-fsanitize=address', '-Wl,--build-id', ...link, '-o', join(dir, 'checked')]);
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

async function requests(program: string, engine: string, ...options: string[]): Promise<readonly string[]> {
  asked = [];
  const { port } = server.address() as AddressInfo;
  const env = {
    DEBUGINFOD_URLS: `http://127.0.0.1:${port}/`,
    // What no server had is not asked for again.
    DEBUGINFOD_CACHE_PATH: mkdtempSync(join(dir, 'cache-')),
  };
  const done = await memlens(['profile', '-e', engine, ...options, join(dir, program)], { cwd: dir, env });
  expect(done.status, done.stderr).toBe(1);
  return asked;
}

describe('servers of DEBUGINFOD_URLS', () => {
  test.skipIf(noValgrind !== undefined)(named('Memcheck asks them only with --debuginfod', noValgrind), async () => {
    expect(await requests('plain', 'memcheck')).toEqual([]);
    expect((await requests('plain', 'memcheck', '--debuginfod')).join(' ')).toContain('/buildid/');
  });

  test.skipIf(noSymbolizer !== undefined)(
    named('a sanitizer never lets them be asked without --debuginfod', noSymbolizer),
    async () => {
      expect(await requests('checked', 'asan')).toEqual([]);
      expect((await requests('checked', 'asan', '--debuginfod')).join(' ')).toContain('/buildid/');
    },
  );
});
