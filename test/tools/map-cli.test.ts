// memlens map and map diff, on real processes, files and machines.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MapPrograms, stopProcess } from './map-programs.js';
import { cli, type Done, memlens } from './program-cases.js';
import { noSshd, startSshd } from './servers.js';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/map-schema.json'), 'utf8')) as { $id: string };
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(schema);

function expectValid(document: unknown, definition: 'map' | 'diff'): void {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${definition}`);
  if (validate === undefined) throw new Error(definition);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
}

interface MapJson {
  readonly at: number;
  readonly origin: unknown;
  readonly notes: readonly { readonly code: string }[];
  readonly totals: { readonly whole: Readonly<Record<string, number>> };
  readonly rollup?: Readonly<Record<string, number>>;
  readonly status?: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly rule: string }[];
  readonly regions: readonly {
    readonly start: string;
    readonly end: string;
    readonly size: number;
    readonly permissions: string;
    readonly path: string;
    readonly segment: string;
    readonly figures: Readonly<Record<string, number>>;
  }[];
}

/** grow | many | lock | fragment: says "ready" when it has done so, and then again for each line that it is sent. */
const SOURCE = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static void grow(void) { for (int i = 0; i < 64; i++) memset(malloc(16000), 1, 16000); }
int main(int argc, char **argv) {
  char line[8];
  if (!strcmp(argv[1], "grow")) grow();
  if (!strcmp(argv[1], "many"))
    for (int i = 0; i < 40000; i++) mmap(0, 4096, i % 2 ? PROT_NONE : PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (!strcmp(argv[1], "lock")) {
    char *p = mmap(0, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 1, 2 << 20);
    mlock(p, 2 << 20);
  }
  if (!strcmp(argv[1], "fragment")) {
    static char *blocks[10000];
    for (int i = 0; i < 10000; i++) memset(blocks[i] = malloc(2000), 1, 2000);
    for (int i = 0; i < 10000; i += 2) free(blocks[i]);
  }
  for (;;) {
    puts("ready");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) return 0;
    grow();
  }
}
`;

const folder = mkdtempSync(join(tmpdir(), 'memlens-map-cli-'));
const program = join(folder, 'subject');
const running = new Set<ChildProcess>();
let programs: MapPrograms;
beforeAll(() => {
  programs = new MapPrograms();
  writeFileSync(join(folder, 'subject.c'), SOURCE);
  execFileSync('gcc', ['-O0', '-w', '-o', program, join(folder, 'subject.c')]);
});
afterEach(() => {
  programs.endAll();
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => {
  programs.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** The next "ready" of the program. */
const ready = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.stdout!.once('data', () => resolve()));

async function start(kind: 'grow' | 'many' | 'lock' | 'fragment'): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(program, [kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.add(child);
  await ready(child);
  return child as ChildProcess & { readonly pid: number };
}

const run = (...args: readonly (string | number)[]): Promise<Done> => memlens(['map', ...args.map(String)], { cwd: folder });

async function json(...args: readonly (string | number)[]): Promise<MapJson> {
  const done = await run(...args, '--format', 'json');
  expect(done.status, done.stderr).toBe(0);
  const map = JSON.parse(done.stdout) as MapJson;
  expectValid(map, 'map');
  return map;
}

describe('memlens map of a process', () => {
  test('its sums are those of pmap -X, pmap -XX and smaps_rollup, to the kilobyte', async () => {
    // A library's PSS would change with other processes that come and go.
    const { pid } = await programs.start(programs.program('whole', ['-static']), ['threads=3', 'anonymous', 'memfd', 'shared']);
    await stopProcess(pid);
    const map = await json(pid);
    expect(map.notes).toEqual([]);
    const sumOf = (name: string): number => map.regions.reduce((sum, { figures }) => sum + figures[name]!, 0) / 1024;
    for (const form of ['-X', '-XX']) {
      const lines = execFileSync('pmap', [form, String(pid)], { encoding: 'utf8' })
        .trimEnd()
        .split('\n');
      const sums = lines.at(-1)!.trim().split(/\s+/);
      // The sums stand below Size and what follows it; VmFlags and names have none.
      const heads = lines[1]!
        .trim()
        .split(/\s+/)
        .slice(5)
        .filter((head) => !/^VmFlags|Mapping$/.test(head));
      expect(sums.at(-1)).toBe('KB');
      for (const [i, head] of heads.entries()) {
        // Sums of page sizes, and the like, mean nothing; MemLens has its own figure for the size.
        if (/PageSize|THPeligible|ProtectionKey/.test(head)) continue;
        expect([head, head === 'Size' ? map.totals.whole['size']! / 1024 : sumOf(head)]).toEqual([head, Number(sums[i])]);
      }
    }
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)![1]);
    const { whole } = map.totals;
    expect(whole['rss']! / 1024).toBe(kib('Rss'));
    expect(whole['uss']! / 1024).toBe(kib('Private_Clean') + kib('Private_Dirty'));
    expect(whole['dirty']! / 1024).toBe(kib('Shared_Dirty') + kib('Private_Dirty'));
    expect(whole['swap']! / 1024).toBe(kib('Swap'));
    // Each mapping's Pss is rounded down.
    const rounded = kib('Pss') - whole['pss']! / 1024;
    expect(rounded).toBeGreaterThanOrEqual(0);
    expect(rounded).toBeLessThanOrEqual(map.regions.length);
    const text = await run(pid);
    expect(text.stdout).toMatch(new RegExp(`^RSS +\\S+ \\S+ +${kib('Rss').toLocaleString('en-US')} `, 'm'));
  });

  test('as text, JSON and CSV it is the same, and JSON gives the same again', async () => {
    const odd = join(programs.directory, 'a "b",\nc\u202e (deleted)');
    const { pid } = await programs.start(programs.program('same', []), ['threads=2', `file=${odd}`]);
    await stopProcess(pid);
    const file = join(folder, 'saved.json');
    writeFileSync(file, (await run(pid, '-f', 'json')).stdout);
    const map = JSON.parse(readFileSync(file, 'utf8')) as MapJson;
    const csv = await run(pid, '-f', 'csv');
    const text = await run(pid);
    expect([csv.status, text.status, csv.stderr, text.stderr]).toEqual([0, 0, '', '']);
    expect(map.regions.some(({ path }) => path === odd)).toBe(true);
    expect(csv.stdout).toContain(`"${odd.replaceAll('"', '""')}"`);
    expect(text.stdout).toContain(odd.replace('\n', '\\n').replace('\u202e', '\\u202e'));
    for (const { start: from, end, segment, size } of map.regions) {
      expect(csv.stdout).toContain(`\r\n${from},${end},${size},${segment},`);
      expect(text.stdout).toMatch(new RegExp(`^ *${from.slice(2)} +${end.slice(2)} `, 'm'));
    }
    const again = await json(file);
    expect(again.origin).toEqual(map.origin);
    expect(again.regions).toEqual(map.regions);
    // It may be read and written at once.
    expect(await run(file, '-f', 'json', '-o', file)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await json(file)).regions).toEqual(map.regions);
    const nothing = await run('diff', file, pid);
    expect(nothing).toMatchObject({ status: 0, stderr: '' });
    expect(nothing.stdout).toMatch(/^RSS .* 0$/m);
  });

  test('what holds at once is told: many mappings, locked memory, a heap full of holes', async () => {
    const many = await start('many');
    const limit = Number(readFileSync('/proc/sys/vm/max_map_count', 'latin1'));
    const near = (await json(many.pid)).findings.some(({ rule }) => rule === 'mappings-near-limit');
    expect(near).toBe(40_000 >= limit / 2);
    const locked = await start('lock');
    const text = await run(locked.pid);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^2 MiB is locked\n {2}mlock .*\n {2}The rule: docs\/map.md#memory-locked$/m);
    const holes = await start('fragment');
    expect((await json(holes.pid)).findings.map(({ rule }) => rule)).toEqual(['arenas-retain']);
    expect((await json((await start('grow')).pid)).findings).toEqual([]);
  });

  test('50,000 lines that go to a slow reader, or to one that leaves', async () => {
    const { pid } = await start('many');
    const script = '"$0" "$1" map "$2" --format csv | (read line; sleep 1; wc -l)';
    const rest = execFileSync('sh', ['-c', script, process.execPath, cli, String(pid)], { encoding: 'utf8' });
    expect(Number(rest)).toBeGreaterThanOrEqual(40_000);
    const left = execFileSync('sh', ['-c', '"$0" "$1" map "$2" 2>&1 | head -n 1', process.execPath, cli, String(pid)], {
      encoding: 'utf8',
    });
    expect(left).toMatch(/^Memory map of subject .*\n$/);
    const full = await run(pid, '-f', 'json', '--output', '/dev/full');
    expect(full).toMatchObject({ status: 2, stdout: '' });
    expect(full.stderr).toMatch(/^memlens: The disk is full/);
  });

  test('that is none, or none any more, says why', async () => {
    const child = await start('grow');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const gone = await run(child.pid);
    expect(gone).toMatchObject({ status: 2, stdout: '' });
    expect(gone.stderr).toBe(
      `memlens: The process ${child.pid} does not exist.\n         It may have ended: choose one that is running.\n`,
    );
    writeFileSync(join(folder, String(child.pid)), '');
    expect((await run(child.pid)).stderr).toContain(`The file of this name is written ./${child.pid}.`);
    // The shell does not wait for it.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(parent);
    const zombie = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
    );
    for (let i = 0; i < 200 && !/^State:\tZ/m.test(readFileSync(`/proc/${zombie}/status`, 'latin1')); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await run(zombie)).stderr).toMatch(/is a zombie: it has ended/);
  });

  test('on a target that gives no shell says so, and nothing of what it was asked', async () => {
    const done = await run('1', '--target', 'command:cat');
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.stderr).toMatch(/^(cat: no answer\n)?memlens: No POSIX shell answers on command:cat\.\n/);
    expect(done.stderr.length).toBeLessThan(500);
  });

  test('Ctrl-C while a target does not answer', async () => {
    const child = spawn(process.execPath, [cli, 'map', '1', '--target', 'command:sleep 100'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
    // It has started what it waits for.
    for (let i = 0; i < 200 && readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1') === ''; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGINT');
    expect(await ended).toBe(2);
    expect(said).toBe('memlens: Cancelled.\n');
  });
});

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)('memlens map as another user', () => {
  const nobody = 'command:setpriv --reuid=65534 --regid=65534 --clear-groups sh';

  test('what can be known is told, and the exit status says that it is no map', async () => {
    const { pid } = await start('grow');
    const text = await run(pid, '--target', nobody);
    expect(text.status).toBe(2);
    expect(text.stderr).toMatch(
      /^memlens: The mappings may not be read: this needs the same user, or root\. .*CAP_SYS_PTRACE\.\n$/,
    );
    expect(text.stdout).toMatch(
      /^Memory map of subject \(\d+\) on command:setpriv .*\n.*subject grow\n1 thread\nSTATUS\nVmSize /,
    );
    const done = await run(pid, '--target', nobody, '-f', 'json');
    expect(done.status).toBe(2);
    const map = JSON.parse(done.stdout) as MapJson;
    expectValid(map, 'map');
    expect(map.regions).toEqual([]);
    expect(map.status?.['vmRss']).toBeGreaterThan(0);
    const diff = await run('diff', pid, pid, '--target', nobody);
    expect(diff.status).toBe(2);
  });
});

