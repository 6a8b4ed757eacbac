// Profile Memory on targets: programs run where they are reached by a command or by ssh, reports and symbols come back here.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CopyRequest } from '../../src/app/copy-files.js';
import type { Command, RemoteTarget, RunningProgram, Stage } from '../../src/app/ports.js';
import { type ProfileOutcome, Profiler } from '../../src/app/profile.js';
import type { ReaderSource } from '../../src/app/reader.js';
import { isRemote } from '../../src/app/remote-stage.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import { ok, type Result } from '../../src/base/result.js';
import { quoteWords } from '../../src/base/shell-words.js';
import type { Report } from '../../src/model/report.js';
import type { RunConfig } from '../../src/model/run-config.js';
import type { NamedTarget, TargetConfig } from '../../src/model/target-config.js';
import { commandRoute } from '../../src/node/command-target.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { processesOfSession } from '../../src/node/sessions.js';
import { ShellTarget } from '../../src/node/shell-target.js';
import { type Started, start } from '../../src/node/spawn.js';
import { createTarget } from '../../src/node/targets.js';
import { nodeUnpackers } from '../../src/node/unpack.js';
import { behindCable, noCable } from './cable.js';
import { runOf } from './kept-output.js';
import { processesWith } from './processes.js';
import { cli } from './program-cases.js';
import { type BusyBoxRoot, busyboxRoot, noDropbear, noSshd, type SshServer, startDropbear, startSshd } from './servers.js';

const noReader = async () => ({ ok: false, error: { code: 'cancelled' } }) as const;
const media = (name: string): string => join(import.meta.dirname, '../../media', name);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "memlens target's-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Pipes: what the program says is kept, and it is given `input` and then the end of it, or is left waiting. */
class PipeStage implements Stage {
  readonly form = 'pipes';
  output = '';
  client: Started | undefined;

  constructor(private readonly input: string | undefined = '') {}

  async start(command: Command): Promise<Result<RunningProgram, Fault>> {
    const started = await start(command, ['pipe', 'pipe', 'pipe']);
    if (!started.ok) return started;
    this.client = started.value;
    const { child, pid } = started.value;
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    if (this.input !== undefined) child.stdin?.end(this.input);
    const ended = new Promise<{ exitCode: number | null }>((resolve) => child.once('exit', (exitCode) => resolve({ exitCode })));
    return ok({ pid, ended });
  }
}

interface Wanted {
  readonly target: RemoteTarget;
  readonly named?: Partial<NamedTarget>;
  readonly stage?: Stage;
  readonly copy?: boolean;
  readonly config: Partial<RunConfig> & Pick<RunConfig, 'subject'>;
  readonly stop?: CancelSource;
  readonly cancel?: CancelSource;
  readonly onStarted?: (pid: number) => void;
}

const asked: CopyRequest[] = [];
const said: string[] = [];
// What a lost run has left is kept for a while: it is no fault of the next test.
beforeEach(() => {
  asked.splice(0);
  said.splice(0);
});

function profile(wanted: Wanted): Promise<Result<ProfileOutcome, Fault>> {
  const copy = wanted.copy ?? true;
  const log = (text: string): void => void said.push(text);
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage: wanted.stage ?? new PipeStage(),
    clock: nodeClock,
    log: { info: log, warn: log, error: log },
    helpers: { companion: media('companion.c'), stlHeader: media('stl-in-program.hpp'), cache: join(dir, 'cache') },
    unpackers: nodeUnpackers,
    tools: () => ({}),
    openTarget: () => wanted.target,
    ...(copy
      ? {
          confirmCopy: (request: CopyRequest) => {
            asked.push(request);
            return Promise.resolve(true);
          },
        }
      : {}),
  });
  return profiler.profile(
    runOf({
      name: 'test',
      target: { name: 'board', config: { kind: 'command', argv: [] } satisfies TargetConfig, ...wanted.named },
      cwd: dir,
      engine: 'auto',
      workspaceFolders: [dir],
      ...wanted.config,
    }),
    {
      progress: { phase: () => undefined },
      cancel: wanted.cancel ?? new CancelSource(),
      stop: wanted.stop ?? new CancelSource(),
      ...(wanted.onStarted === undefined ? {} : { onStarted: wanted.onStarted }),
    },
  );
}

