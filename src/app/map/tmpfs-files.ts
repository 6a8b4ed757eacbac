import type { Cancel } from '../../base/cancel.js';
import type { SharedMemory } from '../../model/map-snapshot.js';
import type { Target } from '../ports.js';

const TIME_LIMIT_MS = 5000;
/** What comes behind is left out each time. */
const MOST_LINES = 20_000;
const MOST_MOUNTS = 32;

/**
 * The files that have a name in the tmpfs mounts of the process, as it sees them. mountinfo writes a space as `\040`, which is what `%b` of printf
 * understands. The listing is long, numeric, and goes into directories. One program for all: each costs a little.
 */
const SCRIPT = `LC_ALL=C; export LC_ALL; exec 2>/dev/null
p=$1; set --
while read -r id parent device root point rest; do
case " $rest " in *" - tmpfs "*|*" - ramfs "*) ;; *) continue;; esac
case $point in /proc/*|/sys/*) continue;; esac
case $point in *\\\\*) point=$(printf '%b/' "$point"); esac
[ $# -ge ${MOST_MOUNTS} ] || set -- "$@" "/proc/$p/root$point/."
done < "/proc/$p/mountinfo"
[ $# -gt 0 ] || exit 0
echo '+'
ls -lnAR "$@" | head -n ${MOST_LINES}
exit 0`;

/** undefined: the process has no tmpfs, or it may not be looked at. Whose the files are can't be told. */
export async function readTmpfsFiles(target: Target, pid: number, cancel: Cancel): Promise<SharedMemory['named']> {
  const captured = await target.capture(
    { argv: ['sh', '-c', SCRIPT, 'memlens', String(pid)] },
    { cancel, timeLimitMs: TIME_LIMIT_MS },
  );
  if (!captured.ok || !captured.value.stdout.startsWith('+')) return undefined;
  let files = 0;
  let bytes = 0;
  // MODE LINKS OWNER GROUP SIZE ...
  for (const [, size] of captured.value.stdout.matchAll(/^-\S+ +\d+ +\d+ +\d+ +(\d+) /gm)) {
    files++;
    bytes += Number(size);
  }
  return { files, bytes };
}
