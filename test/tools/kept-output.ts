import type { Command, RunningProgram, Stage } from '../../src/app/ports.js';
import type { Fault } from '../../src/base/fault.js';
import { ok, type Result } from '../../src/base/result.js';
import type { Exit } from '../../src/model/report.js';
import type { RunConfig } from '../../src/model/run-config.js';
import { start } from '../../src/node/spawn.js';

/** The program has no input; what it writes is kept. `until`: when it counts as ended: what it leaves behind may hold the pipes open. */
export class KeptOutput implements Stage {
  readonly form = 'pipes';
  text = '';
  /** What shows the program here: itself, or the client of a target. */
  pid = 0;

  constructor(private readonly until: 'exit' | 'end of its output' = 'end of its output') {}

  async start(command: Command): Promise<Result<RunningProgram, Fault>> {
    const started = await start(command, ['ignore', 'pipe', 'pipe']);
    if (!started.ok) return started;
    const { child, pid, ended } = started.value;
    this.pid = pid;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    const exited = new Promise<Exit>((resolve) =>
      child.once('exit', (exitCode, signal) => resolve({ exitCode, ...(signal === null ? {} : { signal }) })),
    );
    return ok({ pid, ended: this.until === 'exit' ? exited : ended });
  }
}

/** A run with nothing set but what is told. */
export const runOf = (config: Partial<RunConfig> & Pick<RunConfig, 'subject' | 'engine' | 'cwd'>): RunConfig => ({
  name: 'program',
  args: [],
  env: {},
  engineOptions: [],
  suppressions: { valgrind: [], lsan: [] },
  compilerFlags: [],
  timeLimitMs: 0,
  sourcePathMap: [],
  workspaceFolders: [],
  ...config,
});