function outcome(result: Result<ProfileOutcome, Fault>): ProfileOutcome {
  if (!result.ok) throw new Error(`${JSON.stringify(result.error)}\n${said.slice(-4).join('\n')}`);
  return result.value;
}

function source(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

const LEAKS = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
char *keep(size_t n) { return malloc(n); }
int main(int argc, char **argv) {
  char line[100] = "";
  keep(77);
  for (int i = 0; i < argc; i++) printf("argument %d: %s\\n", i, argv[i]);
  while (fgets(line, sizeof line, stdin)) printf("line: %s", line);
  fprintf(stderr, "variable: %s\\n", getenv("VARIABLE"));
  return argc > 1 ? atoi(argv[1]) : 0;
}
`;

const NEVER_ENDS = `#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
__attribute__((noinline)) void lose(void) { char *p = malloc(1000); p[0] = 1; }
__attribute__((noinline)) void scrub(void) { volatile char s[4096]; for (int i = 0; i < 4096; i++) s[i] = 0; }
int main(int argc, char **argv) {
  if (argc > 1) { volatile char *p = malloc(10); p[10] = 1; lose(); scrub(); }
  for (int i = 0; i < 20; i++) { lose(); scrub(); }
  if (fork() == 0) { signal(SIGHUP, SIG_IGN); signal(SIGTERM, SIG_IGN); }
  printf("ready\\n");
  fflush(stdout);
  for (;;) usleep(20000);
}
`;

/** Its child has the same blocks, and nothing points to them there either: each process is asked for its own. */
function expectLossesOfBoth({ findings }: Report): void {
  expect(findings).toMatchObject(findings.map(() => ({ kind: 'leak', blocks: 20, place: { line: 5 } })));
  expect(findings.length).toBeGreaterThan(0);
  expect(new Set(findings.map(({ pid }) => pid)).size).toBe(findings.length);
}

/** What the runs of a test have left there: their directories, and processes that name one. */
async function leftOn(target: RemoteTarget): Promise<string> {
  const names = said.flatMap((line) => /^the directory of the run on .*\/(memlens-run-\w+\.\d+)$/.exec(line)?.[1] ?? []);
  const look = `for n; do for f in /dev/shm/$n /tmp/$n /run/user/*/$n /var/tmp/$n; do [ -e "$f" ] && echo "$f"; done
    for p in /proc/[0-9]*; do if [ "$p" != "/proc/$$" ] && grep -q "$n" "$p/cmdline" 2>/dev/null; then tr '\\000' ' ' <"$p/cmdline"; echo; fi; done; done`;
  for (let i = 0; ; i++) {
    const found = await target.capture({ argv: ['sh', '-c', `${look} | grep -v "for n"`, 'sh', ...names] });
    if (!found.ok) throw new Error(JSON.stringify(found.error));
    if (found.value.stdout === '' || i === 20) return found.value.stdout;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Until the program of the run says that it is ready; a run that ends before is a failure. */
async function started(stage: PipeStage, running: Promise<Result<ProfileOutcome, Fault>>): Promise<void> {
  let over: string | undefined;
  void running.then((result) => {
    over = JSON.stringify(result);
  });
  await until(() => stage.output.includes('ready') || over !== undefined, 60_000);
  if (over !== undefined) throw new Error(`${over}\n${stage.output}`);
}

async function until(holds: () => boolean, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What must hold on every target. `kill` ends the connection of a run's stage as a lost line would. */
function cases(get: () => RemoteTarget): void {
  test('a source is built here, copied, run there, and its leak is found in the source here', async () => {
    const file = source("leak's $name.c", LEAKS);
    const stage = new PipeStage('first\nsecond "line"\n');
    const args = ['3', "it's $HOME\n", '', '"', '--', '*'];
    const { report } = outcome(
      await profile({
        target: get(),
        stage,
        config: { subject: { form: 'source', file }, args, env: { VARIABLE: 'a "b" $c' } },
      }),
    );
    expect(report.run).toMatchObject({ exit: { exitCode: 3 }, engine: 'asan' });
    expect(stage.output).toContain(
      `${args.map((word, i) => `argument ${i + 1}: ${word}\n`).join('')}line: first\nline: second "line"\n`,
    );
    expect(stage.output).toContain('variable: a "b" $c\n');
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ kind: 'leak', bytes: 77, place: { file, line: 4 } });
    expect(asked).toMatchObject([{ target: 'board', directory: expect.stringMatching(/\/memlens-run-/) }]);
    expect(report.notes.map(({ code }) => code)).toContain('ran-on-target');
    expect(await leftOn(get())).toBe('');
  });

  test('without agreement nothing is copied, and the next step is said', async () => {
    const file = source('leak.c', LEAKS);
    expect(await profile({ target: get(), copy: false, config: { subject: { form: 'source', file } } })).toMatchObject({
      error: { code: 'not-copied', target: 'board' },
    });
    expect(await leftOn(get())).toBe('');
  });

  test('Stop ends it there, with a leak check first and with all that it has started', async () => {
    const stop = new CancelSource();
    const stage = new PipeStage(undefined);
    let leader = 0;
    const running = profile({
      target: get(),
      stage,
      stop,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) } },
      onStarted: (pid) => {
        leader = pid;
      },
    });
    await started(stage, running);
    await until(() => leader > 0, 60_000);
    stop.cancel();
    const { report } = outcome(await running);
    expect(report.run).toMatchObject({ stopped: 'user' });
    expectLossesOfBoth(report);
    expect(await leftOn(get())).toBe('');
  });

  test('the time limit ends it there', async () => {
    const { report } = outcome(
      await profile({
        target: get(),
        stage: new PipeStage(undefined),
        config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) }, timeLimitMs: 2500 },
      }),
    );
    expect(report.run).toMatchObject({ stopped: 'time-limit' });
    expect(report.findings[0]).toMatchObject({ kind: 'leak', place: { line: 5 } });
    expect(await leftOn(get())).toBe('');
  });

  test('cancel ends it at once', async () => {
    const cancel = new CancelSource();
    const stage = new PipeStage(undefined);
    const running = profile({
      target: get(),
      stage,
      cancel,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) } },
    });
    await started(stage, running);
    cancel.cancel();
    expect(await running).toMatchObject({ error: { code: 'cancelled' } });
    expect(await leftOn(get())).toBe('');
  });

  test('the connection of the program is killed: it is ended there, and what it has reported is kept', async () => {
    const stage = new PipeStage(undefined);
    const running = profile({
      target: get(),
      stage,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) }, args: ['error'] },
    });
    await started(stage, running);
    for (const pid of await processesOfSession(stage.client?.pid ?? 0)) process.kill(pid, 'SIGKILL');
    const { report } = outcome(await running);
    expect(report.notes).toContainEqual(expect.objectContaining({ severity: 'error', code: 'connection-lost' }));
    expect(report.partial).toBe(true);
    expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'heap-buffer-overflow' }));
    expect(await leftOn(get())).toBe('');
  });
}

