import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { RunPlan } from '../engines/engine.js';
import { CONTROL_VARIABLE } from '../engines/sanitizer/plan.js';
import type { Exit } from '../model/report.js';
import type { Clock, Stage, Target } from './ports.js';
import type { SymbolSettings } from './symbols/symbolizer.js';

/** How long children that outlive the program may go on before they are ended, in steps of the wrapper's pause. */
const CHILD_WAIT_STEPS = 25;
/** How long a program may take to write its report after it was asked to end: Memcheck's leak search is not quick. */
const REPORT_GRACE_MS = 30_000;
const PLAIN_GRACE_MS = 2_000;
/** Of one that has answered a leak check before: an orderly end, or a report that takes as long as the check did. */
const CHECKED_GRACE_MS = 10_000;
const LEAK_CHECK_MS = 20_000;
/** A login may take a while. */
const REMOTE_LEAK_CHECK_MS = 35_000;

/**
 * Leads the session of the program, whose number it writes to the file `leader` beside $1. (On a target a login shell may lead it; then what
 * was there before the program is not the program's.) It writes the program's exit status to a file ($1), waits for children that outlive
 * the program (at most $2 rounds), and adds the number of those that are left. Signals that end the program don't end
 * it, so that the status is always written and a terminal is not hung up while a report is being made. Its own status is
 * 0 when the file has the program's: an editor's terminal calls anything else a failure to launch. What is preloaded into the program is in it, too; it is
 * not to be asked for leaks, so only the program gets MEMLENS_CONTROL ($3, may be empty). Engines read debug information in the program's environment
 * (valgrind itself, the symbolizer of a sanitizer): where that names servers and $4 does not say "allowed", it names none in this run; nothing else of
 * it is changed. The names of the script's variables are odd, because one of the environment keeps being exported when it is set.
 */
const WRAPPER = `
m_file=$1; m_rounds=$2; m_control=$3; m_servers=$4; shift 4
if [ "$m_servers" != allowed ] && [ -n "\${DEBUGINFOD_URLS-}" ]; then DEBUGINFOD_URLS=; fi
trap : INT QUIT TERM HUP
state() {
  m_line=
  { read -r m_line <"$1"; } 2>/dev/null || return
  set -- \${m_line##*) }
  m_state=\${1-}; m_session=\${4-}; m_threads=\${18-0}
}
m_session=$$
state "/proc/$$/stat"
m_leader=$m_session
m_before=" $$ "
if [ "$m_leader" != $$ ]; then
  for m_stat in /proc/[0-9]*/stat; do
    if state "$m_stat" && [ "$m_session" = "$m_leader" ]; then m_stat=\${m_stat%/stat}; m_before="$m_before\${m_stat#/proc/} "; fi
  done
fi
printf '%s\\n' "$m_leader" >"\${m_file%/*}/leader" || exit 125
if [ -n "$m_control" ]; then MEMLENS_CONTROL=$m_control "$@"; else "$@"; fi
code=$?
trap '' HUP
printf '%s\\n' "$code" >"$m_file" && told=0
while :; do
  left=0
  for m_stat in /proc/[0-9]*/stat; do
    state "$m_stat" || continue
    [ "$m_session" = "$m_leader" ] && { [ "$m_state" != Z ] || [ "$m_threads" -gt 1 ]; } || continue
    pid=\${m_stat%/stat}
    case $m_before in *" \${pid#/proc/} "*) ;; *) left=$((left + 1)) ;; esac
  done
  if [ "$left" -eq 0 ] || [ "$m_rounds" -le 0 ]; then break; fi
  m_rounds=$((m_rounds - 1))
  sleep 0.2 2>/dev/null || sleep 1
done
printf '%s\\n' "$left" >>"$m_file"
exit "\${told-$code}"
`;

export interface ProgramRun {
  readonly exit: Exit;
  readonly stopped?: 'time-limit' | 'user';
  /** Processes of the program that were still there at its end, and that we ended. */
  readonly leftBehind: number;
  /** A leak check was made while the program ran, before it was ended. */
  readonly checkedAtStop: boolean;
  readonly durationMs: Milliseconds;
  /**
   * The program was on a target, and its terminal or connection went before it was over. It was ended there; `fault`: that
   * can't be said, the target is not reached any more.
   */
  readonly lost?: { readonly fault?: Fault };
}

export interface RunProgramOptions {
  readonly target: Target;
  readonly stage: Stage;
  readonly clock: Clock;
  readonly plan: RunPlan;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly title: string;
  readonly reportDir: string;
  /** `off`: an engine asks no servers of DEBUGINFOD_URLS, whatever the environment there says; `allowed`: nothing is changed. */
  readonly debuginfod: SymbolSettings['debuginfod'];
  /** Asks the program for its leaks before it is ended, or lets it write what it has; true: it has answered with its leaks. It takes no longer than this. */
  readonly lastCheck?: (timeLimitMs: Milliseconds) => Promise<boolean>;
  readonly timeLimitMs: Milliseconds;
  /** End the program; what it has found is wanted. */
  readonly stop: Cancel;
  /** End the program at once; nothing is wanted any more. */
  readonly cancel: Cancel;
  /** Called with the leader of the program's session, on its machine, when it has started. */
  readonly onStarted?: (leaderPid: number) => void;
  /** The stage is not where the program runs, and may go before it. */
  readonly isRemote?: boolean;
}

