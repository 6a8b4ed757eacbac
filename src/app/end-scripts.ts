/**
 * Parts of scripts that end a program: `members` finds the processes of the session `$leader`, as proc_pid_stat(5) tells them, and `end_members` ends
 * them: by SIGTERM, and after `$grace` rounds of a fifth of a second by SIGKILL. A process whose main thread has ended before the others looks like a
 * zombie, and has more than one thread.
 */
export const END_MEMBERS = `
members() {
  found=
  for stat in /proc/[0-9]*/stat; do
    line=
    while IFS= read -r part || [ -n "$part" ]; do line="$line $part"; part=; done 2>/dev/null <"$stat" || continue
    pid=\${stat#/proc/}; pid=\${pid%/stat}
    set -- \${line##*") "}
    [ "\${4-}" = "$leader" ] && [ "$pid" != "$$" ] || continue
    if [ "$1" != Z ] || [ "\${18-0}" -gt 1 ]; then found="$found $pid"; fi
  done
  [ -n "$found" ]
}
end_members() {
  if members; then kill -TERM $found; kill -CONT $found; fi
  rounds=0
  while [ "$rounds" -lt 100 ] && members; do
    rounds=$((rounds + 1))
    if [ "$rounds" -gt "$grace" ]; then kill -KILL $found; else sleep 0.2 || sleep 1; fi
  done
}
`;

/**
 * Prints the leader of the program whose directory is $1, and sees to it that none begins any more: without its directory a leader begins nothing; one that
 * has begun has written its number there, or is just doing so.
 */
export const TAKE_LEADER = `
mv "$1" "$1.over" && cd "$1.over" && [ -e leader ] || exit 0
for i in 1 2 3 4 5 6 7 8 9 10; do
  if [ -s leader ]; then cat leader; exit 0; fi
  sleep 0.1 2>/dev/null || sleep 1
done
`;