describe('by a command', () => {
  const target = new ShellTarget(commandRoute(['env', '-i', `PATH=${process.env.PATH}`, 'sh']), noReader);
  cases(() => target);

  test('zsh, with what its user has set', async () => {
    const zsh = new ShellTarget(commandRoute(['zsh', '-f', '-o', 'nomatch', '-o', 'nounset']), noReader);
    const file = source('leak.c', LEAKS);
    const { report } = outcome(await profile({ target: zsh, config: { subject: { form: 'source', file } } }));
    expect(report.findings).toMatchObject([{ kind: 'leak', bytes: 77, place: { file, line: 4 } }]);
    expect(await leftOn(zsh)).toBe('');
  });
});

/** The loader and the libraries of `programs`, under the same names in a root directory. */
function copyLibraries(root: string, ...programs: readonly string[]): void {
  for (const program of programs) {
    for (const [library] of execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/\/\S+/g)) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      // The server itself has mapped some of them.
      if (!existsSync(join(root, library))) copyFileSync(library, join(root, library));
    }
  }
}

function compiled(name: string, text: string, ...flags: readonly string[]): string {
  const output = join(dir, name.replace(/\.c$/, ''));
  execFileSync('gcc', ['-g', '-O0', source(name, text), '-o', output, ...flags]);
  return output;
}