describe.skipIf(noSshd !== undefined)(`over ssh${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
  test('the map is that of the machine itself', async () => {
    const server = await startSshd();
    try {
      // The user's own ssh with the configuration of the test's server.
      const bin = join(server.directory, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${server.configFile}' "$@"\n`, { mode: 0o755 });
      const { pid } = await programs.start(programs.program('far', []), ['threads=2', 'anonymous']);
      await stopProcess(pid);
      const args = ['map', String(pid), '--target', `ssh:${server.alias}`, '--format', 'json'];
      const done = await memlens(args, { cwd: folder, env: { PATH: `${bin}:${process.env['PATH']}` } });
      expect(done, done.stderr).toMatchObject({ status: 0, stderr: '' });
      const map = JSON.parse(done.stdout) as MapJson;
      expectValid(map, 'map');
      expect(map.origin).toMatchObject({ kind: 'process', target: `ssh:${server.alias}`, process: { pid } });
      const here = await json(pid);
      const told = ({ regions }: MapJson): unknown =>
        regions.map(({ figures: { Rss, Private_Dirty }, start: from, end, segment, path }) => [
          from,
          end,
          segment,
          path,
          Rss,
          Private_Dirty,
        ]);
      expect(told(map)).toEqual(told(here));
    } finally {
      await server.stop();
    }
  });
});

