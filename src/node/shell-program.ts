import type { Command } from '../app/ports.js';
import { quoteWord } from '../base/shell-words.js';

/**
 * A word of a program that is sent as one line: newlines come from $NL.
 */
export function lineWord(word: string): string {
  return word === ''
    ? "''"
    : word
        .split('\n')
        .map((part) => (part === '' ? '' : quoteWord(part)))
        .join('"$NL"');
}

/** A path as an operand: never an option. */
export function pathWord(path: string): string {
  return lineWord(path.startsWith('/') ? path : `./${path}`);
}

/** Directories that the PATH of a command that is run by ssh often lacks. */
export const MORE_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';

/**
 * zsh is a POSIX shell only after this: otherwise a pattern that fits nothing is an error, and a variable with blanks is one word.
 * A shell that has a terminal has job control (`set -m`): each command behind it leads a process group, from which setsid(1) can only
 * fork, and what we wait for would be over before it began.
 * It stands at the begin of all that is sent, as each part relies on it.
 */
export const AS_POSIX_SHELL = '[ -z "${ZSH_VERSION-}" ]||emulate sh; case $- in *m*) set +m;; esac';

/**
 * One line for a POSIX shell, which ends after it. On both outputs it says `@@nonce hello PLATFORM` after a newline, then runs `body`, which
 * leaves a status in $c, and says `@@nonce end STATUS SIGNAL` in the end (SIGNAL by its name without SIG, when a shell's status
 * means one). The marks are put together as they are printed: a terminal that echoes the line shows none. The body
 * sees stdin as it is; it is not run on a machine that has no /proc of Linux.
 */
export function shellProgram(nonce: string, body: string): string {
  return `${[
    AS_POSIX_SHELL,
    `N=${nonce}`,
    "NL=$(printf '\\nx')",
    'NL=${NL%x}',
    `PATH=\${PATH:+$PATH:}${MORE_PATH}`,
    'export PATH',
    // A greeting without a fork where there is Linux.
    'if [ -e /proc/self/stat ]; then P=linux; else P=$(uname -s 2>/dev/null || echo unknown); fi',
    `printf '\\n@@%s hello %s\\n' "$N" "$P"`,
    `printf '\\n@@%s hello %s\\n' "$N" "$P" >&2`,
    '[ "$P" = linux ] || exit 0',
    body,
    's=',
    'if [ "$c" -gt 128 ]; then s=$(kill -l "$c" 2>/dev/null); fi',
    `printf '\\n@@%s end %s %s\\n' "$N" "$c" "$s"`,
    'exit 0',
  ].join('; ')}\n`;
}

/** The body of a program for a few commands whose messages are read: they are those of the C locale. */
export const scriptBody = (script: string): string => `(LC_ALL=C; export LC_ALL; ${script}); c=$?`;

/**
 * Shell code that ends the processes of a session: `ended SESSION LEADER GRACE`, in steps of a fifth of a second. Those of session
 * 0 (led from outside of our PID namespace) are left alone. The name in /proc/PID/stat (field 2) may hold
 * anything, newlines too; field 6 is the session. A process that is a zombie with one thread (field 20) is over.
 */
export const END_SESSION = [
  'left() { L=',
  'for f in /proc/[0-9]*/stat; do l=',
  'while IFS= read -r x || [ -n "$x" ]; do l="$l $x"; x=; done 2>/dev/null <"$f" || continue',
  'set -- ${l##*\\) }',
  '[ "${4-}" = "$E" ] && [ "$E" != 0 ] || continue',
  '{ [ "$1" != Z ] || [ "${18}" -gt 1 ]; } || continue',
  'p=${f#/proc/}',
  'p=${p%/stat}',
  'case " $KEEP " in *" $p "*) ;; *) L="$L $p";; esac',
  'done',
  '[ -n "$L" ]; }',
  'end_session() { left || return 0',
  'kill -TERM $L 2>/dev/null',
  // A stopped process does not see SIGTERM before it goes on.
  'kill -CONT $L 2>/dev/null',
  'g=$1',
  'while left; do [ "$g" -gt 0 ] || break',
  'g=$((g-1))',
  'sleep 0.2 2>/dev/null || sleep 1',
  'done',
  // New ones may have been forked between the look and the signal.
  'for g in 1 2 3 4 5 6 7 8 9; do left || return 0',
  'kill -KILL $L 2>/dev/null',
  'done; }',
].join('; ');

/**
 * Before `exec "$@"` of the command: its session is told (`$1`, or the one that it leads itself), by the process that becomes it, as bash writes a newline
 * by itself and what others write may come between; its directory, its variables up to `--`, and whether it is there. */
const RUN = [
  `fail() { printf '\\n@@%s fault %s\\n' "$MEMLENS_MARK" "$1"; exit 127; }`,
  `printf '\\n@@%s session %s\\n' "$MEMLENS_MARK" "\${1:-$$}"`,
  'shift',
  'if [ -n "$1" ]; then cd "$1" 2>/dev/null || fail directory; fi',
  'shift',
  'while [ "$1" != -- ]; do export "$1"; shift; done',
  'shift',
  'case $1 in */*) [ -e "$1" ] || fail missing; [ ! -d "$1" ] && [ -x "$1" ] || fail permission;; *) command -v "$1" >/dev/null 2>&1 || fail missing;; esac',
  'unset MEMLENS_MARK',
  'exec "$@"',
].join('; ');