const opened: { dispose(): void }[] = [];
const servers: SshServer[] = [];
afterAll(async () => {
  for (const target of opened) target.dispose();
  for (const server of servers) await server.stop();
});

function open(server: SshServer): RemoteTarget {
  servers.push(server);
  const target = createTarget(
    { name: 'board', config: { kind: 'ssh', host: server.alias } },
    { log: { info: () => undefined, warn: () => undefined, error: () => undefined }, sshConfigFile: server.configFile },
  );
  opened.push(target);
  if (!isRemote(target)) throw new Error('it is no other machine');
  return target;
}

describe.skipIf(noSshd !== undefined)('OpenSSH', () => {
  let target: RemoteTarget;
  beforeAll(async () => {
    target = open(await startSshd());
  });
  cases(() => target);
});

describe.skipIf(noSshd !== undefined)('OpenSSH that takes one session in a connection', () => {
  test('a run beside the reader, and another one', async () => {
    const target = open(await startSshd({ server: ['MaxSessions 1'] }));
    const reader = await (target as RemoteTarget & ReaderSource).openReader(neverCancelled);
    expect(reader.ok).toBe(true);
    const file = source('leak.c', LEAKS);
    for (const input of ['one\n', 'two\n']) {
      const stage = new PipeStage(input);
      const { report } = outcome(await profile({ target, stage, config: { subject: { form: 'source', file } } }));
      expect(report.findings).toMatchObject([{ kind: 'leak', bytes: 77, place: { file, line: 4 } }]);
      expect(report.notes.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(stage.output).toContain(`line: ${input}`);
      expect(stage.output).not.toContain('Session open refused');
    }
    if (reader.ok) reader.value.dispose();
    expect(await leftOn(target)).toBe('');
  });

  test('a run whose session takes the only one: it is ended by Stop through another connection', async () => {
    const target = open(await startSshd({ server: ['MaxSessions 1'] }));
    const stop = new CancelSource();
    const stage = new PipeStage(undefined);
    const running = profile({
      target,
      stage,
      stop,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) } },
    });
    await started(stage, running);
    stop.cancel();
    expect(outcome(await running).report.run).toMatchObject({ stopped: 'user' });
    expect(await leftOn(target)).toBe('');
  });
});

describe.skipIf(noDropbear !== undefined)('dropbear, with BusyBox and the C library only', () => {
  let target: RemoteTarget;
  beforeAll(async () => {
    const server = await startDropbear();
    target = open(server);
    copyLibraries(realpathSync(`/proc/${server.pid}/root`), compiled('any.c', LEAKS, '-fsanitize=address', '-static-libasan'));
  });
  cases(() => target);
});

describe.skipIf(noDropbear !== undefined)('dropbear, without setsid', () => {
  let target: RemoteTarget;
  beforeAll(async () => {
    const server = await startDropbear({ without: ['setsid'] });
    target = open(server);
    copyLibraries(realpathSync(`/proc/${server.pid}/root`), compiled('any.c', LEAKS, '-fsanitize=address', '-static-libasan'));
  });
  cases(() => target);
});

/** A terminal: what is typed comes by `type`. */
class TerminalStage implements Stage {
  output = '';
  client: Started | undefined;

  constructor(readonly form: 'terminal' | 'shared-terminal') {}

  async start(command: Command): Promise<Result<RunningProgram, Fault>> {
    const started = await start({ argv: ['script', '-qfec', quoteWords(command.argv), '/dev/null'] }, [
      'pipe',
      'pipe',
      'inherit',
    ]);
    if (!started.ok) return started;
    this.client = started.value;
    started.value.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    return ok({ pid: started.value.pid, ended: started.value.ended });
  }

