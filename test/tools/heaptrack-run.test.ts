// A program under heaptrack from its start, however it ends.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Command } from '../../src/app/ports.js';
import { type ProfileOutcome, Profiler } from '../../src/app/profile.js';
import { startRecorder } from '../../src/app/run-recorder.js';
import { CancelSource } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import type { RunConfig } from '../../src/model/run-config.js';
import type { NamedTarget } from '../../src/model/target-config.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { createTarget } from '../../src/node/targets.js';
import { nodeUnpackers } from '../../src/node/unpack.js';
import { silentLog } from '../silent-log.js';
import { KeptOutput, runOf } from './kept-output.js';
import { processesWith, until } from './processes.js';
import { cli, memlens } from './program-cases.js';
import { noSshd, startSshd } from './servers.js';

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const media = (name: string): string => join(import.meta.dirname, '../../media', name);

let dir: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-heaptrack-')));
  // Of our runs alone; and what they start can be told by it.
  vi.stubEnv('TMPDIR', dir);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

interface Begun {
  readonly ended: Promise<ProfileOutcome>;
  readonly stop: CancelSource;
  readonly cancel: CancelSource;
  readonly fault: Promise<Fault | undefined>;
  output(): string;
  shownBy(): number;
}

const targets: ReturnType<typeof createTarget>[] = [];
const begun: Begun[] = [];
afterEach(async () => {
  for (const { cancel, fault } of begun.splice(0)) {
    cancel.cancel();
    await fault;
  }
});

function begin(text: string, config: Partial<RunConfig> = {}, target?: NamedTarget, sshConfigFile?: string): Begun {
  const file = join(dir, `program${begun.length}.c`);
  writeFileSync(
    file,
    `#define _GNU_SOURCE\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n${text}`,
  );
  const stage = new KeptOutput('exit');
  const stop = new CancelSource();
  const cancel = new CancelSource();
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage,
    clock: nodeClock,
    log: silentLog,
    helpers: { companion: media('companion.c'), stlHeader: media('stl-in-program.hpp'), cache: join(dir, 'cache') },
    unpackers: nodeUnpackers,
    tools: () => ({ c: 'gcc' }),
    openTarget: (named) => {
      const opened = createTarget(named, { log: silentLog, ...(sshConfigFile === undefined ? {} : { sshConfigFile }) });
      targets.push(opened);
      return opened;
    },
    confirmCopy: () => Promise.resolve(true),
  });
  const done = profiler.profile(
    runOf({
      subject: { form: 'source', file },
      ...(target === undefined ? {} : { target }),
      cwd: dir,
      engine: 'heaptrack',
      workspaceFolders: [dir],
      ...config,
    }),
    { progress: { phase: () => undefined }, stop, cancel },
  );
  const run: Begun = {
    ended: done.then((outcome) => {
      if (!outcome.ok) throw new Error(`${JSON.stringify(outcome.error)} after ${stage.text}`);
      return outcome.value;
    }),
    fault: done.then((outcome) => (outcome.ok ? undefined : outcome.error)),
    stop,
    cancel,
    output: () => stage.text,
    shownBy: () => stage.pid,
  };
  run.ended.catch(() => undefined);
  begun.push(run);
  return run;
}

const codes = ({ report }: ProfileOutcome): readonly string[] => report.notes.map(({ code }) => code);
/** All that our runs have started and that is still there. */
const left = (): string[] => processesWith(dir).map((line) => line.slice(0, 80));
/** Line 8 of the program: the first one behind the includes is 7. */
const LOSE = '__attribute__((noinline)) static void lose(size_t size) {\n  char *block = malloc(size); block[0] = 1;\n}\n';
const LINE = 8;

