import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { END_MEMBERS, TAKE_LEADER } from './end-scripts.js';
import type { Clock, Target } from './ports.js';

/**
 * Stands beside a run of this machine, and hears from us by its input, which ends when we do, whatever ends us. Then, unless the run's directory ($1) is
 * gone, as it is after an orderly end, it ends the program whose directory is $2, and the sessions that it was told of; and it removes the directories. A
 * leader is taken by its file, and not told: so there is no moment at which the program has begun and the guard does not know of it. The directory of
 * reports stays in its place until then, when it can, because the program may write to it as it ends.
 */
const GUARD = `
exec 2>/dev/null
trap '' INT QUIT TERM HUP
${END_MEMBERS}
dir=$1 reports=$2 sessions= also= ran=
take() {
  if [ -s "$1/leader" ]; then cat "$1/leader"; else ( ${TAKE_LEADER} ); fi
}
while IFS= read -r order; do
  case $order in
    'session '*) sessions="$sessions \${order#session }" ;;
    'directory /'*) also=\${order#directory } ;;
    ran) ran=yes ;;
  esac
done
[ -d "$dir" ] || exit 0
grace=50
if [ -z "$ran" ]; then
  for leader in $(take "$reports") $sessions; do
    if [ "$leader" -gt 1 ]; then end_members; fi
  done
fi
rm -rf "$dir"
if [ -n "$also" ]; then rm -rf "$also"; fi
exit 0
`;

const END_MS: Milliseconds = 5_000;

/** Sees to it that a run of this machine ends when we do, and that nothing is left of it. */
export interface WorkGuard {
  /** What the session of this leader runs is to end with us, too. */
  session(leader: number): void;
  /** This one is to go with us, too; the last one that is named. */
  directory(path: string): void;
  /** The program is over, and its session's number may be given again: nothing is to be ended any more. */
  ran(): void;
  /** To be called when `work` has been removed. */
  end(): Promise<void>;
}

/** `work`: the directory of a run on `host`, this machine. `reportDir`: where the leader of its program will write its number, if it runs here. */
export async function guardWork(host: Target, clock: Clock, work: string, reportDir: string): Promise<Result<WorkGuard, Fault>> {
  const started = await host.stream(
    { argv: ['/bin/sh', '-c', GUARD, 'memlens', work, reportDir] },
    { onStdout: () => undefined, onStderr: () => undefined },
  );
  if (!started.ok) return started;
  const guard = started.value;
  return ok({
    session: (leader) => guard.write(`session ${leader}\n`),
    directory: (path) => {
      if (!path.includes('\n')) guard.write(`directory ${path}\n`);
    },
    ran: () => guard.write('ran\n'),
    async end() {
      guard.endInput();
      // It is at work when `work` could not be removed; it needs nobody for that.
      let limit: Disposable | undefined;
      await Promise.race([guard.ended, new Promise<void>((resolve) => (limit = clock.after(END_MS, resolve)))]);
      limit?.dispose();
    },
  });
}