  type(text: string): void {
    this.client?.child.stdin?.write(text);
  }
}

const TERMINAL = `#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
char *keep(void) { return malloc(33); }
int main(void) {
  char line[100];
  keep();
  printf("terminals: %d %d %d\\n", isatty(0), isatty(1), isatty(2));
  while (fgets(line, sizeof line, stdin)) printf("<%s>", line);
  return 4;
}
`;

describe.skipIf(noSshd !== undefined)('a terminal over ssh', () => {
  let target: RemoteTarget;
  beforeAll(async () => {
    target = open(await startSshd());
  });
  const subject = (): RunConfig['subject'] => ({ form: 'source', file: source('terminal.c', TERMINAL) });

  test.each(['terminal', 'shared-terminal'] as const)(
    '%s: the program has one there, and its input is what is typed',
    async (form) => {
      const stage = new TerminalStage(form);
      const running = profile({ target, stage, config: { subject: subject() } });
      await until(() => stage.output.includes('terminals: 1 1 1'), 60_000);
      stage.type('ünï "x"\n');
      await until(() => stage.output.includes('<ünï "x"'), 30_000);
      stage.type('\x04');
      const { report } = outcome(await running);
      expect(report.run).toMatchObject({ exit: { exitCode: 4 } });
      expect(report.findings).toMatchObject([{ kind: 'leak', bytes: 33 }]);
      expect(await leftOn(target)).toBe('');
    },
  );

  test('Ctrl-C is the key of a program in a terminal of its own', async () => {
    const stage = new TerminalStage('terminal');
    const running = profile({ target, stage, config: { subject: subject() } });
    await until(() => stage.output.includes('terminals: 1 1 1'), 60_000);
    stage.type('\x03');
    expect(outcome(await running).report.run).toMatchObject({ exit: { exitCode: null, signal: 'SIGINT' } });
    expect(await leftOn(target)).toBe('');
  });

  test('a terminal that is closed ends the program, which is asked for its leaks', async () => {
    const stage = new TerminalStage('terminal');
    const running = profile({
      target,
      stage,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) } },
    });
    await until(() => stage.output.includes('ready'), 60_000);
    process.kill(stage.client?.pid ?? 0, 'SIGKILL');
    const { report } = outcome(await running);
    expect(report.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['connection-lost', 'checked-at-stop']));
    expectLossesOfBoth(report);
    expect(await leftOn(target)).toBe('');
  });
});

/** A server and the processes that serve its connections. */
function daemons(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const own = children.filter((child) => readFileSync(`/proc/${child}/comm`, 'utf8').startsWith('sshd'));
  return [pid, ...own.flatMap(daemons)];
}

describe.skipIf(noSshd !== undefined)('a server that goes', () => {
  test('what had come of the report is shown, and the program is ended by what we left there', async () => {
    const server = await startSshd();
    const target = open(server);
    const stage = new PipeStage(undefined);
    const running = profile({
      target,
      stage,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) }, args: ['error'] },
    });
    await started(stage, running);
    // The reports are fetched every five seconds.
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    const name = asked[0]?.directory ?? 'none';
    expect(processesWith(`${name}/never`)).not.toEqual([]);
    // Only the server: what it has started goes on, unless it ends by itself.
    for (const pid of daemons(server.pid)) process.kill(pid, 'SIGKILL');
    const { report } = outcome(await running);
    expect(report.notes).toContainEqual(expect.objectContaining({ severity: 'error', code: 'connection-lost' }));
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'heap-buffer-overflow', place: expect.objectContaining({ line: 8 }) }),
    );
    await until(() => processesWith(`${name}/never`).length === 0, 30_000);
    await until(() => !existsSync(name), 60_000);
    await until(() => processesWith(name).length === 0, 5_000);
  });
});

