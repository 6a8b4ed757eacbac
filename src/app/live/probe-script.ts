import { HEAPTRACK_FILES } from '../heaptrack-files.js';
import { PART } from '../map/process-facts.js';

/** Variables of the process that tell how its allocator or its sanitizer was set. */
const VARIABLES =
  'LD_PRELOAD|GLIBC_TUNABLES|(ASAN|LSAN)_OPTIONS|(_RJEM_|JE_)?MALLOC_[A-Z_]+|HEAP[A-Z_]*|TCMALLOC_[A-Z_]+|PPROF_[A-Z_]+|GODEBUG';

/**
 * In one command: over ssh each costs a round trip. Parts as process-facts.ts makes them; those of the process come last, so that they are of one moment.
 * $1: the process. A tool that is missing leaves its line out.
 */
export const PROBE = `LC_ALL=C; export LC_ALL; p=/proc/$1; ${PART}
exec 2>/dev/null </dev/null
first() { IFS= read -r line && printf '%s\\t%s\\t%s\\n' "$1" "$2" "$line"; }
tool() { # name, words that ask for its version, names
  name=$1 ask=$2; shift 2
  for one do
    path=$(command -v "$one") || continue
    case $path in /*) ;; *) continue ;; esac
    { if [ -z "$ask" ]; then echo; else "$path" "$ask"; fi; } | first "$name" "$path"
    return
  done
}
file() { # name, files
  name=$1; shift
  for one do
    if [ -e "$one" ]; then printf '%s\\t%s\\t\\n' "$name" "$one"; return; fi
  done
}
debugger() {
  path=$(command -v gdb) || return
  said=$("$path" -nx -batch -ex 'show version' -ex 'python print("python: yes")')
  [ -n "$said" ] || return
  printf '%s\\n' "$said" | first gdb "$path"
  case $said in *'python: yes'*) printf 'python\\t-\\tyes\\n' ;; esac
}
n tools
tool perf --version perf &
debugger &
tool strace -V strace &
tool bpftrace --version bpftrace &
tool memleak '' memleak-bpfcc memleak /usr/share/bcc/tools/memleak /usr/sbin/memleak
tool cc '' cc gcc clang
file heaptrack_interpret ${HEAPTRACK_FILES.interpreter}
file heaptrack_inject ${HEAPTRACK_FILES.inject}
wait
n uname; uname -mr
n processors; getconf _NPROCESSORS_ONLN || nproc
n user; id -u
n paranoid; cat /proc/sys/kernel/perf_event_paranoid
n scope; cat /proc/sys/kernel/yama/ptrace_scope
n capabilities; cat /proc/self/status
n mounts; cat "$p/mountinfo" || cat /proc/self/mountinfo
n ours; readlink /proc/self/ns/mnt; readlink /proc/self/ns/pid; readlink /proc/self/ns/user
n own; echo "$$ $PPID"
n cache; case \${XDG_CACHE_HOME-} in /*) echo "$XDG_CACHE_HOME/memlens" ;; *) case \${HOME-} in /*) echo "$HOME/.cache/memlens" ;; esac ;; esac
n stat; cat "$p/stat"
n status; cat "$p/status"
n theirs; readlink "$p/ns/mnt"; readlink "$p/ns/pid"; readlink "$p/ns/user"
n exe; readlink "$p/exe"
n header; od -A n -t x1 -N 20 "$p/exe"
n strings; for s in __asan_init __lsan_init '<jemalloc>: ' MallocExtension; do if grep -qF -e "$s" "$p/exe"; then echo "$s"; fi; done
n maps; grep '^[^ ]* ..x' "$p/maps"; [ -r "$p/maps" ] && cat "$p/maps" >/dev/null && echo readable
n environ; tr '\\000\\n' '\\n ' <"$p/environ" | grep -E '^(${VARIABLES})='
exit 0`;