describe('memlens map of a file', () => {
  const save = (name: string, bytes: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  test('every form gives the same mappings; what it does not tell is said', async () => {
    const { pid } = await start('grow');
    await stopProcess(pid);
    const live = await json(pid);
    const pmap = (...words: string[]): Buffer => execFileSync('pmap', [...words, String(pid)]);
    const forms = {
      smaps: [readFileSync(`/proc/${pid}/smaps`), ''],
      maps: [readFileSync(`/proc/${pid}/maps`), 'amounts and VmFlags'],
      'pmap -XX': [pmap('-XX'), 'directories of files'],
      'pmap -X': [pmap('-X'), 'VmFlags, directories of files'],
      'pmap -x': [pmap('-x'), 'offset, device, inode, VmFlags, directories of files, names in brackets'],
      pmap: [pmap(), 'offset, device, inode, VmFlags, amounts, directories of files, names in brackets'],
    } as const;
    for (const [form, [bytes, lacks]] of Object.entries(forms)) {
      const done = await memlens(['map', '-', '--format', 'json'], { cwd: folder, stdin: bytes.toString('latin1') });
      expect(done).toMatchObject({ status: 0, stderr: lacks === '' ? '' : `memlens: This form does not tell ${lacks}.\n` });
      const map = JSON.parse(done.stdout) as MapJson;
      expectValid(map, 'map');
      expect([form, map.regions.map(({ start: from, end }) => [from, end])]).toEqual([
        form,
        live.regions.map(({ start: from, end }) => [from, end]),
      ]);
      expect(map.origin).toEqual({ kind: 'file', name: 'standard input' });
    }
  });

  test('cut, mixed or newer: what was understood, and a note', async () => {
    const smaps = readFileSync('/proc/self/smaps');
    const cut = await run(save('cut', smaps.subarray(0, 5000)));
    expect(cut).toMatchObject({ status: 0, stderr: 'memlens: The text ends in the middle of a mapping.\n' });
    expect(cut.stdout).toMatch(/^Memory map of cut \(smaps\), written 20\d\d-/);
    const mixed = await run(save('mixed', `$ cat /proc/1/smaps\n${smaps.toString('latin1')}\nbye\n`));
    expect(mixed).toMatchObject({ status: 0, stderr: 'memlens: 2 lines are not of a memory map and left out (line 1).\n' });
    const newer = await run(
      save('newer', '{"format":"memlens-map","version":7,"later":1,"regions":[{"start":"0x1000","end":"0x2000"}]}'),
    );
    expect(newer.status).toBe(0);
    expect(newer.stderr).toBe(
      'memlens: The file was written by a newer MemLens: what this one knows is shown.\nmemlens: 1 entry of an unknown kind is left out.\n',
    );
  });

  test('of what is none: why, and exit status 2', async () => {
    const none = /^memlens: .* holds no memory map that MemLens knows\.\n {9}Known are: /;
    for (const bytes of ['', 'some text\n', '{"a":1}', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))]) {
      const done = await run(save('none', bytes));
      expect(done).toMatchObject({ status: 2, stdout: '' });
      expect(done.stderr).toMatch(none);
    }
    expect((await run('/dev/zero')).stderr).toMatch(none);
    expect((await run(folder)).stderr).toBe(`${folder} is a directory\nmemlens: ${folder} could not be read.\n`);
    expect((await run('/proc/1')).stderr).toContain('memlens map 1');
    expect((await run('nginx')).stderr).toBe(
      'memlens: The file nginx does not exist.\n         Check the path.\n         A process is given by its number: memlens ps tells it.\n',
    );
    expect((await run('map', 'x')).stderr).toMatch(/"x" is one word too many/);
    // Nothing is made for what could not be read.
    await run('nginx', '--output', join(folder, 'out'));
    expect(readdirSync(folder)).not.toContain('out');
  });

  test('whose name is digits, begins with - or is diff; and a pipe', async () => {
    const smaps = readFileSync('/proc/self/smaps');
    for (const name of ['42', '-x', 'diff']) save(name, smaps);
    for (const words of [['./42'], ['--', '-x'], ['--', 'diff'], ['./diff']]) {
      expect(await run(...words)).toMatchObject({ status: 0, stderr: '' });
    }
    const piped = spawnSync('bash', ['-c', '"$0" "$1" map <(cat /proc/self/smaps)', process.execPath, cli], { encoding: 'utf8' });
    expect(piped).toMatchObject({ status: 0, stderr: '' });
    expect(piped.stdout).toContain('Heap');
  });
});