describe.skipIf(noCable !== undefined)(`a cable that is pulled${noCable === undefined ? '' : ` (${noCable})`}`, () => {
  const cleanUp: (() => unknown)[] = [];
  afterAll(async () => {
    for (const action of cleanUp.splice(0).reverse()) await action();
  });

  test('a run with a time limit ends here, and what we left there ends the program and removes its directory', async () => {
    const cable = await behindCable(cleanUp);
    const target = createTarget(
      { name: 'board', config: { kind: 'ssh', host: cable.server.alias } },
      { log: { info: () => undefined, warn: () => undefined, error: () => undefined }, sshConfigFile: cable.server.configFile },
    );
    cleanUp.push(() => target.dispose());
    if (!isRemote(target)) throw new Error('it is no other machine');
    const stage = new PipeStage(undefined);
    const running = profile({
      target,
      stage,
      config: { subject: { form: 'source', file: source('never.c', NEVER_ENDS) }, timeLimitMs: 4000 },
    });
    await started(stage, running);
    const name = asked[0]?.directory ?? 'none';
    const programs = (): readonly string[] => processesWith(`${name}/never`);
    // The guard has begun, too.
    await until(() => processesWith('beat').some((line) => line.includes(name)), 30_000);
    cable.pull();
    expect(programs()).not.toEqual([]);
    const began = performance.now();
    // What had come of the report before, or that there is none.
    expect(JSON.stringify(await running)).toMatch(/"code":"(connection-lost|target-unreachable)"/);
    expect(performance.now() - began).toBeLessThan(90_000);
    // A minute without a sign of life, ten seconds for the program, half a minute in which we might have come back.
    await until(() => programs().length === 0, 120_000);
    await until(() => !existsSync(name), 60_000);
    await until(() => processesWith(name).length === 0, 20_000);
  });
});

describe('the command line', () => {
  const options = ['--target', 'command:env -i sh', '--engine', 'asan'];

  test('--copy agrees; without it, the next step is said; the exit status tells of findings', () => {
    const file = source('leak.c', LEAKS);
    const run = (...more: readonly string[]) =>
      spawnSync(process.execPath, [cli, 'profile', ...options, file, ...more], { encoding: 'utf8', input: 'typed\n', cwd: dir });
    const refused = run();
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('Add --copy');
    const done = run('--copy', '--', '5', 'x y');
    expect(done.stdout).toContain('argument 2: x y\nline: typed\n');
    expect(done.stdout).toContain('leak.c:4');
    expect(done.status).toBe(1);
  });

  test('when MemLens itself is killed, the program is ended there', async () => {
    const file = source('never.c', NEVER_ENDS);
    const child = spawn(process.execPath, [cli, 'profile', ...options, '--copy', '--verbose', file], { cwd: dir });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('ready'), 60_000);
    const name = /memlens-run-\w+\.\d+/.exec(output)?.[0] ?? 'none';
    const programs = (): readonly string[] => processesWith(`${name}/never`);
    // The guard has begun, too.
    await until(() => processesWith('beat').some((line) => line.includes(name)), 30_000);
    expect(programs()).not.toEqual([]);
    child.kill('SIGKILL');
    await until(() => programs().length === 0, 30_000);
    await until(() => processesWith(name).length === 0, 60_000);
    expect(existsSync(`/dev/shm/${name}`)).toBe(false);
  });
});

