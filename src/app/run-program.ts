import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { RunPlan } from '../engines/engine.js';
import type { Exit } from '../model/report.js';
import type { Clock, Stage, Target } from './ports.js';

/** How long children that outlive the program may go on before they are ended, in steps of the wrapper's pause. */
const CHILD_WAIT_STEPS = 25;
/** How long a program may take to write its report after it was asked to end: Memcheck's leak search is not quick. */
const REPORT_GRACE_MS = 30_000;
const PLAIN_GRACE_MS = 2_000;
const LEAK_CHECK_MS = 20_000;

/**
 * Leads the session of the program. It writes the program's exit status to a file ($1), waits for children that outlive
 * the program (at most $2 rounds), and adds the number of those that are left. Signals that end the program don't end
 * it, so that the status is always written and a terminal is not hung up while a report is being made. Its own status is
 * 0 when the file has the program's: an editor's terminal calls anything else a failure to launch.
 */
const WRAPPER = `
file=$1; rounds=$2; shift 2
trap : INT QUIT TERM HUP
"$@"
code=$?
trap '' HUP
printf '%s\\n' "$code" >"$file" && told=0
while :; do
  left=0
  for stat in /proc/[0-9]*/stat; do
    [ "$stat" != "/proc/$$/stat" ] || continue
    line=
    { read -r line <"$stat"; } 2>/dev/null || continue
    line=\${line##*) }
    set -- $line
    if [ "\${4-}" = "$$" ] && { [ "\${1-}" != Z ] || [ "\${18-0}" -gt 1 ]; }; then left=$((left + 1)); fi
  done
  if [ "$left" -eq 0 ] || [ "$rounds" -le 0 ]; then break; fi
  rounds=$((rounds - 1))
  sleep 0.2 2>/dev/null || sleep 1
done
printf '%s\\n' "$left" >>"$file"
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
  /** The path prefix of the FIFOs of running processes. */
  readonly control: string;
  readonly timeLimitMs: Milliseconds;
  /** End the program; what it has found is wanted. */
  readonly stop: Cancel;
  /** End the program at once; nothing is wanted any more. */
  readonly cancel: Cancel;
}

/** Runs the program on its stage until it ends, is stopped, or its time is over. Nothing of its session is left then. */
export async function runProgram(options: RunProgramOptions): Promise<Result<ProgramRun, Fault>> {
  const { target, clock, plan } = options;
  const statusFile = `${options.reportDir}/exit-status`;
  const begun = clock.now();
  const started = await options.stage.start(
    {
      argv: ['/bin/sh', '-c', WRAPPER, 'memlens', statusFile, String(CHILD_WAIT_STEPS), ...plan.argv],
      cwd: options.cwd,
      env: { ...options.env, ...plan.env },
    },
    options.title,
  );
  if (!started.ok) return started;
  const { pid, ended } = started.value;

  let stopped: ProgramRun['stopped'];
  let ending: Promise<void> | undefined;
  let checkedAtStop = false;
  const endNow = async (): Promise<void> => {
    if (pid !== undefined) await target.endSession(pid, 0);
  };
  const endWithReport = async (): Promise<void> => {
    if (pid === undefined) return;
    if (plan.onDemand) checkedAtStop = await askForLeakCheck(options);
    await target.endSession(pid, plan.reportsOnTerm ? REPORT_GRACE_MS : PLAIN_GRACE_MS);
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
  if (pid !== undefined) await target.endSession(pid, 500);
  if (options.cancel.requested) return err({ code: 'cancelled' });

  const status = await readStatus(target, statusFile);
  return ok({
    exit: status?.exit ?? leader,
    ...(stopped === undefined ? {} : { stopped }),
    leftBehind: status?.leftBehind ?? 0,
    checkedAtStop,
    durationMs: clock.now() - begun,
  });
}

/**
 * Asks every process that waits on a FIFO for a leak check, and waits for the answers. The shell that writes is ended
 * when nobody reads: a FIFO may be left of a process that was killed.
 */
async function askForLeakCheck({ target, clock, control, reportDir }: RunProgramOptions): Promise<boolean> {
  const names = await target.list(reportDir);
  const base = control.slice(control.lastIndexOf('/') + 1);
  const fifos = (names.ok ? names.value : []).filter(
    (name) => name.startsWith(`${base}.`) && /^\d+$/.test(name.slice(base.length + 1)),
  );
  const answers = await Promise.all(
    fifos.map(async (name) => {
      const path = `${reportDir}/${name}`;
      const asked = await target.capture({ argv: ['/bin/sh', '-c', 'printf x >"$1"', 'memlens', path] }, { timeLimitMs: 2_000 });
      if (!asked.ok || asked.value.exitCode !== 0) return false;
      const deadline = clock.now() + LEAK_CHECK_MS;
      while (clock.now() < deadline) {
        if ((await target.stat(`${path}.done`)).ok) return true;
        await new Promise<void>((resolve) => clock.after(25, resolve));
      }
      return false;
    }),
  );
  return answers.includes(true);
}

async function readStatus(target: Target, path: string): Promise<{ exit: Exit; leftBehind: number } | undefined> {
  const bytes = await target.readBytes(path, { length: 64 });
  if (!bytes.ok) return undefined;
  const [code, left] = String.fromCharCode(...bytes.value).split('\n');
  if (code === undefined || !/^\d+$/.test(code)) return undefined;
  return { exit: exitOf(Number(code)), leftBehind: Number(left ?? 0) || 0 };
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
