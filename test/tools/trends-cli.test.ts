import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasTool, pause, Subjects } from './monitor-programs.js';
import { cli, type Done, memlens } from './program-cases.js';

const root = join(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(join(root, 'docs/trends-schema.json'), 'utf8')) as { $id: string };
const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(schema);

function expectValid(document: unknown, definition: 'processList' | 'meminfo' | 'watchLine'): void {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${definition}`);
  if (validate === undefined) throw new Error(definition);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
}

let subjects: Subjects;
beforeAll(() => {
  subjects = new Subjects();
});
afterAll(() => subjects.dispose());
afterEach(() => subjects.endAll());

const run = (...args: string[]): Promise<Done> => memlens(args, { cwd: subjects.folder });

interface ProcessList {
  readonly processes: readonly Readonly<Record<string, unknown>>[];
}

describe('memlens meminfo', () => {
  test('as text: parts with what they are; as JSON: parts that add up to MemTotal, and every field', async () => {
    const text = await run('meminfo');
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^Applications +\d[\d.]* [KMG]iB +[\d.]+ % {2}\S/m);
    expect(text.stdout).toMatch(/^MemAvailable /m);
    const done = await run('meminfo', '--format', 'json');
    expect(done.status).toBe(0);
    const json = JSON.parse(done.stdout) as {
      parts: { id: string; bytes: number }[];
      meminfo: Record<string, number>;
    };
    expectValid(json, 'meminfo');
    expect(json.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(json.meminfo.MemTotalBytes);
    const fields = [...readFileSync('/proc/meminfo', 'latin1').matchAll(/^([^:]+):\s+\d+( kB)?$/gm)];
    expect(Object.keys(json.meminfo).sort()).toEqual(
      fields.map(([, name, unit]) => `${name}${unit === undefined ? '' : 'Bytes'}`).sort(),
    );
  });
});

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)('another user, where /proc hides what is not theirs (hidepid; only root can make such a /proc)', () => {
  const nobody = 'command:setpriv --reuid=65534 --regid=65534 --clear-groups sh';
  const inNamespace = (...args: string[]) =>
    spawnSync(
      'unshare',
      [
        ...['--pid', '--fork', '--kill-child', '--mount', '--mount-proc'],
        ...['sh', '-c', 'mount -o remount,hidepid=2 /proc && exec "$0" "$@"'],
        ...[process.execPath, cli, ...args, '--target', nobody],
      ],
      { encoding: 'utf8', cwd: subjects.folder },
    );

  test('ps says so', () => {
    const done = inNamespace('ps', '--format', 'json');
    expect(done.stderr).toBe('memlens: processes of other users are hidden from this user: /proc is mounted with hidepid\n');
    const list = JSON.parse(done.stdout) as ProcessList & { readonly hidesProcesses: boolean };
    expectValid(list, 'processList');
    expect(list.hidesProcesses).toBe(true);
    expect(new Set(list.processes.map(({ user }) => user))).toEqual(new Set(['nobody']));
  });

  test('watch says why a process may not be found', () => {
    const done = inNamespace('watch', '--pid', '1', '--duration', '1');
    expect(done.status).not.toBe(0);
    expect(done.stderr).toContain('The process 1 does not exist, or is hidden from this user.');
    expect(inNamespace('watch', '--name', 'unshare', '--duration', '1').stderr).toContain(
      'no process is named "unshare"; processes of other users are hidden',
    );
  });
});

describe('memlens ps', () => {
  test('as JSON: every process, with the figures of the kernel', async () => {
    const pid = subjects.start(['hold', '30']);
    await pause(300);
    const done = await run('ps', '--format=json');
    expect(done.status).toBe(0);
    const list = JSON.parse(done.stdout) as ProcessList;
    expectValid(list, 'processList');
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024;
    expect(list).toMatchObject({ hidesProcesses: false });
    expect(list.processes.find((process) => process.pid === pid)).toMatchObject({
      ussBytes: kib('Private_Clean') + kib('Private_Dirty'),
      command: 'subject',
      commandLine: `${subjects.program} hold 30`,
      kernelThread: false,
      rollupUnknown: null,
    });
    expect(list.processes.some((process) => process.rollupUnknown === 'not-yet' && process.pid === 1)).toBe(false);
    const uss = list.processes.map(({ ussBytes }) => ussBytes).filter((value) => value !== null) as number[];
    expect(uss).toEqual([...uss].sort((a, b) => b - a));
  });

  test('as text and CSV, by any column', async () => {
    const text = await run('ps', '--sort', 'pid');
    expect(text.stdout).toMatch(/^ *PID {2}USER/);
    const pids = text.stdout.split('\n').flatMap((line) => /^ *(\d+) {2}/.exec(line)?.[1] ?? []);
    expect(pids.map(Number)).toEqual(pids.map(Number).sort((a, b) => a - b));
    expect(text.stdout).toMatch(/\n\n[\d,]+ processes; PSS of \d+ in all: /);
    const csv = await run('ps', '--format', 'csv', '--sort', 'rss');
    expect(csv.stdout.split('\r\n')[0]).toMatch(/^pid,user,rssBytes,pssBytes,ussBytes,/);
    const bad = await run('ps', '--sort', 'size');
    expect(bad.status).toBe(2);
    expect(bad.stderr).toMatch(/no column "size": choose one of pid, user, rss/);
  });

  test.runIf(process.getuid?.() === 0 && hasTool('setpriv'))('what its user may not read is null, never 0', async () => {
    const folder = join(subjects.folder, 'for-nobody');
    mkdirSync(folder);
    for (const name of ['cli.js', 'program.js']) copyFileSync(join(dirname(cli), name), join(folder, name));
    for (const path of [subjects.folder, folder]) chmodSync(path, 0o755);
    const pid = subjects.start(['hold', '5']);
    await pause(300);
    const node = join(folder, 'node');
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    const ids = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const text = execFileSync('setpriv', [...ids, node, join(folder, 'cli.js'), 'ps', '-f', 'json'], { encoding: 'utf8' });
    const { processes } = JSON.parse(text) as ProcessList;
    expect(processes.find((row) => row.pid === pid)).toMatchObject({
      pssBytes: null,
      ussBytes: null,
      vmas: null,
      rollupUnknown: 'permission',
      swapBytes: 0,
      user: 'root',
    });
    const own = processes.filter((row) => row.uid === 65534 && row.ussBytes !== null);
    expect(own.length).toBeGreaterThan(0);
  });
});

describe('memlens watch', () => {
  test('ndjson of a process to its end: says so, and judges', async () => {
    const pid = subjects.start(['leak', '16', '20']);
    let isEnded = false;
    const done = await memlens(['watch', '--pid', String(pid), '--interval', '0.2', '--format', 'ndjson'], {
      cwd: subjects.folder,
      onStdout: (soFar) => {
        if (isEnded || (soFar.match(/"kind":"sample"/g) ?? []).length < 8) return;
        isEnded = true;
        process.kill(pid, 'SIGTERM');
      },
    });
    expect(done.status).toBe(0);
    const lines = done.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const line of lines) expectValid(line, 'watchLine');
    expect(lines[0]).toMatchObject({ kind: 'begin', process: { pid, command: 'subject' } });
    // Of the moment in which it was being taken away, it is not known.
    const uss = lines
      .filter(({ kind, ussBytes }) => kind === 'sample' && ussBytes !== null)
      .map(({ ussBytes }) => Number(ussBytes));
    expect(uss.length).toBeGreaterThan(5);
    expect(uss.at(-1)).toBeGreaterThan(uss[0] ?? Infinity);
    expect(lines.at(-2)).toMatchObject({ kind: 'event', event: 'process-exit' });
    expect(lines.at(-1)).toMatchObject({ kind: 'verdict', why: 'process-ended', verdict: { state: 'undecided' } });
    expect(done.stderr).toMatch(/subject \(\d+\) has ended\.\n/);
  });

  test('Ctrl-C ends it with the verdict', async () => {
    const pid = subjects.start(['hold', '1']);
    const child = spawn(process.execPath, [cli, 'watch', '-p', String(pid), '-i', '0.2'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
    for (let i = 0; i < 50 && !/RSS/.test(text); i++) await pause(100);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(text).toMatch(/^Watching subject/);
    expect(text).toMatch(/subject \(\d+\): No verdict yet.*\n {2}- /);
  });

  test('Ctrl-C ends the waiting for who reads the pipe of --output', async () => {
    const pipe = join(subjects.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const child = spawn(process.execPath, [cli, 'watch', '--output', pipe], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.includes('waiting for a reader')) child.kill('SIGINT');
    });
    const code = await new Promise<number | null>((done) => child.once('close', (status) => done(status)));
    expect(code).toBe(2);
    expect(said).toBe(`memlens: ${pipe} is a pipe that nobody reads yet; waiting for a reader\nmemlens: Cancelled.\n`);
  });

  test('a reader that has gone away ends it in silence', () => {
    const text = execFileSync('sh', ['-c', '"$0" "$1" watch -i 0.1 2>&1 | head -n 2', process.execPath, cli], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(text.trimEnd().split('\n')).toHaveLength(2);
  });

  test('by name: one is watched, several are listed, none is an error', async () => {
    const unusual = join(subjects.folder, 'odd \x1b[31m\nname');
    copyFileSync(subjects.program, unusual);
    const pid = subjects.start(['hold', '1'], unusual);
    await pause(300);
    const found = await run('watch', '--name', 'odd \x1b[31m\nname', '-d', '0.4', '-i', '0.2');
    expect(found.status).toBe(0);
    expect(found.stdout).toMatch(new RegExp(`^Watching odd \\\\x1b\\[31m\\\\nnam\\w? \\(${pid}\\) on local`));
    expect(found.stdout).not.toContain('\x1b');
    subjects.start(['hold', '1']);
    const second = subjects.start(['hold', '2']);
    await pause(300);
    const several = await run('watch', '--name', 'subject');
    expect(several.status).toBe(2);
    expect(several.stderr).toMatch(/2 processes are named "subject"; choose one with --pid:\n/);
    expect(several.stderr).toContain(`${second}  root`.replace('root', execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()));
    const none = await run('watch', '--name', 'no-such-program');
    expect(none).toMatchObject({ status: 2, stderr: expect.stringMatching(/no process is named "no-such-program"/) });
    const gone = await run('watch', '--pid', '4194304');
    expect(gone).toMatchObject({ status: 2, stderr: expect.stringMatching(/The process 4194304 does not exist/) });
  });

  test('to a file: data there, the verdict here', async () => {
    const file = join(subjects.folder, 'machine.csv');
    const done = await run('watch', '-d', '0.6', '-i', '0.2', '-f', 'csv', '-o', file);
    expect(done.status).toBe(0);
    expect(done.stdout).toMatch(/^local, all applications: No verdict yet/);
    const rows = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows[0]).toMatch(/^time,epoch_seconds,part\.applications \[bytes\],/);
    const metrics = join(subjects.folder, 'machine.txt');
    await run('watch', '-d', '0.4', '-i', '0.2', '-f', 'openmetrics', '-o', metrics);
    expect(readFileSync(metrics, 'utf8')).toMatch(/# EOF\n$/);
    const bad = await run('watch', '-d', '1', '-o', join(subjects.folder, 'no/such/folder'));
    expect(bad.status).toBe(2);
    expect(bad.stderr).toMatch(/does not exist/);
    expect(() => statSync(join(subjects.folder, 'no'))).toThrow();
    const directory = await run('meminfo', '-o', subjects.folder);
    expect(directory).toMatchObject({ status: 2, stderr: expect.stringMatching(/could not be written/) });
    const full = execFileSync('sh', ['-c', '"$0" "$1" meminfo 2>&1 >/dev/full; echo $?', process.execPath, cli], {
      encoding: 'utf8',
    });
    expect(full).toMatch(/standard output could not be written: ENOSPC.*\n2\n$/s);
  });

  test.runIf(hasTool('script'))('on a terminal: one line that is written over, and never wraps', () => {
    const pid = subjects.start(['hold', '1']);
    const command = `stty cols 44; exec '${process.execPath}' '${cli}' watch -p ${pid} -i 0.2 -d 1`;
    const text = execFileSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' },
      timeout: 15_000,
    });
    const rewritten = text.split('\r\x1b[K').slice(1);
    expect(rewritten.length).toBeGreaterThanOrEqual(4);
    for (const part of rewritten) expect((part.split('\r')[0] ?? '').length).toBeLessThan(44);
    expect(text).toMatch(/No verdict yet/);
  });

  test.runIf(hasTool('python3'))('a terminal that is closed ends it by the hang-up, not by an abort', () => {
    const script = `
import os, pty, signal, sys, time
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
while b'MemAvailable' not in os.read(fd, 65536): pass
os.close(fd)
print(os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGHUP)
`;
    const args = ['-c', script, process.execPath, cli, 'watch', '-i', '0.2', '-T', 'command:sh'];
    expect(execFileSync('python3', args, { encoding: 'utf8', timeout: 15_000 })).toBe('True\n');
  });

  test('through a shell, as on another machine, and what can’t be reached', async () => {
    const pid = subjects.start(['hold', '10']);
    await pause(300);
    const done = await run('watch', '-T', 'command:sh', '-p', String(pid), '-d', '1', '-i', '0.2', '-f', 'ndjson');
    expect(done.status).toBe(0);
    const sample = done.stdout.split('\n').find((line) => line.includes('"kind":"sample"')) ?? '{}';
    expect((JSON.parse(sample) as { ussBytes: number }).ussBytes).toBeGreaterThan(10 << 20);
    const failed = await run('ps', '-T', 'command:false');
    expect(failed).toMatchObject({ status: 2, stderr: expect.stringMatching(/command:false/) });
    const bad = await run('meminfo', '-T', 'ssh:-oProxyCommand=touch x');
    expect(bad).toMatchObject({ status: 2, stderr: expect.stringMatching(/may not begin with "-"/) });
  });

  test('what a target says while it fails can not drive the terminal', async () => {
    const said = "printf 'sorry \\033]0;title\\007\\r\\nnot here\\n' >&2; exit 3";
    const done = await run('meminfo', '-T', `command:sh -c "${said}"`);
    expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('sorry \\x1b]0;title\\x07\nnot here\n') });
    expect(done.stderr).not.toContain('\x1b');
  });
});
