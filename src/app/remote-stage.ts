import { type Cancel, CancelSource } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Exit } from '../model/report.js';
import { TAKE_LEADER } from './end-scripts.js';
import type { Command, RemoteTarget, RunningProgram, Stage, StageForm, Target } from './ports.js';
import { leaderIn } from './run-program.js';

export interface RemoteStageOptions {
  readonly target: RemoteTarget;
  /** This machine, where the stage is. */
  readonly host: Target;
  readonly stage: Stage;
  /** On the target; the program's leader writes its number there. */
  readonly reportDir: string;
  readonly cancel: Cancel;
  /** Called with the leader of the session of this machine that shows the program. */
  readonly onClient?: (pid: number) => void;
}

/** Not this machine. */
export const isRemote = (target: Target): target is RemoteTarget => 'onStage' in target;

/** Prints the file $1 as soon as there is something in it. */
const AWAIT_LEADER = 'until [ -s "$1" ]; do sleep 0.1 2>/dev/null || sleep 1; done; cat "$1"';

/** A stage of this machine that shows a program of the target. The `pid` of what runs is the target's. */
export class RemoteStage implements Stage {
  readonly form: StageForm;

  constructor(private readonly options: RemoteStageOptions) {
    this.form = options.stage.form;
  }

  async start(command: Command, title: string): Promise<Result<RunningProgram, Fault>> {
    const { target, host, stage, cancel, onClient } = this.options;
    const staged = await target.onStage(command, this.form, cancel);
    if (!staged.ok) return staged;
    const started = await stage.start(staged.value, title);
    if (!started.ok) return started;
    const client = started.value;
    if (client.pid !== undefined) onClient?.(client.pid);
    const ended = client.ended.then(async (exit) => {
      // What feeds the program's input waits for the user.
      if (client.pid !== undefined) await host.endSession(client.pid, 200);
      return exit;
    });
    const leader = await this.leader(ended);
    if (leader.ok) return ok({ pid: leader.value, ended });
    if (client.pid !== undefined) await host.endSession(client.pid, 1000);
    await this.end();
    return leader;
  }

  /** The program may have begun, or be about to, and nobody waits for it any more. */
  private async end(): Promise<void> {
    const { target, reportDir } = this.options;
    const said = await target.capture({ argv: ['/bin/sh', '-c', TAKE_LEADER, 'memlens', reportDir] }, { timeLimitMs: 20_000 });
    const pid = said.ok ? Number(said.value.stdout) : 0;
    if (pid > 1) await target.endSession(pid, 0);
  }

  /** Waits until the program has begun, however long a login takes; its stage ends when it can't. */
  private async leader(ended: Promise<Exit>): Promise<Result<number, Fault>> {
    const { target, reportDir, cancel } = this.options;
    const over = new CancelSource();
    const onCancel = cancel.onRequest(() => over.cancel());
    let exit: Exit | undefined;
    void ended.then((how) => {
      exit = how;
      over.cancel();
    });
    const said = await target.capture(
      { argv: ['/bin/sh', '-c', AWAIT_LEADER, 'memlens', `${reportDir}/leader`] },
      { cancel: over },
    );
    onCancel.dispose();
    const pid = said.ok ? Number(said.value.stdout) : 0;
    if (pid > 1) return ok(pid);
    if (cancel.requested) return err({ code: 'cancelled' });
    // A short program may be over before we have looked.
    const late = await leaderIn(target, reportDir);
    if (!late.ok) return late;
    if (late.value !== undefined) return ok(late.value);
    if (!said.ok && exit === undefined) return said;
    return err({
      code: 'not-started',
      target: target.id,
      trace: {
        argv: [],
        exitCode: exit?.exitCode ?? null,
        ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
        stderrTail: '',
      },
    });
  }
}
