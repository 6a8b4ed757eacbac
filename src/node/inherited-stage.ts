import type { Command, RunningProgram, Stage, StageForm } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { start } from './spawn.js';

/**
 * The command line's stage: the program has our own standard input. Its output goes to our standard error when our
 * standard output is to hold the report.
 */
export class InheritedStage implements Stage {
  get form(): StageForm {
    return process.stdin.isTTY && process[this.outputTo].isTTY ? 'shared-terminal' : 'pipes';
  }

  constructor(private readonly outputTo: 'stdout' | 'stderr') {}

  async start(command: Command): Promise<Result<RunningProgram, Fault>> {
    const started = await start(command, ['inherit', this.outputTo === 'stdout' ? 'inherit' : 2, 'inherit']);
    return started.ok ? ok({ pid: started.value.pid, ended: started.value.ended }) : started;
  }
}
