import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Captured } from '../ports.js';
import type { KernelAccess } from '../system/kernel-access.js';
import { runAsRoot } from '../system/root-script.js';

/**
 * Whether kmemleak can be used.
 *
 * - `on`: it takes commands.
 * - `off`: it is there and takes none.
 * - `not-mounted`: debugfs, where it is, is not mounted. `no-debugfs`: this kernel has none.
 * - `not-built`: the kernel has no kmemleak.
 * - `needs-root`: who is asked may not look. `locked`: not even root may (lockdown of a machine with Secure Boot).
 * - `unclear`: what it said is not known; see `said`.
 */
export type KmemleakStanding = 'on' | 'off' | 'not-mounted' | 'no-debugfs' | 'not-built' | 'needs-root' | 'locked' | 'unclear';

/** What is known of kmemleak on a target. The kernel does not tell its settings; what is not seen is absent. */
export interface KmemleakState {
  readonly standing: KmemleakStanding;
  /** Its file, as the target names it: where it is, or where it would be. */
  readonly file: string;
  /** Where debugfs is mounted, or belongs. */
  readonly debugfs: string;
  /** Release of the kernel: `6.1.192`. */
  readonly kernel?: string;
  /** Of `off`. `boot`: by kmemleak=off. `configuration`: the kernel was built so. `itself`: it has given up, as its log says. */
  readonly offBy?: 'boot' | 'configuration' | 'itself';
  /** Whether the thread of the kernel is there that scans now and then by itself. */
  readonly scansItself?: boolean;
  /** It scans now: what it is told waits until it has done so. */
  readonly isScanning?: true;
  /** What the kernel has logged about kmemleak, the newest lines. */
  readonly log: readonly string[];
  /** Its own words to a write; of `unclear`. */
  readonly said?: string;
  /** The options of its configuration that are about kmemleak, where that can be read: `CONFIG_DEBUG_KMEMLEAK=y`. */
  readonly configuration: readonly string[];
}

/**
 * $1 is put before all paths. Prints a word and a tab, then what is known of it. The file is asked with a word that kmemleak does not have: it answers
 * EINVAL, or, when it is switched off, EPERM (EBUSY before 3.15), and does nothing; while it scans, it does not answer. What cat says is the only text on stderr that
 * has the words of those. A user's process may have the name of a thread of the kernel: those have parent 2.
 */
const ASK = `
root=$1; t='	'
tell() { printf '%s%s%s\\n' "$1" "$t" "$2"; }
first() { { IFS= read -r v <"$2"; } 2>/dev/null; [ -z "$v" ] || tell "$1" "$v"; v=; }
# In one line, by the shell alone.
one() { set -f; set -- $1; printf '%s' "$*"; set +f; }
tell user "$(id -u 2>/dev/null)"
v=; first kernel "$root/proc/sys/kernel/osrelease"
first cmdline "$root/proc/cmdline"
debug=
while read -r from at type rest; do
  if [ "$type" = debugfs ]; then at=$(printf '%b' "$at"); tell mounted "$at"; [ -n "$debug" ] && [ "$at" != /sys/kernel/debug ] || debug=$at; fi
done <"$root/proc/mounts"
[ -n "$debug" ] || [ ! -e "$root/sys/kernel/debug/kmemleak" ] || { debug=/sys/kernel/debug; tell mounted "$debug"; }
while read -r dev type; do [ "$type" != debugfs ] || tell known "$type"; done <"$root/proc/filesystems"
dir=$root\${debug:-/sys/kernel/debug}; file=$dir/kmemleak
tell debugfs "\${debug:-/sys/kernel/debug}"
if [ -n "$debug" ]; then
  if [ ! -r "$dir" ] || [ ! -x "$dir" ]; then tell closed "$dir"
  elif [ -e "$file" ]; then
    words=$( { : <"$file"; } 2>&1 ) && tell opened yes || tell refused "$(one "$words")"
    printf '?' | cat >>"$file" &
    job=$!; n=0
    while [ "$n" -lt 50 ] && { IFS= read -r v <"/proc/$job/stat"; } 2>/dev/null; do
      case $v in *') Z '*) break ;; esac
      sleep 0.1 2>/dev/null || sleep 1
      n=$((n + 1))
    done
    [ "$n" -lt 50 ] || { kill "$job"; tell busy yes; }
    wait "$job" && tell written yes || tell asked no
  fi
fi
for stat in "$root"/proc/[0-9]*/stat; do
  { IFS= read -r v <"$stat"; } 2>/dev/null || continue
  case $v in
    '2 (kthreadd) '*) tell threads yes ;;
    *' (kmemleak) '*) set -- \${v##*") "}; [ "$2" != 2 ] || tell thread yes ;;
  esac
done
{ IFS= read -r kernel <"$root/proc/sys/kernel/osrelease"; } 2>/dev/null
for config in "$root/proc/config.gz" "$root/boot/config-$kernel"; do
  [ -r "$config" ] || continue
  case $config in *.gz) gzip -dc <"$config" || zcat <"$config" ;; *) cat "$config" ;; esac 2>/dev/null | grep KMEMLEAK | while IFS= read -r v; do tell config "$v"; done
  break
done
if [ -n "$root" ]; then cat "$root/dmesg"; else dmesg; fi 2>/dev/null | grep -i kmemleak | tail -n 20 | while IFS= read -r v; do tell log "$v"; done
exit 0
`;

