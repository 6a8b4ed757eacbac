// Profile Memory on targets: programs run where they are reached by a command or by ssh, reports and symbols come back here.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CopyRequest } from '../../src/app/copy-files.js';
import type { Command, RemoteTarget, RunningProgram, Stage } from '../../src/app/ports.js';
import { type ProfileOutcome, Profiler } from '../../src/app/profile.js';
import { CancelSource } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import { ok, type Result } from '../../src/base/result.js';
import type { RunConfig } from '../../src/model/run-config.js';
import type { NamedTarget, TargetConfig } from '../../src/model/target-config.js';
import { commandRoute } from '../../src/node/command-target.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { processesOfSession } from '../../src/node/sessions.js';
import { ShellTarget } from '../../src/node/shell-target.js';
import { type Started, start } from '../../src/node/spawn.js';

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
beforeEach(() => void asked.splice(0));
const said: string[] = [];

function profile(wanted: Wanted): Promise<Result<ProfileOutcome, Fault>> {
  const copy = wanted.copy ?? true;
  const log = (text: string): void => void said.push(text);
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage: wanted.stage ?? new PipeStage(),
    clock: nodeClock,
    log: { info: log, warn: log, error: log },
    helpers: { companion: media('companion.c'), stlHeader: media('stl-in-program.hpp'), cache: join(dir, 'cache') },
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
    {
      name: 'test',
      target: { name: 'board', config: { kind: 'command', argv: [] } satisfies TargetConfig, ...wanted.named },
      args: [],
      cwd: dir,
      env: {},
      engine: 'auto',
      engineOptions: [],
      suppressions: { valgrind: [], lsan: [] },
      compilerFlags: [],
      timeLimitMs: 0,
      sourcePathMap: [],
      workspaceFolders: [dir],
      ...wanted.config,
    },
    {
      progress: { phase: () => undefined },
      cancel: wanted.cancel ?? new CancelSource(),
      stop: wanted.stop ?? new CancelSource(),
      ...(wanted.onStarted === undefined ? {} : { onStarted: wanted.onStarted }),
    },
  );
}

function outcome(result: Result<ProfileOutcome, Fault>): ProfileOutcome {
  if (!result.ok) throw new Error(`${JSON.stringify(result.error)}\n${said.slice(-20).join('\n')}`);
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

describe('by a command', () => {
  const target = new ShellTarget(commandRoute(['env', '-i', `PATH=${process.env.PATH}`, 'sh']), noReader);

  test('a source is built here, copied, run there, and its leak is found in the source here', async () => {
    const file = source("leak's $name.c", LEAKS);
    const stage = new PipeStage('first\nsecond "line"\n');
    const { report } = outcome(
      await profile({
        target,
        stage,
        config: { subject: { form: 'source', file }, args: ['3', "it's $HOME\n"], env: { VARIABLE: 'a "b" $c' } },
      }),
    );
    expect(report.run).toMatchObject({ exit: { exitCode: 3 }, engine: 'asan' });
    expect(stage.output).toContain('argument 1: 3\nargument 2: it\'s $HOME\n\nline: first\nline: second "line"\n');
    expect(stage.output).toContain('variable: a "b" $c\n');
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ kind: 'leak', bytes: 77, place: { file, line: 4 } });
    expect(asked).toMatchObject([{ target: 'board', directory: expect.stringMatching(/^\/dev\/shm\/memlens-run-/) }]);
  });
});
