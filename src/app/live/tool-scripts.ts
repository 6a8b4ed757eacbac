/**
 * Ends the tool of the file $1 (its number, its signal, its rounds of a fifth of a second): by its signal, so that it detaches, and by SIGKILL when it has
 * not ended then. A tool that is not started yet is waited for, as long as its leader ($2) is there.
 */
const END_TOOL = `
m_end() {
  m_pid=
  while ! read -r m_pid m_how m_rounds <"$1" || [ -z "$m_rounds" ]; do
    kill -s 0 "$2" || return
    sleep 0.2 || sleep 1
  done
  kill -s "$m_how" "$m_pid"
  kill -s CONT "$m_pid"
  while [ "$m_rounds" -gt 0 ]; do
    kill -s 0 "$m_pid" || return
    m_rounds=$((m_rounds - 1))
    sleep 0.2 || sleep 1
  done
  kill -s KILL "$m_pid"
}
`;

/**
 * Leads a tool in the directory $1: it ends it by the signal $2, within $3 rounds, when its input ends: then we want the end, or are gone, whatever ended us
 * and wherever we were. What a tool says is read until it ends, even when nobody wants it any more: it may be in the middle of something that it has to
 * undo, and must not be ended by SIGPIPE. It runs in the foreground, since what a shell starts in the background ignores SIGINT, and in a session of its
 * own where there is setsid(1). Its file says from the beginning that it is there; and those who read its output are let go when it could not be started,
 * even when the directory is gone by then. The names of variables are odd, because one of the environment keeps being exported when it is set.
 */
export const LEADER = `${END_TOOL}
m_file=$1/tool.$$ m_out=$1/out.$$ m_err=$1/err.$$ m_words="$2 $3"; shift 3
trap : INT QUIT TERM HUP
exec 3<&0 5>&2 </dev/null 2>/dev/null
umask 077
: >"$m_file" && mkfifo "$m_out" "$m_err" || { echo "mkfifo: $m_out can't be made" >&5; exit 125; }
m_set=
if command -v setsid >/dev/null; then m_set=setsid; fi
{ cat; exec cat >/dev/null; } <"$m_out" 3<&- 5>&- & m_p1=$!
{ cat >&5; exec cat >/dev/null; } <"$m_err" >/dev/null 3<&- & m_p2=$!
{ while read -r m_x; do :; done; m_end "$m_file" $$; } <&3 >/dev/null 3<&- 5>&- & m_p3=$!
$m_set sh -c 'printf "%s %s\\n" "$$" "$2" >"$1" || exit 125; shift 2; exec "$@"' memlens "$m_file" "$m_words" "$@" >"$m_out" 2>"$m_err" 3<&- 5>&-
m_code=$?
kill -s KILL "$m_p3"
m_pid=
read -r m_pid m_x <"$m_file"
if [ -n "$m_set" ] && [ -n "$m_pid" ] && kill -s TERM -- "-$m_pid"; then
  sleep 0.2 || sleep 1
  kill -s KILL -- "-$m_pid"
fi
if [ -p "$m_out" ] && [ -p "$m_err" ]; then
  : 4<>"$m_out" 6<>"$m_err"
else
  kill -s KILL "$m_p1" "$m_p2"
fi
wait "$m_p1" "$m_p2"
rm -f "$m_file" "$m_out" "$m_err"
exit "$m_code"
`;

/**
 * Keeps the directory $1 while its input is open, and removes it then, when the tools in it have ended. A line of its input is a sign of life: after $2
 * seconds without one the connection is taken for lost, and the tools are ended from here.
 */
export const KEEPER = `${END_TOOL}
m_dir=$1 m_limit=$2
trap '' INT QUIT TERM HUP
exec 2>/dev/null
m_tools() {
  for m_file in "$m_dir"/tool.*; do [ -e "$m_file" ] && return; done
  return 1
}
m_remove() {
  m_n=0
  while [ "$m_n" -lt 150 ] && m_tools; do m_n=$((m_n + 1)); sleep 0.2 || sleep 1; done
  rm -rf "$m_dir"
}
{
  m_quiet=0
  while [ -d "$m_dir" ] && [ "$m_quiet" -lt "$m_limit" ]; do
    sleep 1
    if [ -e "$m_dir/beat" ]; then rm -f "$m_dir/beat"; m_quiet=0; else m_quiet=$((m_quiet + 1)); fi
  done
  if [ -d "$m_dir" ]; then
    for m_tool in "$m_dir"/tool.*; do m_end "$m_tool" $$ & done
    wait
    m_remove
  fi
} </dev/null >/dev/null & m_watch=$!
while read -r m_x; do : >"$m_dir/beat"; done
m_remove
kill -s KILL "$m_watch"
exit 0
`;
