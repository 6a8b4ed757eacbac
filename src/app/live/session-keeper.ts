import type { Disposable } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock, Target } from '../ports.js';
import { KEEPER } from './tool-scripts.js';

const BEAT_MS: Milliseconds = 10_000;
/** Without a sign of life: the line is dead, or this machine. */
const LOST_S = 60;

/**
 * Sees to it that a session's directory on the target goes with us, whatever ends us, and that its tools end when the line is dead. `end` removes the
 * directory.
 */
export async function keepSession(target: Target, clock: Clock, work: string): Promise<Result<{ end(): Promise<void> }, Fault>> {
  const started = await target.stream(
    { argv: ['/bin/sh', '-c', KEEPER, 'memlens', work, String(LOST_S)] },
    { onStdout: () => undefined, onStderr: () => undefined },
  );
  if (!started.ok) return started;
  const keeper = started.value;
  let timer: Disposable | undefined;
  const beat = (): void => {
    keeper.write('\n');
    timer = clock.after(BEAT_MS, beat);
  };
  beat();
  return ok({
    async end() {
      timer?.dispose();
      keeper.endInput();
      // Before the answer comes, the directory is gone; a dead line gives none.
      const limit = clock.after(2 * LOST_S * 1000, () => keeper.abandon());
      await keeper.ended;
      limit.dispose();
    },
  });
}
