import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { handledPattern, type OwnProfiler } from '../../engines/live/own-profiler.js';
import type { LiveSession } from './live-way.js';
import type { FoundFile, ProfilerDirectory, WrittenFile } from './own-profiler-files.js';
import { callSafely } from './safe-call.js';
import { waited } from './waited.js';

/**
 * Sends the signal $3 to the process $1, which began at $2, only when it handles it at this moment (SigCgt, proc_pid_status(5)): one that it does not handle
 * would end it. Not to one that is stopped or traced: it would be handled at a time of its own.
 */
const SIGNAL = `p=/proc/$1
IFS= read -r line <"$p/stat" || exit 4
set -- "$1" "$2" "$3" "$4" \${line##*') '}
case $5 in T|t|Z|X) exit 3 ;; esac
[ "\${24}" = "$2" ] || exit 4
caught=
while IFS= read -r line; do
  case $line in
    TracerPid:*) [ "\${line##*[!0-9]}" = 0 ] || exit 3 ;;
    SigCgt:*) caught=\${line##*[!0-9a-f]} ;;
  esac
done <"$p/status"
case $caught in
  $4) kill -s "$3" "$1" && exit 0; exit 5 ;;
esac
exit 2`;

const WRITE_MS: Milliseconds = 10_000;
const LOOK_MS: Milliseconds = 100;
/** For a thread of the process that may call a function. */
const PATIENCE_MS: Milliseconds = 20_000;

const REFUSALS: Readonly<Record<number, string>> = {
  2: 'The signal of its environment (HEAPPROFILESIGNAL) is not handled by the process, so it was not sent: it would end it. Only files that are there were read.',
  3: 'The process is stopped, or is being traced: it was not asked for a profile. Only files that are there were read.',
  5: 'The signal for a profile may not be sent to it. Only files that are there were read.',
};

/** A profile of now. Neither: it can't be asked, or has written nothing in time. */
export interface Asked {
  readonly profile?: FoundFile;
  /** Why it was not asked: a sentence. */
  readonly refusal?: string;
  /** Files that it wrote because it was asked, and that are still there. */
  readonly left?: readonly string[];
}

export async function askForProfile(
  session: LiveSession,
  profiler: OwnProfiler,
  directory: ProfilerDirectory,
): Promise<Result<Asked, Fault>> {
  if (profiler.kind === 'jemalloc' && !profiler.isPeriodic) return askJemalloc(session, directory);
  const { process, target, cancel, log } = session;
  if (profiler.signal === undefined) return ok({});
  const there = await directory.files();
  if (!there.ok) return there;
  const known = new Set(there.value.map(({ path }) => path));
  const before = there.value.at(-1);
  const sent = await target.capture(
    {
      argv: [
        '/bin/sh',
        '-c',
        SIGNAL,
        'memlens',
        String(process.pid),
        String(process.startTicks),
        String(profiler.signal),
        handledPattern(profiler.signal),
      ],
    },
    { cancel, timeLimitMs: WRITE_MS },
  );
  if (!sent.ok) return sent;
  const { exitCode } = sent.value;
  log.info(`signal ${profiler.signal} to ${process.pid}: ${exitCode ?? ''} ${sent.value.stderr}`);
  if (exitCode !== 0) {
    const refusal = REFUSALS[exitCode ?? 0];
    return ok(refusal === undefined ? {} : { refusal });
  }
  const profile = await written(session, directory, before);
  if (profile === undefined)
    return ok({
      refusal: `It was asked for a profile by signal ${profiler.signal}, and has written none in ${WRITE_MS / 1000} s.`,
    });
  // What it has written because of us goes, unless it is not sure that it is that.
  const after = await directory.files();
  const more = after.ok ? after.value.filter(({ path }) => !known.has(path)) : [];
  if (more.length === 1 && more[0]?.path === profile.path) await target.remove(profile.path);
  const isThere = (await target.stat(profile.path)).ok;
  return ok({ profile, ...(isThere ? { left: [profile.path] } : {}) });
}

/** jemalloc writes one when a thread of the process calls mallctl(3) for it, which gdb does; to a directory of ours, so that nothing is left in its own. */
async function askJemalloc(session: LiveSession, directory: ProfilerDirectory): Promise<Result<Asked, Fault>> {
  const { process, machine, target, work, cancel, log } = session;
  const refusal = (why: string): Result<Asked, Fault> => ok({ refusal: `It could not be asked for a profile: ${why}` });
  if (machine.tools.gdb === undefined) return refusal('there is no gdb on its machine.');
  if (process.uid !== machine.uid || process.isInContainer)
    return refusal('it does not see the directory for it, as another user or in a container.');
  const file = `${work}/jemalloc.heap`;
  const called = await callSafely(session, { name: 'prof-dump', title: 'jemalloc', words: { file }, patienceMs: PATIENCE_MS });
  if (!called.ok) {
    if (called.error.code !== 'engine-unfit') return cancel.requested ? called : refusal('gdb could not do it.');
    log.warn(called.error.reason);
    return refusal(called.error.reason);
  }
  const { code } = called.value.facts;
  if (code !== 0) return refusal(`jemalloc gives error ${String(code)}; was it built with its profiler?`);
  const facts = await target.stat(file);
  if (!facts.ok) return refusal('jemalloc has written none.');
  const read = await directory.read({ path: file, size: facts.value.size });
  await target.remove(file);
  return read.ok ? ok({ profile: read.value }) : refusal('what jemalloc has written can’t be read.');
}

/** The file that comes, when it is whole: such files end with the mappings. */
async function written(
  session: LiveSession,
  directory: ProfilerDirectory,
  before: WrittenFile | undefined,
): Promise<FoundFile | undefined> {
  const { clock, cancel } = session;
  const begun = clock.now();
  let last: FoundFile | undefined;
  while (clock.now() - begun < WRITE_MS && !cancel.requested) {
    const newest = await directory.newest();
    if (newest !== undefined && newest.path !== before?.path) {
      const read = await directory.read(newest);
      if (read.ok) {
        const isSame = last?.path === newest.path && last.size === newest.size;
        last = read.value;
        if (isSame && !read.value.profile.notes.some(({ code }) => code === 'cut')) return last;
      }
    }
    await waited(clock, LOOK_MS, [cancel]);
  }
  return last;
}