/** A root directory with BusyBox only, in which nothing but a shell is reached. */
describe.skipIf(noDropbear !== undefined)('what is missing on a target', () => {
  let root: BusyBoxRoot;
  let target: RemoteTarget;
  beforeAll(() => {
    root = busyboxRoot();
    target = new ShellTarget(commandRoute(['chroot', root.directory, '/bin/sh']), noReader);
  });
  afterAll(() => root.stop());
  const leak = (): RunConfig['subject'] => ({ form: 'source', file: source('leak.c', LEAKS) });

  test('the loader', async () => {
    const done = await profile({ target, config: { subject: leak() } });
    expect(done).toMatchObject({
      error: { code: 'libraries-missing', target: 'board', libraries: [expect.stringMatching(/ld-linux/)] },
    });
    expect(await leftOn(target)).toBe('');
  });

  test('a library; with it, the program runs', async () => {
    const program = compiled('linked.c', LEAKS, '-fsanitize=address');
    copyLibraries(root.directory, program);
    const asan = execFileSync(
      'sh',
      ['-c', 'ls "$1"/lib/*/libasan* "$1"/usr/lib/*/libasan* 2>/dev/null || true', 'sh', root.directory],
      { encoding: 'utf8' },
    );
    const library = asan.trim();
    renameSync(library, `${library}.away`);
    const config = { subject: { form: 'program', path: program }, cwd: '/root' } as const;
    expect(await profile({ target, config })).toMatchObject({
      error: { code: 'libraries-missing', libraries: ['libasan.so.8'] },
    });
    renameSync(`${library}.away`, library);
    const { report } = outcome(await profile({ target, config }));
    expect(report.findings).toMatchObject([{ kind: 'leak', bytes: 77 }]);
    expect(report.findings[0]?.place).toMatchObject({ line: 4 });
    expect(report.notes.map(({ code }) => code)).not.toContain('no-such-directory');
    expect(await leftOn(target)).toBe('');
  });

  test('valgrind', async () => {
    expect(await profile({ target, config: { subject: leak(), engine: 'memcheck' } })).toMatchObject({
      error: { code: 'engine-unfit', reason: 'Valgrind is not installed.' },
    });
  });

  test('the program, here and there', async () => {
    const subject = { form: 'program', path: join(dir, 'no such') } as const;
    expect(await profile({ target, config: { subject } })).toMatchObject({ error: { code: 'not-found', what: 'program' } });
  });

  test('a directory that takes a program', async () => {
    const away = ['tmp', 'var/tmp'].map((name) => join(root.directory, name)).filter(existsSync);
    for (const path of away) renameSync(path, `${path}.away`);
    const done = await profile({ target, config: { subject: leak() } });
    for (const path of away) renameSync(`${path}.away`, path);
    expect(done).toMatchObject({ error: { code: 'no-run-place', why: 'denied' } });
  });
});

describe('the other engines', () => {
  const target = new ShellTarget(commandRoute(['sh']), noReader);

  test('memcheck, on a program that is there already: nothing is copied', async () => {
    const path = compiled('plain.c', LEAKS, '-gdwarf-4');
    const config = { subject: { form: 'program', path }, engine: 'memcheck', args: ['7'] } as const;
    const { report } = outcome(await profile({ target, copy: false, config }));
    expect(report.run).toMatchObject({ exit: { exitCode: 7 } });
    expect(report.findings).toMatchObject([{ kind: 'leak', bytes: 77, place: { file: `${path}.c`, line: 4 } }]);
    expect(await leftOn(target)).toBe('');
  });

  test('the preloaded LeakSanitizer needs a library there: it is built there when the user agrees', async () => {
    const path = compiled('plain.c', LEAKS);
    const config = { subject: { form: 'program', path }, engine: 'lsan-preload' } as const;
    expect(await profile({ target, copy: false, config })).toMatchObject({ error: { code: 'not-copied' } });
    const { report } = outcome(await profile({ target, config }));
    expect(asked[0]?.files).toEqual([media('companion.c')]);
    expect(report.findings).toMatchObject([{ kind: 'leak', bytes: 77, place: { line: 4 } }]);
    expect(await leftOn(target)).toBe('');
  });

  test('a program without lines there: they come from the sysroot', async () => {
    const path = compiled('stripped.c', LEAKS);
    const sysroot = join(dir, 'sysroot');
    mkdirSync(join(sysroot, dir), { recursive: true });
    copyFileSync(path, join(sysroot, path));
    execFileSync('strip', ['-g', path]);
    const config = { subject: { form: 'program', path }, engine: 'lsan-preload' } as const;
    const without = outcome(await profile({ target, config })).report;
    expect(without.findings[0]?.place?.line ?? null).toBeNull();
    const { report } = outcome(await profile({ target, named: { sysroot }, config }));
    expect(report.findings).toMatchObject([{ kind: 'leak', place: { file: `${path}.c`, line: 4 } }]);
  });
});