/** Asks a target about its kmemleak; nothing is changed. */
export async function readKmemleakState(access: KernelAccess, cancel: Cancel): Promise<Result<KmemleakState, Fault>> {
  const asked = await runAsRoot(access, ASK, [access.root ?? ''], cancel);
  return asked.ok ? ok(stateOf(asked.value, access.root ?? '')) : asked;
}

function stateOf({ stdout: text, stderr }: Captured, root: string): KmemleakState {
  const told = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const cut = line.indexOf('\t');
    if (cut < 0) continue;
    const word = line.slice(0, cut);
    told.set(word, [...(told.get(word) ?? []), line.slice(cut + 1)]);
  }
  const debugfs = told.get('debugfs')?.[0] ?? '/sys/kernel/debug';
  const kernel = told.get('kernel')?.[0];
  const configuration = told.get('config') ?? [];
  const log = told.get('log') ?? [];
  // At most what was said last: the root command may have its own words before it.
  if (told.has('asked')) told.set('said', [stderr.trim().slice(-500)]);
  const standing = standingOf(told, configuration);
  const offBy = standing === 'off' ? offByOf(told.get('cmdline')?.[0] ?? '', configuration, log) : undefined;
  const said = standing === 'unclear' ? (told.get('refused')?.[0] ?? told.get('said')?.[0]) : undefined;
  return {
    standing,
    file: `${root}${debugfs}/kmemleak`,
    debugfs: `${root}${debugfs}`,
    ...(kernel === undefined ? {} : { kernel }),
    ...(offBy === undefined ? {} : { offBy }),
    ...(told.has('threads') ? { scansItself: told.has('thread') } : {}),
    ...(told.has('busy') ? { isScanning: true } : {}),
    log,
    ...(said === undefined ? {} : { said: said.trim() }),
    configuration,
  };
}

const IS_BUILT_IN = 'CONFIG_DEBUG_KMEMLEAK=y';

function standingOf(told: ReadonlyMap<string, readonly string[]>, configuration: readonly string[]): KmemleakStanding {
  const isLeftOut = configuration.length > 0 && !configuration.includes(IS_BUILT_IN);
  if (!told.has('mounted')) {
    if (isLeftOut) return 'not-built';
    return told.has('known') ? 'not-mounted' : 'no-debugfs';
  }
  if (told.has('closed')) return 'needs-root';
  const refused = told.get('refused')?.[0];
  const said = told.get('said')?.[0];
  if (told.has('written') || told.has('busy')) return 'on';
  if (refused === undefined && said === undefined) return 'not-built';
  const words = `${refused ?? ''} ${said ?? ''}`;
  if (/permission denied/i.test(words)) return 'needs-root';
  if (/resource busy/i.test(words)) return 'off';
  // Where opening it is refused to root, too, nobody may.
  if (refused !== undefined) return /not permitted/i.test(refused) ? 'locked' : 'unclear';
  if (/not permitted/i.test(said ?? '')) return 'off';
  return /invalid argument/i.test(said ?? '') ? 'on' : 'unclear';
}

/** What mm/kmemleak.c says when it gives up: a table of its own was too small, or memory was short. */
const GIVEN_UP =
  /early log buffer exceeded|memory pool empty|cannot allocate a kmemleak|detector disabled|cannot insert .* into the object search tree/i;

function offByOf(cmdline: string, configuration: readonly string[], log: readonly string[]): KmemleakState['offBy'] {
  const words = cmdline.split(/\s+/).filter((word) => word.startsWith('kmemleak='));
  // The last one counts.
  const last = words.at(-1);
  if (last === 'kmemleak=off') return 'boot';
  if (last !== 'kmemleak=on' && configuration.includes('CONFIG_DEBUG_KMEMLEAK_DEFAULT_OFF=y')) return 'configuration';
  return log.some((line) => GIVEN_UP.test(line)) ? 'itself' : undefined;
}
