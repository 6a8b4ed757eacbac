// Outstanding allocations of real processes, by bpftrace. Each program has a libc of its own: probes of bpftrace are of all processes that use the same file.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveNews } from '../../src/app/live/live-way.js';
import { CancelSource } from '../../src/base/cancel.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog } from '../silent-log.js';
import { LivePrograms, lineOf, look, stateOf, tracerOf } from './live-programs.js';
import { processesWith, until } from './processes.js';
import { value } from './target-cases.js';

const isRoot = process.getuid?.() === 0;
/** BPF may be there and be forbidden, as in most containers: then the refusal is what is tested. */
const worksHere = isRoot && spawnSync('bpftrace', ['-e', 'BEGIN { exit(); }'], { timeout: 60_000 }).status === 0;
const isThere = spawnSync('bpftrace', ['--version']).error === undefined;

const programs = new LivePrograms();
afterAll(() => programs.clear());
let mapper: string;
let libraries: string;
beforeAll(() => {
  chmodSync(programs.directory, 0o755);
  mapper = programs.compile('mapper.c', ['-O0', '-fno-omit-frame-pointer']);
  libraries = `${programs.directory}/lib`;
  mkdirSync(libraries);
  const libc = /=> (\S*libc\.so\.6)/.exec(execFileSync('ldd', [mapper], { encoding: 'utf8' }))![1]!;
  copyFileSync(realpathSync(libc), `${libraries}/libc.so.6`);
});

const own = (): readonly string[] => ['env', `LD_LIBRARY_PATH=${libraries}`];
const lost = (): readonly unknown[] => ['lose_block', lineOf('mapper.c', '// lost block')];
const options = { way: 'memleak', without: ['memleak'], durationMs: 8000 } as const;
const leftBeside = (pid: number): string[] => processesWith(`-p ${pid} `).filter((line) => line.includes('bpftrace'));

/** The first bytes of malloc in a process: a probe is an instruction there. */
function mallocBytes(pid: number): string {
  const symbols = execFileSync('nm', ['-D', `${libraries}/libc.so.6`], { encoding: 'utf8' });
  const offset = Number.parseInt(/^([\da-f]+) \w malloc@@/m.exec(symbols)![1]!, 16);
  const maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
  const start = Number.parseInt(new RegExp(`^([\\da-f]+)-.*${libraries}/libc`, 'm').exec(maps)![1]!, 16);
  const at = String(start + offset);
  return execFileSync('dd', [`if=/proc/${pid}/mem`, 'bs=1', `skip=${at}`, 'count=8', 'status=none']).toString('hex');
}

async function endsWith7(child: Awaited<ReturnType<LivePrograms['start']>>): Promise<void> {
  expect(tracerOf(child.pid!)).toBe(0);
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
  await until(() => leftBeside(child.pid!));
}