/** Runs the program on its stage until it ends, is stopped, or its time is over. Nothing of its session is left then. */
export async function runProgram(options: RunProgramOptions): Promise<Result<ProgramRun, Fault>> {
  const { target, clock, plan } = options;
  const statusFile = `${options.reportDir}/exit-status`;
  const { [CONTROL_VARIABLE]: control = '', ...env } = plan.env;
  const begun = clock.now();
  const started = await options.stage.start(
    {
      argv: [
        '/bin/sh',
        '-c',
        WRAPPER,
        'memlens',
        statusFile,
        String(CHILD_WAIT_STEPS),
        control,
        options.debuginfod,
        ...plan.argv,
      ],
      cwd: options.cwd,
      env: { ...options.env, ...env },
    },
    options.title,
  );
  if (!started.ok) return started;
  const { pid, ended } = started.value;
  if (pid !== undefined) options.onStarted?.(pid);

  let stopped: ProgramRun['stopped'];
  let ending: Promise<void> | undefined;
  let checkedAtStop = false;
  const endNow = async (): Promise<void> => {
    if (pid !== undefined) await target.endSession(pid, 0);
  };
  const endWithReport = async (): Promise<void> => {
    if (pid === undefined) return;
    const asked = clock.now();
    checkedAtStop = (await options.lastCheck?.(options.isRemote === true ? REMOTE_LEAK_CHECK_MS : LEAK_CHECK_MS)) ?? false;
    const grace = checkedAtStop ? Math.min(CHECKED_GRACE_MS + 4 * (clock.now() - asked), REPORT_GRACE_MS) : REPORT_GRACE_MS;
    await target.endSession(pid, plan.reportsOnTerm ? grace : PLAIN_GRACE_MS);
  };
  const stop = (why: 'time-limit' | 'user'): void => {
    stopped ??= why;
    ending ??= endWithReport();
  };
  const watches = [
    options.cancel.onRequest(() => {
      ending = endNow();
    }),
    options.stop.onRequest(() => stop('user')),
  ];
  if (options.timeLimitMs > 0) watches.push(clock.after(options.timeLimitMs, () => stop('time-limit')));

  const leader = await ended;
  for (const watch of watches) watch.dispose();
  await ending;
  let status = options.cancel.requested ? ok(undefined) : await readStatus(target, statusFile);
  let lost: ProgramRun['lost'];
  if (options.isRemote === true && stopped === undefined && (!status.ok || status.value === undefined)) {
    if (status.ok && !options.cancel.requested) await endWithReport();
    status = await readStatus(target, statusFile);
    lost = status.ok ? {} : { fault: status.error };
  }
  if (pid !== undefined) await target.endSession(pid, 500);
  if (options.cancel.requested) return err({ code: 'cancelled' });
  if (!status.ok && lost === undefined) lost = { fault: status.error };

  return ok({
    exit: (status.ok ? status.value?.exit : undefined) ?? (options.isRemote === true ? { exitCode: null } : leader),
    ...(stopped === undefined ? {} : { stopped }),
    leftBehind: (status.ok ? status.value?.leftBehind : undefined) ?? 0,
    checkedAtStop,
    durationMs: clock.now() - begun,
    ...(lost === undefined ? {} : { lost }),
  });
}

/** undefined: it is not there, or not yet. */
async function readStatus(target: Target, path: string): Promise<Result<{ exit: Exit; leftBehind: number } | undefined, Fault>> {
  const bytes = await target.readBytes(path, { length: 64 });
  if (!bytes.ok) return bytes.error.code === 'target-unreachable' ? bytes : ok(undefined);
  const [code, left] = String.fromCharCode(...bytes.value).split('\n');
  if (code === undefined || !/^\d+$/.test(code)) return ok(undefined);
  return ok({ exit: exitOf(Number(code)), leftBehind: Number(left ?? 0) || 0 });
}

/** The number that the program's leader has written into the run's directory; undefined: it has not begun. */
export async function leaderIn(target: Target, reportDir: string): Promise<Result<number | undefined, Fault>> {
  const bytes = await target.readBytes(`${reportDir}/leader`, { length: 16 });
  if (!bytes.ok) return bytes.error.code === 'not-found' ? ok(undefined) : bytes;
  const pid = Number(String.fromCharCode(...bytes.value));
  return ok(pid > 1 ? pid : undefined);
}

/** Linux, signal(7), x86 and ARM numbers; the others are named by their number. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

/** A shell says 128 + N for a program that signal N ended (POSIX XCU 2.8.2). */
export function exitOf(shellCode: number): Exit {
  const signal = SIGNALS[shellCode - 128];
  return signal === undefined ? { exitCode: shellCode } : { exitCode: null, signal };
}