describe.skipIf(!has('heaptrack') || !has('gcc'))('a program under heaptrack', () => {
  test('what it has not freed, and all of its heap', async () => {
    const run = begin(`${LOSE}int main(void) {
  for (int i = 0; i < 10; i++) { lose(100); free(malloc(5000)); }
  puts(getenv("LD_PRELOAD") == NULL ? "plain" : getenv("LD_PRELOAD"));
  return 3;
}`);
    const done = await run.ended;
    expect(done.report.run).toMatchObject({ engine: 'heaptrack', exit: { exitCode: 3 } });
    expect(done.report.findings).toMatchObject([{ leakKind: 'unfreed', bytes: 1000, blocks: 10, place: { line: LINE } }]);
    expect(done.report.partial).toBe(false);
    expect(codes(done)).not.toContain('record-cut');
    const profile = done.profile!;
    const whole = (quantity: string, unit: string): number =>
      profile.self[profile.measures.findIndex((one) => one.quantity === quantity && one.unit === unit)]!.reduce(
        (a, b) => a + b,
        0,
      );
    expect(whole('temporary', 'count')).toBeGreaterThanOrEqual(10);
    expect(whole('total', 'bytes')).toBeGreaterThanOrEqual(51_000);
    expect(profile.command).toMatch(/program\d\.c$/);
    expect(left()).toEqual([]);
  });

  test('a crash leaves all but the last piece of the record', async () => {
    const done = await begin(`${LOSE}int main(void) { for (int i = 0; i < 10000; i++) lose(10); abort(); }`).ended;
    expect(done.report.run?.exit).toMatchObject({ signal: 'SIGABRT' });
    expect(codes(done)).toEqual(expect.arrayContaining(['crashed', 'record-cut', 'in-use']));
    const [finding] = done.report.findings;
    expect(finding).toMatchObject({ leakKind: 'unfreed', place: { line: LINE } });
    // A line of a record has four bytes at least: there are less than 1,024 in a piece.
    expect(finding!.blocks!).toBeGreaterThan(10_000 - 1024);
    expect(finding!.bytes).toBe(10 * finding!.blocks!);
    expect(left()).toEqual([]);
  });

  test.each([
    ['Stop', 0],
    ['the time limit', 2000],
  ])('%s keeps everything until then', async (_name, timeLimitMs) => {
    const run = begin(`${LOSE}int main(void) { lose(4321); puts("ready"); fflush(stdout); for (;;) pause(); }`, { timeLimitMs });
    await until(() => run.output().includes('ready'), 60_000);
    if (timeLimitMs === 0) run.stop.cancel();
    const done = await run.ended;
    expect(done.report.findings).toMatchObject([{ bytes: 4321, blocks: 1, place: { line: LINE } }]);
    expect(codes(done)).toEqual(expect.arrayContaining([timeLimitMs === 0 ? 'stopped' : 'time-limit', 'in-use']));
    expect(codes(done)).not.toContain('record-cut');
    expect(left()).toEqual([]);
  });

  test('one that ignores SIGTERM is ended, and its record is read to the end', async () => {
    const run = begin(
      `${LOSE}int main(void) { signal(SIGTERM, SIG_IGN); lose(4321); puts("ready"); fflush(stdout); for (;;) pause(); }`,
    );
    await until(() => run.output().includes('ready'), 60_000);
    run.stop.cancel();
    const done = await run.ended;
    expect(done.report.run?.exit).toMatchObject({ signal: 'SIGKILL' });
    expect(done.report.findings).toMatchObject([{ bytes: 4321 }]);
  });

  test('a cancel ends all of it at once', async () => {
    const run = begin(`int main(void) { puts("ready"); fflush(stdout); for (;;) free(malloc(10)); }`);
    await until(() => run.output().includes('ready'), 60_000);
    run.cancel.cancel();
    expect(await run.fault).toEqual({ code: 'cancelled' });
    await until(left);
  });

  test('a child that goes on is not waited for by the record', async () => {
    const done = await begin(`${LOSE}int main(void) { lose(50); if (fork() == 0) { lose(60); sleep(600); } return 0; }`).ended;
    expect(done.report.findings).toMatchObject([{ bytes: 50 }]);
    expect(codes(done)).toContain('left-behind');
    expect(done.report.notes.find(({ code }) => code === 'left-behind')?.text).toMatch(/^A process /);
    expect(left()).toEqual([]);
  });

  test('nor is one that has left its session', async () => {
    const run = begin(`${LOSE}int main(void) {
  lose(50);
  pid_t child = fork();
  if (child == 0) { setsid(); sleep(600); }
  printf("child %d\\n", (int)child);
  return 0;
}`);
    const done = await run.ended;
    const child = Number(/child (\d+)/.exec(run.output())?.[1]);
    try {
      // It goes on as it would have, and the FIFO that it has open has no reader.
      expect(existsSync(`/proc/${child}`)).toBe(true);
      expect(done.report.findings).toMatchObject([{ bytes: 50 }]);
      expect(left().filter((line) => !line.startsWith(`${child}:`))).toEqual([]);
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });

  test('a program that becomes another one is not recorded, and that is said', async () => {
    const done = await begin(`${LOSE}int main(void) { lose(50); execl("/bin/sh", "sh", "-c", "exit 7", NULL); return 1; }`).ended;
    expect(done.report.run?.exit).toMatchObject({ exitCode: 7 });
    expect(done.report.findings).toEqual([]);
    expect(done.profile).toBeUndefined();
    expect(done.report.notes).toContainEqual(expect.objectContaining({ severity: 'error', code: 'no-report' }));
  });

  test('suppressions and options are told to be unused', async () => {
    const config = { suppressions: { valgrind: ['/no/such'], lsan: [] }, engineOptions: ['--raw'] };
    const done = await begin('int main(void) { return 0; }', config).ended;
    expect(codes(done)).toEqual(expect.arrayContaining(['suppressions-unfit', 'options-unfit']));
  });

  test('what its user preloads goes behind it', async () => {
    const library = join(dir, 'mine.so');
    writeFileSync(join(dir, 'mine.c'), 'int answer(void) { return 42; }\n');
    execFileSync('gcc', ['-shared', '-fPIC', '-o', library, join(dir, 'mine.c')]);
    const run = begin(
      `#include <dlfcn.h>\n${LOSE}int main(void) { lose(50); int (*answer)(void) = dlsym(RTLD_DEFAULT, "answer"); return answer ? answer() : 1; }`,
      {
        env: { LD_PRELOAD: library },
        compilerFlags: ['-ldl'],
      },
    );
    const done = await run.ended;
    expect(done.report.run?.exit).toMatchObject({ exitCode: 42 });
    expect(done.report.findings).toMatchObject([{ bytes: 50 }]);
  });

  test('on a target: a copy of the program, with the names of this machine', async () => {
    const target = { name: 'board', config: { kind: 'command', argv: ['sh'] } } as const;
    const done = await begin(`${LOSE}int main(void) { lose(50); return 4; }`, {}, target).ended;
    expect(done.report.run?.exit).toMatchObject({ exitCode: 4 });
    expect(done.report.findings).toMatchObject([{ bytes: 50, place: { file: expect.stringContaining(dir), line: LINE } }]);
    expect(codes(done)).toContain('ran-on-target');
    expect(done.profile?.texts.filter((text) => text.startsWith('/dev/shm/memlens-run'))).toEqual([]);
    await until(left);
  });

  test('on a target, by Stop', async () => {
    const target = { name: 'board', config: { kind: 'command', argv: ['sh'] } } as const;
    const run = begin(`${LOSE}int main(void) { lose(4321); puts("ready"); fflush(stdout); for (;;) pause(); }`, {}, target);
    await until(() => run.output().includes('ready'), 60_000);
    run.stop.cancel();
    const done = await run.ended;
    expect(done.report.findings).toMatchObject([{ bytes: 4321, place: { line: LINE } }]);
    await until(left);
  });

  test.skipIf(noSshd !== undefined)(
    `on a target, until its connection is lost${noSshd === undefined ? '' : ` (${noSshd})`}`,
    async () => {
      const server = await startSshd();
      try {
        const target = { name: 'board', config: { kind: 'ssh', host: server.alias } } as const;
        const program = `${LOSE}int main(void) {
  for (int i = 0; i < 2000; i++) lose(1000);
  puts("ready");
  fflush(stdout);
  for (;;) pause();
}`;
        const run = begin(program, {}, target, server.configFile);
        await until(() => run.output().includes('ready'), 60_000);
        process.kill(run.shownBy(), 'SIGKILL');
        const done = await run.ended;
        expect(codes(done)).toEqual(expect.arrayContaining(['connection-lost']));
        // The program was ended there, and what it had written of its record is read.
        const [finding] = done.report.findings;
        expect(finding).toMatchObject({ leakKind: 'unfreed', place: { line: LINE } });
        expect(finding!.bytes).toBe(1000 * finding!.blocks!);
        expect(finding!.blocks!).toBeGreaterThan(2000 - 1024);
      } finally {
        for (const target of targets.splice(0)) target.dispose();
        await server.stop();
      }
      await until(left);
    },
  );
});

/** Any program may stand in for the interpreter. */
describe.each(['dash', 'bash', 'busybox'])('what records a run, when sh is %s', (shell) => {
  const target = new LocalTarget();
  const words = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
  /** As the machine's, with another /bin/sh. */
  const there = Object.assign(Object.create(target) as LocalTarget, {
    stream: (command: Command, listener: Parameters<LocalTarget['stream']>[1]) =>
      target.stream({ ...command, argv: [...words, ...command.argv.slice(1)] }, listener),
  });
  const record = async (...argv: readonly string[]) => {
    const reportDir = mkdtempSync(join(dir, 'recorder-'));
    const plan = { fifo: 'allocations', report: 'heaptrack.txt', argv, settleMs: 1 };
    const cancel = new CancelSource();
    const started = await startRecorder({ target: there, clock: nodeClock, plan, reportDir, debuginfod: 'off', cancel });
    if (!started.ok) throw new Error(JSON.stringify(started.error));
    const fifo = join(reportDir, 'allocations');
    return {
      recorder: started.value,
      reportDir,
      /** Writes a megabyte to the FIFO. */
      write: () => spawnSync('dd', ['if=/dev/zero', `of=${fifo}`, 'bs=4096', 'count=256', 'status=none']),
      report: () => gunzipSync(readFileSync(join(reportDir, 'heaptrack.txt'))),
      left: () => processesWith(reportDir).map((line) => line.slice(0, 40)),
    };
  };
  const run = test.skipIf(!has(words[0] as string));

  run('reads all that is written', async () => {
    const { recorder, write, report, left } = await record('cat');
    expect(write().status).toBe(0);
    await recorder.finish();
    expect(report()).toHaveLength(1 << 20);
    expect(left()).toEqual([]);
  });

  run('ends when nobody has written', async () => {
    const { recorder, report, left } = await record('cat');
    await recorder.finish();
    expect(report()).toHaveLength(0);
    expect(left()).toEqual([]);
  });

  run.each([
    ['ends at once', 'true'],
    ['is not there', '/no/such/program'],
  ])('one whose interpreter %s takes all, so that the program is not ended by SIGPIPE', async (_name, interpreter) => {
    const { recorder, write, left } = await record(interpreter);
    expect(write()).toMatchObject({ status: 0, signal: null });
    await recorder.finish();
    expect(left()).toEqual([]);
  });

  run('waits for an interpreter that is at work', async () => {
    // It uses its processor for longer than nothing may happen.
    const busy = 'cat >/dev/null; n=0; while [ $n -lt 2000000 ]; do n=$((n + 1)); done; echo done';
    const { recorder, write, report } = await record(...words, '-c', busy);
    expect(write().status).toBe(0);
    await recorder.finish();
    expect(report().toString()).toBe('done\n');
  });

  run('without us it reads on, and goes with the directory of the run', async () => {
    const { recorder, reportDir, write, left } = await record('cat');
    // Something has the FIFO open all the time.
    const holder = spawn('sh', ['-c', 'exec 3>"$1"; echo ready; read x', 'sh', join(reportDir, 'allocations')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    recorder.dispose();
    expect(write().status).toBe(0);
    expect(left().length).toBeGreaterThan(1);
    rmSync(reportDir, { recursive: true });
    await until(() => left().filter((line) => !line.startsWith(`${holder.pid}:`)));
    holder.kill('SIGKILL');
  });
});

describe.skipIf(!has('heaptrack') || !has('gcc') || !existsSync(cli))('memlens profile --engine heaptrack', () => {
  test('--heap keeps the profile, and memlens heap opens it', async () => {
    const source = join(dir, 'kept.c');
    writeFileSync(
      source,
      `#include <stdlib.h>\nint main(void) {\n  char *block = malloc(777);\n  block[0] = 1;\n  return 0;\n}\n`,
    );
    const file = join(dir, 'kept.heap.json');
    const done = await memlens(['profile', source, '--engine', 'heaptrack', '--heap', file], { cwd: dir });
    expect(done.stderr).toBe('');
    expect(done.stdout).toMatch(/Not freed at the end: 777 bytes in 1 block/);
    expect(done.status).toBe(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ source: { format: 'heaptrack' } });
    const shown = await memlens(['heap', file, '--own-code'], { cwd: dir });
    expect(shown.status).toBe(0);
    expect(shown.stdout).toMatch(/main .*kept\.c:3/);
  });
});