function byBpftrace(): void {
  test('blocks that are not freed: the line, at every reading, and no probe is left', async () => {
    const child = await programs.start(mapper, ['blocks', '10'], own());
    const before = mallocBytes(child.pid!);
    const meanwhile: HeapProfile[] = [];
    const { outcome, report } = value(await look(child.pid!, { ...options, onProfile: (one) => meanwhile.push(one) }));
    expect(report.findings.map(({ place }) => [place?.function, place?.line])).toEqual([lost()]);
    expect(outcome.profile!.measures.map(({ quantity }) => quantity)).toEqual(['live', 'live', 'growth']);
    expect(outcome.profile!.timeline!.moments.length).toBeGreaterThanOrEqual(6);
    // Names are found for one at a time: some readings may be left out.
    expect(meanwhile.some(({ texts }) => texts.includes('lose_block'))).toBe(true);
    expect(outcome.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['ages', 'uprobes-page']));
    expect(mallocBytes(child.pid!)).toBe(before);
    await endsWith7(child);
  });

  test('one that frees what it allocates has no finding', async () => {
    const child = await programs.start(mapper, ['steady', '10'], own());
    const { report } = value(await look(child.pid!, options));
    expect(report.findings).toEqual([]);
    await endsWith7(child);
  });

  test('a program that has its allocator in itself', async () => {
    const linked = programs.compile('mapper.c', ['-O0', '-fno-omit-frame-pointer', '-static']);
    const child = await programs.start(linked, ['blocks', '10']);
    const { report } = value(await look(child.pid!, options));
    expect(report.findings.map(({ place }) => [place?.function, place?.line])).toEqual([lost()]);
    await endsWith7(child);
    execFileSync('strip', [linked]);
    const stripped = await programs.start(linked, ['blocks', '10']);
    expect(await look(stripped.pid!, options)).toMatchObject({
      ok: false,
      error: { code: 'engine-unfit', reason: expect.stringContaining('stripped') },
    });
    await endsWith7(stripped);
  });

  test('one that ends meanwhile, and one that is stopped', async () => {
    const child = await programs.start(mapper, ['ends', '50'], own());
    const ended = once(child, 'exit');
    const { outcome } = value(await look(child.pid!, { ...options, durationMs: 90_000 }));
    expect(await ended).toEqual([3, null]);
    expect(outcome.ended).toBe('exited');
    const stopped = await programs.start(mapper, ['blocks', '10'], own());
    stopped.kill('SIGSTOP');
    await until(() => stateOf(stopped.pid!) === 'T');
    value(await look(stopped.pid!, { ...options, durationMs: 2000 }));
    expect(stateOf(stopped.pid!)).toBe('T');
    stopped.kill('SIGCONT');
    await endsWith7(stopped);
  });

  test('Stop ends it: what was read until then is told', async () => {
    const child = await programs.start(mapper, ['blocks', '10'], own());
    const stop = new CancelSource();
    const before = mallocBytes(child.pid!);
    const onNews = ({ words }: Pick<LiveNews, 'words'>): void => {
      if (words?.startsWith('reading 3') === true) stop.cancel();
    };
    const { outcome } = value(await look(child.pid!, { ...options, stop, onNews }));
    expect(outcome.ended).toBe('user');
    expect(outcome.profile).toBeDefined();
    expect(mallocBytes(child.pid!)).toBe(before);
    await endsWith7(child);
  });
}

/** Kernels and containers differ: where it does not work, that is said. Of what it prints there are stored outputs (test/unit/formats/heap/memleak-readings.test.ts). */
function refused(): void {
  test('where BPF does not work it is refused in words', async () => {
    const child = await programs.start(mapper, ['blocks', '10'], own());
    const result = await look(child.pid!, options);
    expect(result).toMatchObject({ ok: false, error: { code: expect.stringMatching(/engine-unfit|tool-failed/) } });
    await endsWith7(child);
  });
}

describe.skipIf(!isThere)(isThere ? 'by bpftrace' : 'by bpftrace (it is not installed)', worksHere ? byBpftrace : refused);

test('where memleak is there it is taken: what it has printed is the profile', async () => {
  // Of libbpf-tools 0.26, which Debian packs without its memleak: what it printed of another program (test/fixtures/heap/libbpf-tools-0.26).
  const printed = join(import.meta.dirname, '../fixtures/heap/libbpf-tools-0.26/libbpf_memleak_noaddr.txt');
  const bin = join(programs.directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'memleak'), `#!/bin/sh\necho "$@" >"\${0%/*}/words"\ncat '${printed}'\nexec sleep 600\n`, {
    mode: 0o755,
  });
  const argv = ['env', `PATH=${bin}:${process.env['PATH'] ?? ''}`, 'sh'];
  const target = createTarget({ name: 'with-memleak', config: { kind: 'command', argv } }, { log: silentLog });
  const child = await programs.start(mapper, ['blocks', '50'], own());
  const { outcome } = value(await look(child.pid!, { ...options, without: ['bpftrace'], target, durationMs: 3000 }));
  target.dispose();
  expect(outcome.profile!.tool).toBe('memleak');
  expect(outcome.profile!.self[0]!.reduce((all, one) => all + one, 0)).toBeGreaterThan(0);
  expect(readFileSync(join(bin, 'words'), 'utf8')).toBe(`-p ${child.pid} -o 1000 -T 500 -O ${libraries}/libc.so.6 1\n`);
  expect(outcome.notes.map(({ code }) => code)).toEqual(['ages', 'large-blocks']);
  await endsWith7(child);
  await until(() => processesWith(`-p ${child.pid} `));
});

test('a machine without the tools is told which to install', async () => {
  const child = await programs.start(mapper, ['blocks', '50'], own());
  const result = await look(child.pid!, { ...options, without: ['memleak', 'bpftrace'] });
  expect(result).toMatchObject({ ok: false, error: { code: 'engine-unfit', remedy: expect.stringContaining('bpftrace') } });
  await endsWith7(child);
});
