// Reports without lines: memlens parse looks for them where the user says that they can be, and takes none of another build.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonReport, memlens } from './program-cases.js';

let dir: string;
/** With debug information, and where there is no file of that name. */
let program: string;
let stripped: string;
let source: string;
let buildId: string;
let offset: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-names-')));
  source = join(dir, 'a.c');
  writeFileSync(source, '#include <stdlib.h>\n\nint main(void) {\n  return malloc(10) == 0;\n}\n');
  program = join(dir, 'program');
  execFileSync('gcc', ['-g', '-O0', '-Wl,--build-id=sha1', source, '-o', program]);
  offset = `0x${/^([0-9a-f]+) T main$/m.exec(execFileSync('nm', [program], { encoding: 'utf8' }))![1]!.replace(/^0+/, '')}`;
  const notes = execFileSync('readelf', ['-n', program], { encoding: 'utf8' });
  buildId = /Build ID: ([0-9a-f]+)/.exec(notes)![1]!;
  stripped = join(dir, 'stripped');
  execFileSync('strip', ['-g', '-o', stripped, program]);
  const debug = join(dir, 'debug/.build-id', buildId.slice(0, 2));
  mkdirSync(debug, { recursive: true });
  execFileSync('objcopy', ['--only-keep-debug', program, join(debug, `${buildId.slice(2)}.debug`)]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A report as the runtimes write it where no symbolizer is installed. `isOld`: it was written before the program. */
function report(module: string, id?: string, isOld = false): string {
  const file = join(dir, 'report.txt');
  const tail = id === undefined ? '' : ` (BuildId: ${id})`;
  writeFileSync(
    file,
    `==7==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 10 byte(s) in 1 object(s) allocated from:
    #0 0x7f0000001000 in malloc (/lib/libasan.so.8+0xd9000)
    #1 0x550000001139  (${module}+${offset})${tail}

SUMMARY: AddressSanitizer: 10 byte(s) leaked in 1 allocation(s).
`,
  );
  if (isOld) utimesSync(file, 1_000_000, 1_000_000);
  return file;
}

async function line(file: string, ...options: string[]): Promise<string | null> {
  const done = await memlens(['parse', file, '-f', 'json', ...options], { cwd: dir });
  const { findings } = JSON.parse(done.stdout) as JsonReport;
  const place = findings[0]?.stacks[0]?.frames[1];
  return place?.file === null || place === undefined ? null : `${place.file}:${place.line}`;
}

describe('memlens parse', () => {
  test('takes only what has the build-id of the report, unless more is asked for', async () => {
    expect(await line(report(program))).toBeNull();
    expect(await line(report(program, buildId, true))).toBe(`${source}:3`);
    expect(await line(report(program, buildId), '--symbols', 'off')).toBeNull();
  });

  test('takes a module that has the build-id of the report, whenever it was written, and no other one', async () => {
    expect(await line(report(program, buildId, true), '--symbols', 'auto')).toBe(`${source}:3`);
    const other = buildId.replace(/./g, (digit) => (digit === '0' ? '1' : '0'));
    expect(await line(report(program, other), '--symbols', 'auto')).toBeNull();
  });

  test('takes a module without a build-id in the report when it was not changed since', async () => {
    expect(await line(report(program), '--symbols', 'auto')).toBe(`${source}:3`);
    expect(await line(report(program, undefined, true), '--symbols', 'auto')).toBeNull();
    expect(await line(report(program, undefined, true), '--symbols', 'any')).toBe(`${source}:3`);
  });

  test('finds debug files by --debug-dir', async () => {
    expect(await line(report(stripped), '--symbols', 'auto')).toBeNull();
    expect(await line(report(stripped), '--debug-dir', join(dir, 'debug'))).toBe(`${source}:3`);
  });

  test('finds modules of another machine by --sysroot, and takes none of this machine for them', async () => {
    const sysroot = join(dir, 'root');
    const module = '/opt/memlens-test/program';
    mkdirSync(join(sysroot, 'opt/memlens-test'), { recursive: true });
    copyFileSync(program, join(sysroot, module));
    expect(await line(report(module), '--sysroot', sysroot)).toBe(`${source}:3`);
    expect(await line(report(program), '--sysroot', sysroot)).toBeNull();
    expect(await line(report(program, buildId), '--sysroot', sysroot)).toBe(`${source}:3`);
  });

  test('asks the servers of DEBUGINFOD_URLS only with --debuginfod', async () => {
    const asked = join(dir, 'asked');
    const tools = join(dir, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'debuginfod-find'), `#!/bin/sh\necho "$DEBUGINFOD_URLS $*" >>'${asked}'\nexit 1\n`, {
      mode: 0o755,
    });
    const env = { PATH: `${tools}:${process.env['PATH']}`, DEBUGINFOD_URLS: 'http://127.0.0.1:9/' };
    const parse = (...options: string[]) =>
      memlens(['parse', report(stripped, buildId), '-f', 'json', ...options], { cwd: dir, env });
    await parse('--symbols', 'auto');
    expect(() => readFileSync(asked)).toThrow('ENOENT');
    await parse('--debuginfod');
    expect(readFileSync(asked, 'utf8')).toContain(`http://127.0.0.1:9/ debuginfo ${buildId}`);
  });
});
