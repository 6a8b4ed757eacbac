import { CancelSource } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Milliseconds } from '../base/units.js';
import { END_MEMBERS } from './end-scripts.js';
import type { Clock, Target } from './ports.js';

/**
 * Runs on the target beside the program, as long as the run's directory ($1) is there. When we are gone (it gets SIGTERM as soon as its
 * connection ends, and the file `beat` stands still when the line is dead) it ends the program's session ($2). The directory is
 * kept for half a minute, in which we may come back for the reports, and is then removed.
 */
const GUARD = `
exec 2>/dev/null
dir=$1 leader=$2
${END_MEMBERS}finish() {
  trap '' TERM HUP INT
  [ -d "$dir" ] || exit 0
  end_members
  rounds=0
  while [ "$rounds" -lt "$keep" ] && [ -d "$dir" ]; do rounds=$((rounds + 1)); sleep 1; done
  rm -rf "$dir"
  exit 0
}
# Ten seconds for a report of Memcheck, and half a minute for us to come back; without setsid(1) we are ended ourselves, in half a second.
grace=50 keep=30
if [ "\${3-}" = finish ]; then finish; fi
leave() {
  [ -d "$dir" ] || exit 0
  if command -v setsid >/dev/null; then
    setsid /bin/sh -c "$script" memlens "$dir" "$leader" finish </dev/null >/dev/null &
    exit 0
  fi
  grace=0 keep=0
  finish
}
script=$4
trap leave TERM HUP INT
last= quiet=0
while [ -d "$dir" ]; do
  sleep 1
  read -r beat <"$dir/beat" || beat=
  if [ "$beat" = "$last" ]; then quiet=$((quiet + 1)); else quiet=0; last=$beat; fi
  [ "$quiet" -lt 60 ] || leave
done
`;

/** Copies of reports in which new ones are looked for, and the sign of life. */
const BEAT_MS: Milliseconds = 5_000;
const BEAT = 'printf "%s\\n" "$2" >"$1/beat"';

/** Watches a run on a target from here until it is disposed of. */
export function guardRun(target: Target, clock: Clock, place: string, leader: number, onBeat: () => Promise<void>): Disposable {
  const over = new CancelSource();
  void target.capture({ argv: ['/bin/sh', '-c', GUARD, 'memlens', place, String(leader), '', GUARD] }, { cancel: over });
  let timer: Disposable | undefined;
  let beats = 0;
  const next = (): void => {
    timer = clock.after(BEAT_MS, () => void beat());
  };
  const beat = async (): Promise<void> => {
    await target.capture(
      { argv: ['/bin/sh', '-c', BEAT, 'memlens', place, String(++beats)] },
      { timeLimitMs: 10 * BEAT_MS, cancel: over },
    );
    await onBeat();
    if (!over.requested) next();
  };
  next();
  return {
    dispose: () => {
      timer?.dispose();
      over.cancel();
    },
  };
}
