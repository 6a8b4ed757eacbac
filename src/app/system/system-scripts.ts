import { LAST } from './system-texts.js';

/*
 * Scripts of POSIX sh that only read. What they write is read by readFrames. They do without programs that a small machine lacks: what is missing is
 * told as not read.
 */

/** `f PATH...` tells whole files, `o PATH...` files of one line, without a process for each, `c WORDS...` what a program writes. */
const HEAD = String.raw`LC_ALL=C; export LC_ALL
exec 3>&1
N=; IFS= read -r N < /proc/sys/kernel/random/uuid
[ -n "$N" ] || N=memlens-$$
printf '@@memlens %s\n' "$N"
f() {
  for p do
    printf '\n%s file %s\n' "$N" "$p"
    e=$( { cat -- "$p" >&3; } 2>&1 )
    [ -z "$e" ] || printf '\n%s fail %s\n' "$N" "$e"
  done
}
o() {
  for p do
    v=
    # Files of /proc/sys with a number end at once for who reads byte by byte, and their line end does not come.
    [ -r "$p" ] && { IFS= read -r v < "$p"; } 2>/dev/null
    [ -z "$v" ] || printf '\n%s file %s\n%s\n' "$N" "$p" "$v"
  done
}
c() {
  printf '\n%s file %s\n' "$N" "$*"
  "$@" 2>/dev/null
}
# Names that hold line ends: escaped where ls can, else with a question mark in their place.
if ls -bd / >/dev/null 2>&1; then B=b; elif ls -qd / >/dev/null 2>&1; then B=q; else B=; fi
printf '\n%s file escapes\n%s\n' "$N" "$B"
`;

const TAIL = String.raw`
printf '\n%s ${LAST}\n' "$N"`;

/**
 * All that is told of the whole machine. meminfo, zoneinfo and vmstat come from one process (`breath`), so that they are of one moment as nearly as can be, and
 * vmallocinfo right behind them.
 */
export const MAIN_SCRIPT = String.raw`${HEAD}
c cat /proc/meminfo /proc/zoneinfo /proc/vmstat
o /proc/uptime
f /proc/vmallocinfo /proc/slabinfo /proc/buddyinfo /proc/pagetypeinfo /proc/modules /proc/swaps /proc/sysvipc/shm /proc/pressure/memory
f /proc/self/mountinfo /proc/self/status /proc/stat /etc/passwd /sys/kernel/debug/dma_buf/bufinfo
o /proc/loadavg /proc/sys/vm/overcommit_memory /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id
o /sys/block/zram*/mm_stat /sys/kernel/mm/hugepages/hugepages-*/*_hugepages /sys/kernel/dmabuf/buffers/*/exporter_name /sys/kernel/dmabuf/buffers/*/size
c getconf PAGESIZE
c uname -m
c free -V
for p in smaps smaps_rollup; do
  [ -r /proc/self/$p ] && printf '\n%s file can %s\n' "$N" "$p"
done
printf '\n%s file pids\n' "$N"
for p in /proc/[0-9]*; do echo "${'$'}{p#/proc/}"; done
g() {
  for n do
    o "$m/$n" "$m"/*/"$n" "$m"/*/*/"$n" "$m"/*/*/*/"$n" "$m"/*/*/*/*/"$n" "$m"/*/*/*/*/*/"$n" "$m"/*/*/*/*/*/*/"$n" "$m"/*/*/*/*/*/*/*/"$n"
  done
  # The last names are those of limits: of groups that have one, what of their memory can be given back, and how often it was reached; of the
  # first group also when the limit that counts is of one around it, which can't be seen.
  set -- "$m/memory.stat" "$m/memory.events" "$m/memory.oom_control"
  for n in $L; do
    for p in "$m"/*/"$n" "$m"/*/*/"$n" "$m"/*/*/*/"$n" "$m"/*/*/*/*/"$n" "$m"/*/*/*/*/*/"$n" "$m"/*/*/*/*/*/*/"$n" "$m"/*/*/*/*/*/*/*/"$n"; do
      v=
      [ -r "$p" ] && { IFS= read -r v < "$p"; } 2>/dev/null
      case $v in
        '') ;;
        # Version 1 counts what was killed in the group that it was in, and not in those around it.
        max | 9223372036854* | 8796093018112) [ "$n" != memory.limit_in_bytes ] || set -- "$@" "${'$'}{p%/*}/memory.oom_control" ;;
        *) set -- "$@" "${'$'}{p%/*}/memory.stat" "${'$'}{p%/*}/memory.events" "${'$'}{p%/*}/memory.oom_control" ;;
      esac
    done
  done
  printf '\n%s file group-stats %s\n' "$N" "$d"
  grep -E '^(total_)?(in)?active_file |^slab_reclaimable |^hierarchical_memory_limit |^(high|max|oom|oom_kill) ' /dev/null "$@" 2>/dev/null
}
seen=
# ID PARENT DEVICE ROOT MOUNT-POINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS
[ -r /proc/self/mountinfo ] && while read -r a b d r m rest; do
  case $rest in
    *' - tmpfs '* | *' - ramfs '* | *' - devtmpfs '* | *' - hugetlbfs '* | *' - cgroup2 '* | *' - cgroup '*memory*) ;;
    *) continue ;;
  esac
  case $seen in *" $d "*) continue ;; esac
  seen="$seen $d "
  case $m in *\\*) m=$(printf '%b' "$(printf '%s' "$m" | sed 's/\\/\\0/g')") ;; esac
  case $rest in
    *' - cgroup2 '*) L='memory.high memory.max'; g memory.current $L ;;
    *' - cgroup '*) L=memory.limit_in_bytes; g memory.usage_in_bytes memory.failcnt memory.soft_limit_in_bytes $L ;;
    *)
      # Names may hold line ends, numbers of devices do not.
      printf '\n%s file df %s\n' "$N" "$d"
      df -Pk "$m" 2>/dev/null
      ;;
  esac
done < /proc/self/mountinfo
${TAIL}`;

