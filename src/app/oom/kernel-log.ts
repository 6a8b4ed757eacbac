import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Bytes } from '../../base/units.js';
import { type RootAccess, rootPrefix } from '../system/root-script.js';

export interface KernelLog {
  readonly text: string;
  readonly from: 'dmesg' | 'journal';
  /** When the machine was booted, in milliseconds since 1970: the kernel counts from there. Absent: /proc/stat did not tell. */
  readonly bootMs?: number;
}

const TIME_LIMIT_MS = 60_000;
/** The ring of the kernel has some hundred KiB to 16 MiB; of a journal the newest is kept. */
const MOST_BYTES: Bytes = 64 << 20;
const JOURNAL_LINES = 300_000;

/**
 * The journal is asked where the ring may not be read, or where its beginning has been overwritten, which is seen by what it begins with: since the boot it holds more
 * than the ring. Its prefix is as the kernel's own time, in seconds since the boot.
 */
const SCRIPT = [
  'LC_ALL=C; export LC_ALL',
  'while read -r word value rest; do [ "$word" = btime ] && echo "btime $value" && break; done </proc/stat',
  'said=$(dmesg 2>&1 >/dev/null) && ring=yes || ring=no',
  'if [ "$ring" = yes ]; then first=$(dmesg 2>/dev/null | head -n 1); case $first in *"[    0."*|"") whole=yes;; *) whole=no;; esac; fi',
  'if [ "$ring" = no ] || [ "$whole" = no ]; then',
  `  if command -v journalctl >/dev/null 2>&1; then journal=$(journalctl -k -b -q -n 1 --no-pager -o short-monotonic 2>/dev/null); fi`,
  'fi',
  'case ${journal:-} in',
  `  *kernel:*) echo "from journal"; exec journalctl -k -b -q -n ${JOURNAL_LINES} --no-pager -o short-monotonic 2>/dev/null;;`,
  'esac',
  '[ "$ring" = yes ] || { printf "%s\\n" "${said:-dmesg failed}" >&2; exit 1; }',
  'echo "from dmesg"; exec dmesg 2>/dev/null',
].join('\n');

/** The log of the kernel since the boot of a target. Faults: `permission` (kernel.dmesg_restrict), `tool-missing`, and those of the target. */
export async function readKernelLog({ target, rootCommand }: RootAccess, cancel: Cancel): Promise<Result<KernelLog, Fault>> {
  const argv = [...rootPrefix(rootCommand), 'sh', '-c', SCRIPT];
  const captured = await target.capture({ argv }, { cancel, timeLimitMs: TIME_LIMIT_MS, maxBytes: MOST_BYTES });
  if (!captured.ok) return captured;
  const { exitCode, stdout, stderr } = captured.value;
  if (exitCode !== 0) return err(faultOf(stderr));
  const told = /^(?:btime (\d{1,12})\n)?from (dmesg|journal)\n/.exec(stdout);
  // A log that is longer than what is kept has lost its head.
  if (told === null) return ok({ text: stdout, from: 'journal' });
  return ok({
    text: stdout.slice(told[0].length),
    from: told[2] === 'journal' ? 'journal' : 'dmesg',
    ...(told[1] === undefined ? {} : { bootMs: Number(told[1]) * 1000 }),
  });
}

const NO_DMESG = 'Save the kernel log in another way, as from /var/log or the serial console, and open that (memlens oom FILE).';

/** Words of strerror(3), in the C locale. */
function faultOf(stderr: string): Fault {
  if (/permission denied|not permitted/i.test(stderr)) return { code: 'permission', path: 'the kernel log', operation: 'read' };
  const detail = stderr.trim().slice(-500);
  if (/dmesg: (?:command )?not found|dmesg: inaccessible/i.test(detail))
    return { code: 'tool-missing', tool: 'dmesg', remedy: NO_DMESG };
  return { code: 'unreadable', path: 'the kernel log', detail };
}