describe('memlens map diff', () => {
  test('of a program that grows: its heap, with amounts and the pace', async () => {
    const child = await start('grow');
    const before = join(folder, 'before.json');
    const after = join(folder, 'after.json');
    for (const file of [before, after]) {
      if (file === after) {
        child.stdin!.write('\n');
        await ready(child);
      }
      expect(await run(child.pid, '-f', 'json', '-o', file)).toEqual({ status: 0, stdout: '', stderr: '' });
    }
    const done = await run('diff', before, after, '--format', 'json');
    expect(done).toMatchObject({ status: 0, stderr: '' });
    const diff = JSON.parse(done.stdout) as {
      readonly total: Readonly<Record<string, number>>;
      readonly changes: readonly {
        readonly kind: string;
        readonly delta: Readonly<Record<string, number>>;
        readonly now?: { readonly segment: string };
      }[];
    };
    expectValid(diff, 'diff');
    const [first] = diff.changes;
    expect(first).toMatchObject({ kind: 'grown', guess: false, now: { segment: 'heap' } });
    // 64 blocks of 16,000 bytes, in whole pages.
    expect(first!.delta['rss']).toBeGreaterThan(64 * 16_000 - 8192);
    expect(first!.delta['rss']).toBeLessThan(64 * 16_384);
    expect(diff.total['rss']).toBeGreaterThanOrEqual(first!.delta['rss']!);
    const text = await run('diff', before, after);
    expect(text.stdout).toMatch(/^grown +\+\S+ \S+ +\+\S+ \S+ .*\/s {2}Heap .* \[heap\]$/m);
    const back = await run('diff', after, before);
    expect(back.stderr).toMatch(/^memlens: the first map is later than the second one/);
    expect(back.stdout).toMatch(/^shrunk .* Heap /m);
  });

  test('of two processes, and of two forms, says what may mislead', async () => {
    const one = await start('grow');
    const other = await start('lock');
    const two = await run('diff', one.pid, other.pid);
    expect(two.status).toBe(0);
    expect(two.stderr).toBe(
      'memlens: the maps are of two processes: their mappings are compared by address and by file, and only alike.\n',
    );
    const maps = join(folder, 'maps');
    writeFileSync(maps, readFileSync(`/proc/${one.pid}/maps`));
    const forms = await run('diff', maps, one.pid, '-f', 'json');
    expect(forms).toMatchObject({ status: 0, stderr: `memlens: ${maps}: This form does not tell amounts and VmFlags.\n` });
    const diff = JSON.parse(forms.stdout) as { readonly total: object; readonly changes: readonly object[] };
    expectValid(diff, 'diff');
    // What one of them does not tell has no difference.
    expect(diff.total).toEqual({ size: 0 });
    expect(diff.changes).toEqual([]);
  });

  test('with one that can’t be read', async () => {
    const done = await run('diff', '/dev/null', 'nothing');
    expect(done).toMatchObject({ status: 2, stdout: '' });
  });
});