/** The counters of swapping and of pages that are read again once more, at the end of a look. */
export const PAGING_SCRIPT = `${HEAD}
f /proc/vmstat
o /proc/uptime
${TAIL}`;

/**
 * Files of the processes whose numbers are the arguments behind the first one, `smaps_rollup`, `smaps` (added up there) or `none`: lines of status, of the sums, and the
 * open files that may be memory.
 */
export const PROCESS_SCRIPT = String.raw`${HEAD}
R=$1; shift
if awk 'BEGIN { exit 0 }' </dev/null 2>/dev/null; then
  awk 'function one(pid, name,   path, got, i, key) {
    path = "/proc/" pid "/" name
    printf "\n%s file %s\n", n, path
    got = 0
    while ((read = (getline line < path)) > 0) {
      if (name == "status") {
        if (line ~ /^(Name|Uid|Threads|VmRSS|VmSwap|VmPTE|RssShmem):/) print line
        if (line ~ /^VmRSS:/) user = 1
      } else if (line ~ /^(Rss|Pss|Pss_Anon|Pss_File|Pss_Shmem|Shared_Clean|Shared_Dirty|Private_Clean|Private_Dirty|Swap):/) {
        got = 1
        if (name == "smaps_rollup") print line
        else { split(line, words); sum[words[1]] += words[2] }
      }
    }
    close(path)
    if (name == "smaps" && got) for (key in sum) printf "%s %.0f kB\n", key, sum[key]
    for (key in sum) delete sum[key]
    if (read < 0 || (name != "status" && !got)) printf "\n%s fail Permission denied\n", n
  }
  BEGIN {
    n = ARGV[1]
    for (a = 3; a < ARGC; a++) {
      user = 0
      one(ARGV[a], "status")
      if (user && ARGV[2] != "none") one(ARGV[a], ARGV[2])
    }
    exit
  }' "$N" "$R" "$@" </dev/null
else
  for pid do
    f "/proc/$pid/status"
    [ "$R" = none ] || f "/proc/$pid/$R"
  done
fi
printf '\n%s file fds\n' "$N"
dirs=
for pid do dirs="$dirs /proc/$pid/fd"; done
k() {
  if grep -q x /proc/self/comm /proc/self/cmdline 2>/dev/null; then grep -e '^/proc/' -e memfd: -e '(deleted)' -e dmabuf -e '/dev/shm/'; else cat; fi
}
e=$( { ls -ln$B /proc/self/fd $dirs | k >&3; } 2>&1 )
printf '\n%s file fds-refused\n%s\n' "$N" "$e"
${TAIL}`;

/** Files of at least 16 KiB on the mounts that are the arguments. */
export const MOUNT_FILES_SCRIPT = String.raw`${HEAD}
i=0
for m do
  printf '\n%s file mount %s\n' "$N" "$i"
  e=$( { find "$m/." -xdev -type f -size +31 -exec ls -lnsik$B {} + >&3; } 2>&1 )
  [ -z "$e" ] || printf '\n%s file refused %s\n%s\n' "$N" "$i" "$e"
  i=$((i + 1))
done
${TAIL}`;

/** What the open files that are the arguments (`/proc/PID/fd/FD`) lead to: inode, blocks and size; and what fdinfo says of them. */
export const OPEN_FILES_SCRIPT = String.raw`${HEAD}
printf '\n%s file open\n' "$N"
ls -lnsikL$B -d -- "$@" 2>/dev/null
for p do case $p in */fdinfo/*) f "$p" ;; esac; done
${TAIL}`;
