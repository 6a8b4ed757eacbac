import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { RecorderPlan } from '../engines/engine.js';
import type { Clock, Target } from './ports.js';
import type { SymbolSettings } from './symbols/symbolizer.js';

/**
 * In the directory $1: makes a report of what is written to the FIFO $2, with the program $4…, in the file $3. It says `ready` when the FIFO is there. What writes
 * must not meet a FIFO that nobody reads (SIGPIPE), so whatever fails here, the FIFO is read to its end; signals end nothing, and when our input ends
 * without a word, because MemLens is gone, the run is waited for, whose directory is removed when it is over. The word `end` says that it is. Then only a process that has left the run's session can have the FIFO open; it
 * writes nothing any more, and `cat` is what can be ended without a loss: when the program behind it uses no time any more, it has got everything.
 */
const RECORDER = `
m_dir=$1 m_fifo=$1/$2 m_report=$1/$3; shift 3
trap '' INT QUIT TERM HUP
exec 3<&0 </dev/null 2>/dev/null
umask 077
mkfifo "$m_fifo" || exit 125
m_pack=cat
if command -v gzip >/dev/null; then m_pack='gzip -1'; fi
{
  sh -c 'echo "$$" >"$1"; exec cat <"$2"' memlens "$m_dir/relay" "$m_fifo" |
    { sh -c 'echo "$$" >"$1"; shift; exec "$@"' memlens "$m_dir/interpreter" "$@" 2>"$m_dir/errors"; exec cat >/dev/null; } |
    { $m_pack >"$m_report"; exec cat >/dev/null; }
} >/dev/null 3<&- & m_all=$!
until [ -s "$m_dir/relay" ] && [ -s "$m_dir/interpreter" ]; do sleep 0.1 || sleep 1; done
read -r m_relay <"$m_dir/relay"
read -r m_pid <"$m_dir/interpreter"
echo ready
m_word=
read -r m_word <&3
if [ "$m_word" != end ]; then
  while [ -d "$m_dir" ] && kill -s 0 "$m_all"; do sleep 1; done
fi
[ ! -p "$m_fifo" ] || : 4<>"$m_fifo"
m_quiet=0 m_before=
while kill -s 0 "$m_all" && [ "$m_quiet" -lt 10 ]; do
  sleep 0.1 || sleep 1
  m_line=
  read -r m_line <"/proc/$m_pid/stat"
  set -- \${m_line##*) }
  m_used="\${12-} \${13-}"
  if [ "$m_used" = "$m_before" ]; then m_quiet=$((m_quiet + 1)); else m_quiet=0 m_before=$m_used; fi
done
if kill -s 0 "$m_all"; then kill -s KILL "$m_relay"; fi
wait "$m_all"
exit 0
`;

/** Of a long record the last part may take a while to be read; of none it takes a moment. */
const PATIENCE_MS: Milliseconds = 600_000;

export interface Recorder extends Disposable {
  /** Waits until what the program has recorded until now is written. False: it was not asked for anything. */
  settle(): Promise<false>;
  /** The run is over: waits until the report is complete. */
  finish(): Promise<void>;
}

export interface RecorderOptions {
  /** Where the program will run. */
  readonly target: Target;
  readonly clock: Clock;
  readonly plan: RecorderPlan;
  readonly reportDir: string;
  /** Whether servers of DEBUGINFOD_URLS may be asked for debug information. */
  readonly debuginfod: SymbolSettings['debuginfod'];
  readonly cancel: Cancel;
}

/** Starts what records a run, on its machine, before the program. */
export async function startRecorder(options: RecorderOptions): Promise<Result<Recorder, Fault>> {
  const { target, clock, reportDir, cancel } = options;
  const { fifo, report, argv, settleMs } = options.plan;
  let onReady: () => void = () => undefined;
  const ready = new Promise<'ready'>((resolve) => {
    onReady = () => resolve('ready');
  });
  const started = await target.stream(
    {
      argv: ['/bin/sh', '-c', RECORDER, 'memlens', reportDir, fifo, report, ...argv],
      env: { LC_ALL: 'C', ...(options.debuginfod === 'allowed' ? {} : { DEBUGINFOD_URLS: '' }) },
    },
    { onStdout: onReady, onStderr: () => undefined },
  );
  if (!started.ok) return started;
  const program = started.value;
  const abandoned = cancel.onRequest(() => program.abandon());
  const begun = await Promise.race([ready, program.ended]);
  if (begun !== 'ready') {
    abandoned.dispose();
    if (cancel.requested) return err({ code: 'cancelled' });
    if (!begun.ok) return begun;
    const trace = { argv, ...begun.value, stderrTail: '' };
    return err({ code: 'tool-failed', tool: argv[0] ?? '', trace, remedy: 'Choose another engine.' });
  }
  return ok({
    settle: () => new Promise((resolve) => void clock.after(settleMs, () => resolve(false))),
    async finish(): Promise<void> {
      const watch = clock.after(PATIENCE_MS, () => program.abandon());
      program.write('end\n');
      await program.ended;
      watch.dispose();
    },
    dispose(): void {
      abandoned.dispose();
      program.endInput();
    },
  });
}
