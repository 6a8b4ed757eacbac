import type { Fault } from '../../base/fault.js';
import { LineSplitter } from '../../base/lines.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { LiveProcess } from '../../model/live.js';
import type { Target } from '../ports.js';
import { Utf8Chunks } from '../utf8-chunks.js';

/** A process at a moment, as /proc tells it. */
export interface Beat {
  /** The target's uptime. */
  readonly at: Milliseconds;
  /** Processor time since the start of the process, all threads; proc_pid_stat(5), utime and stime. */
  readonly userMs: Milliseconds;
  readonly systemMs: Milliseconds;
  readonly minorFaults: number;
  readonly rssPages: number;
  /** Bytes; proc_pid_stat(5), vsize. */
  readonly vss: number;
  /** Of the threads that were looked at, those that stood in a tracing stop (`t`). */
  readonly looked: number;
  readonly traced: number;
}

/** Of many threads, so many tell enough. */
const THREADS = 24;

/**
 * Tells the process $1, that began at $2, line by line, five times a second, until its input ends or the process does: uptime, ticks of user and system time,
 * minor faults, pages of RSS, bytes of VSS, threads that were looked at, those in a tracing stop. The name of a process may hold anything; no other field does. Nothing is started
 * for it but sleep(1).
 */
const PULSE = `
exec 3<&0 </dev/null 2>/dev/null
LC_ALL=C; export LC_ALL
hz=$(getconf CLK_TCK) || hz=100
page=$(getconf PAGESIZE) || page=4096
echo "pulse \${hz:-100} \${page:-4096}"
fields() {
  l=
  while IFS= read -r x || [ -n "$x" ]; do l="$l $x"; x=; done <"$1" || return
  set -- \${l##*") "}
  [ "$#" -ge 22 ] || return
  s=$1 v="\${12} \${13} $8 \${22} \${21}" b=\${20}
}
{
  while :; do
    l=
    fields "/proc/$1/stat" && [ "$b" = "$2" ] && [ "$s" != Z ] && [ "$s" != X ] || break
    told=$v n=0 t=0
    for f in "/proc/$1/task"/*/stat; do
      [ "$n" -lt "$3" ] || break
      if fields "$f"; then n=$((n + 1)); if [ "$s" = t ]; then t=$((t + 1)); fi; fi
    done
    read -r up x </proc/uptime
    echo "$up $told $n $t"
    sleep 0.2 || sleep 1
  done
  echo over
  exec kill -s KILL $$
} 3<&- & w=$!
while read -r x; do :; done <&3
kill -s KILL "$w"
exit 0
`;

export interface Pulse {
  /** All that was told until now, the newest last; the oldest are forgotten. */
  readonly beats: readonly Beat[];
  readonly pageSize: number;
  /** How fine utime and stime are. */
  readonly tickMs: Milliseconds;
  /** The process has ended, or another program runs in its place. */
  readonly isOver: boolean;
  /** Told after each beat, and at the end. */
  onBeat: (() => void) | undefined;
  end(): Promise<void>;
}

const MOST_BEATS = 3000;

/** Follows a process from outside, without touching it. */
export async function takePulse(target: Target, { pid, startTicks }: LiveProcess): Promise<Result<Pulse, Fault>> {
  const beats: Beat[] = [];
  const state = { pageSize: 4096, tickMs: 10, isOver: false, onBeat: undefined as (() => void) | undefined };
  const line = (text: string): void => {
    const words = text.trim().split(' ');
    if (words[0] === 'pulse') {
      state.tickMs = 1000 / (Number(words[1]) || 100);
      state.pageSize = Number(words[2]) || 4096;
      return;
    }
    if (words[0] === 'over') state.isOver = true;
    else {
      const beat = beatOf(words.map(Number), state.tickMs);
      if (beat === undefined) return;
      beats.push(beat);
      if (beats.length > MOST_BEATS) beats.splice(0, MOST_BEATS / 2);
    }
    state.onBeat?.();
  };
  const splitter = new LineSplitter(line);
  const chunks = new Utf8Chunks();
  const started = await target.stream(
    { argv: ['/bin/sh', '-c', PULSE, 'memlens', String(pid), String(startTicks), String(THREADS)] },
    { onStdout: (chunk) => splitter.push(chunks.push(chunk)), onStderr: () => undefined },
  );
  if (!started.ok) return started;
  const { ended, endInput } = started.value;
  return ok(
    Object.assign(state, {
      beats,
      end: async () => {
        endInput();
        await ended;
      },
    }),
  );
}

function beatOf(numbers: readonly number[], tickMs: Milliseconds): Beat | undefined {
  const [up, user, system, minorFaults, rssPages, vss, looked, traced] = numbers;
  if (up === undefined || user === undefined || system === undefined || minorFaults === undefined) return undefined;
  if (rssPages === undefined || vss === undefined || looked === undefined || traced === undefined || numbers.some(Number.isNaN))
    return undefined;
  return { at: up * 1000, userMs: user * tickMs, systemMs: system * tickMs, minorFaults, rssPages, vss, looked, traced };
}
