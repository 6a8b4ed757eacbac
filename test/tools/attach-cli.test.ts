// memlens attach, on processes that run.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIVE_SOURCES, LivePrograms, lineOf, stateOf, tracerOf } from './live-programs.js';
import { cli, memlens } from './program-cases.js';

const noPerf = spawnSync('perf', ['--version'], { stdio: 'ignore' }).error === undefined ? undefined : 'perf is not installed';
const programs = new LivePrograms();
afterAll(() => programs.clear());
let growing: number;
beforeAll(async () => {
  growing = (await programs.start(programs.compile('grows.c'), ['2', '1000'])).pid!;
});
const attach = (...words: string[]) => memlens(['attach', ...words], { cwd: programs.directory });
const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/attach-schema.json'), 'utf8')) as object;
const place = `${join(LIVE_SOURCES, 'grows.c')}:${lineOf('grows.c', 'grows here')}`;

function asBefore(pid: number): void {
  expect(stateOf(pid)).toMatch(/[RS]/);
  expect(tracerOf(pid)).toBe(0);
}

describe.skipIf(noPerf !== undefined)(`memlens attach${noPerf === undefined ? '' : ` (${noPerf})`}`, () => {
  test('the line that grows, the price before it, and the largest stacks', async () => {
    const { status, stdout, stderr } = await attach(String(growing), '--duration', '5');
    expect(status).toBe(1);
    expect(stdout).toContain(place);
    expect(stdout).toMatch(/^1 line grows, by .* in \d+ s$/m);
    expect(stdout).toContain('touched');
    expect(stderr).toMatch(/Page faults \(perf\)\. .*time/);
    asBefore(growing);
  });

  test('JSON is what its schema says', async () => {
    const { status, stdout } = await attach(String(growing), '-d', '4', '-f', 'json');
    expect(status).toBe(1);
    const told = JSON.parse(stdout) as { report: { findings: { place: { line: number } }[] }; profile: { stacks: unknown[] } };
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validate(schema, told), JSON.stringify(ajv.errors)).toBe(true);
    expect(told.report.findings[0]!.place.line).toBe(lineOf('grows.c', 'grows here'));
    expect(told.profile.stacks.length).toBeGreaterThan(5);
  });

  test('the ways, for people and for programs', async () => {
    const text = await attach(String(growing), '--list');
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^perf-faults: Page faults \(perf\)$/m);
    expect(text.stdout).toContain('Price: ');
    const json = JSON.parse((await attach(String(growing), '--list', '-f', 'json')).stdout) as { ways: { id: string }[] };
    expect(new Ajv2020({ strict: false }).validate(schema, json)).toBe(true);
    expect(json.ways[0]!.id).toBe('perf-faults');
  });

  test('profiles of other programs', async () => {
    const folded = await attach(String(growing), '-d', '3', '-f', 'folded');
    expect(folded.stdout).toMatch(/main;.*grow;.*malloc.* \d+$/m);
    const file = join(programs.directory, 'out.pb.gz');
    await attach(String(growing), '-d', '3', '-f', 'pprof', '-o', file);
    expect([...readFileSync(file).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  test('lines of a program that was stripped: by --debug-dir, and of a target by --sysroot', async () => {
    const whole = programs.compile('grows.c', ['-O0', '-Wl,--build-id=sha1']);
    const program = `${whole}-stripped`;
    execFileSync('strip', ['-o', program, whole]);
    const id = /Build ID: ([0-9a-f]+)/.exec(execFileSync('readelf', ['-n', whole], { encoding: 'utf8' }))![1]!;
    const debug = join(programs.directory, 'debug');
    const folder = join(debug, '.build-id', id.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    execFileSync('objcopy', ['--only-keep-debug', whole, join(folder, `${id.slice(2)}.debug`)]);
    const sysroot = join(programs.directory, 'root');
    mkdirSync(join(sysroot, dirname(program)), { recursive: true });
    copyFileSync(whole, join(sysroot, program));
    const child = await programs.start(program, ['2', '1000']);
    const pid = String(child.pid);
    expect((await attach(pid, '-d', '3')).stdout).not.toContain('grows.c');
    expect((await attach(pid, '-d', '5', '--debug-dir', debug)).stdout).toContain(place);
    expect((await attach(pid, '-d', '5', '-T', 'command:sh', '--sysroot', sysroot)).stdout).toContain(place);
    child.kill('SIGKILL');
  });

  /** Signals it when it says so. */
  async function signalled(
    signals: readonly NodeJS.Signals[],
  ): Promise<{ child: ChildProcess; stdout: string; status: number | null }> {
    const child = spawn(process.execPath, [cli, 'attach', String(growing), '-d', '600'], { cwd: programs.directory });
    let [stdout, stderr, sent] = ['', '', 0];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (sent > 0 || !stderr.includes('looking')) return;
      sent++;
      setTimeout(() => signals.forEach((signal) => void child.kill(signal)), 6000);
    });
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, stdout, status };
  }

  test('Ctrl-C shows what was seen until then', async () => {
    const { stdout, status } = await signalled(['SIGINT']);
    expect(stdout).toContain(place);
    expect(status).toBe(1);
    asBefore(growing);
  });

  test('a second one leaves', async () => {
    const { stdout, status } = await signalled(['SIGINT', 'SIGTERM']);
    expect([stdout, status]).toEqual(['', 2]);
    asBefore(growing);
  });

  test('what can’t be looked into is refused, and why', async () => {
    const none = await attach('4000000');
    expect(none.status).toBe(2);
    expect(none.stderr).toContain('The process /proc/4000000 does not exist');
    const file = await attach('x');
    expect(file.stderr).toContain('memlens ps tells it');
  });
});