/**
 * The end of a session (END_SESSION), when its input ends, which is the shell's, or after `$4` seconds by sleep(1); in a process of its own, and in
 * a session of its own where there is setsid(1), so that it is not ended with the shell. It is ended itself by SIGUSR1, unless it has
 * begun: mksh has a handler for SIGTERM, and goes on reading. The other one is not kept when it is in the session; `$5` is the one with the clock, for the
 * one with the input.
 */
const ENDING = [
  END_SESSION,
  'E=$1',
  'KEEP="$2 $$"',
  'C=$3',
  'if [ -n "$4" ]; then D=',
  'S=',
  // A signal that comes before $S is set is seen after it.
  `trap 'D=1; kill $S' USR1`,
  'sleep "$4" & S=$!',
  '[ -z "$D" ] || kill "$S"',
  'wait "$S"',
  '[ -z "$D" ] || exit 0',
  // The clock is of no use any more, and nobody else may be there to end it.
  'else read -r x',
  '[ -z "$5" ] || kill -USR1 "$5"',
  'fi',
  "trap '' USR1 TERM HUP INT",
  'kill -TERM "$C"',
  'end_session 3',
].join('; ');

/** In one argument of printf: mksh has no printf of its own, and execve(2) takes 128 KiB in a word. */
const PRINTF_CHARACTERS = 16 << 10;

function printed(text: string): string {
  const words: string[] = [];
  for (const [i, part] of text.split('\0').entries()) {
    if (i > 0) words.push("printf '\\000'");
    for (let at = 0; at < part.length; ) {
      let end = Math.min(part.length, at + PRINTF_CHARACTERS);
      // Not between the halves of a surrogate pair.
      if (end < part.length && /[\uD800-\uDBFF]/.test(part[end - 1] as string)) end++;
      words.push(`printf %s ${lineWord(part.slice(at, end))}`);
      at = end;
    }
  }
  return words.length === 0 ? ':' : words.join('; ');
}

/** What follows the session among the arguments of RUN. */
function runWords(command: Command): string {
  const env = Object.entries(command.env ?? {});
  // sh has no variables of other names; env(1) has.
  const plain = env.filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  const odd = env.filter(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  const words = [
    command.cwd === undefined ? '' : command.cwd.startsWith('/') ? command.cwd : `./${command.cwd}`,
    ...plain.map(([name, value]) => `${name}=${value}`),
    '--',
    ...(odd.length === 0 ? [] : ['env', ...odd.map(([name, value]) => `${name}=${value}`)]),
    ...command.argv,
  ];
  return words.map(lineWord).join(' ');
}

export interface CommandBodyOptions {
  /** Text for the command's input. */
  readonly stdin?: string | undefined;
  /** The session is ended after so many seconds by the target itself, whatever became of the connection. */
  readonly limitSeconds?: number | undefined;
}

/**
 * The body of a program that runs a command to its end. The command leads a session of its own where there is setsid(1), else it is in
 * the shell's, which nothing else is in. As soon as the shell's input ends (we have gone, or want the end), the session is ended.
 * It says `@@nonce session ID` on stdout.
 */
export function commandBody(command: Command, { stdin, limitSeconds }: CommandBodyOptions = {}): string {
  const feed = stdin === undefined || stdin === '' ? '' : `{ ${printed(stdin)}; } 2>/dev/null | `;
  const ending = (seconds: string, input: string): string =>
    `exec $H sh -c ${quoteWord(ENDING)} memlens "$E" "$$" "$C" ${seconds} "$T" ${input} >/dev/null 3<&- 5>&-`;
  const limit = limitSeconds === undefined ? undefined : String(Math.ceil(limitSeconds));
  return [
    'MEMLENS_MARK=$N',
    'export MEMLENS_MARK',
    'H=',
    'if command -v setsid >/dev/null 2>&1; then H=setsid; fi',
    // Else the session of the shell itself; its own name may hold anything, too.
    'E=',
    'if [ -z "$H" ]; then read -r l </proc/$$/stat; set -- ${l##*\\) }; E=$4; fi',
    'exec 3<&0 5>&2 </dev/null 2>/dev/null',
    // exec, so that $! is the leader of the session in every shell.
    `${feed}exec $H sh -c ${quoteWord(RUN)} memlens "$E" ${runWords(command)} 2>&5 3<&- 5>&- & C=$!`,
    'if [ -n "$H" ]; then E=$C; fi',
    // ksh closes what is above 2 in a program that it becomes.
    'T=',
    // Without sleep(1) there is no clock: whoever asks keeps the limit, and the end of the input is the end.
    ...(limit === undefined ? [] : [`if command -v sleep >/dev/null 2>&1; then ${ending(limit, '')} & T=$!; fi`]),
    `${ending("''", '<&3')} & W=$!`,
    'wait "$C"',
    'c=$?',
    'kill -USR1 "$W" $T',
    'wait "$W" $T',
  ].join('; ');
}

/** The body of a program that runs a command whose input is the shell's: it knows by its end that it is not wanted any more, and ends by itself. */
export function streamBody(command: Command): string {
  return `MEMLENS_MARK=$N; export MEMLENS_MARK; sh -c ${quoteWord(RUN)} memlens "" ${runWords(command)}; c=$?`;
}
