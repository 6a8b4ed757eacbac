import type { Command } from '../app/ports.js';
import { quoteWord } from '../base/shell-words.js';
import { AS_POSIX_SHELL, MORE_PATH } from './shell-program.js';

/** Ends what a shell may have read too much of its input; what follows is the program's. */
const INPUT_MARK = '@@memlens-input';
/**
 * A shell may read its script in blocks (dash: 8 KiB), and what it has read too much is lost to the program. So the script is followed by
 * more lines than a block holds, which are read away one by one.
 */
const PADDING_LINES = 320;
const PADDING = '#'.repeat(63);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

interface ScriptOptions {
  /** The script is followed by padding on the shell's input. */
  readonly byInput?: boolean;
  /** The terminal there is behind our own, which has echoed what was typed and ends lines. A client without a terminal makes one without any keys. */
  readonly quietTerminal?: boolean;
}

/**
 * A script that becomes `command` in a POSIX shell whose terminal or pipes are the user's. The command leads a session, where that can be:
 * a shell that has a terminal is in one of its own, any other takes setsid(1) where it is there.
 */
export function stagedScript(command: Command, options: ScriptOptions = {}): string {
  const env = Object.entries(command.env ?? {});
  const odd = env.filter(([name]) => !NAME.test(name)).map(([name, value]) => `${name}=${value}`);
  const words = [...(odd.length === 0 ? [] : ['env', ...odd]), ...command.argv];
  return [
    '{',
    AS_POSIX_SHELL,
    `PATH=\${PATH:+$PATH:}${MORE_PATH}`,
    'export PATH',
    ...(options.byInput === true ? [`while IFS= read -r m_l && [ "$m_l" != ${INPUT_MARK} ]; do :; done`] : []),
    ...(options.quietTerminal === true ? ['stty sane -echo -onlcr 2>/dev/null'] : []),
    ...(command.cwd === undefined ? [] : [`cd -- ${quoteWord(command.cwd)} || exit 126`]),
    'm_l=',
    'read -r m_l </proc/$$/stat',
    // Behind the name, which is that of a shell: state, parent, group, session, terminal (proc_pid_stat(5)).
    'set -- ${m_l##*") "}',
    'm_h=',
    'if [ "${4-}" != "$$" ] && [ "${5-}" = 0 ] && command -v setsid >/dev/null 2>&1; then m_h=setsid; fi',
    ...env.filter(([name]) => NAME.test(name)).map(([name, value]) => `export ${name}=${quoteWord(value)}`),
    // A process that was just forked leads no group, so setsid(1) becomes the command and does not fork.
    `if [ -n "$m_h" ]; then ( exec setsid ${words.map(quoteWord).join(' ')} ); exit; fi`,
    `exec ${words.map(quoteWord).join(' ')}`,
    '}',
  ].join('\n');
}

const RELAY = `
script=$1; pad=$2; mark=$3; last=$4; shift 4
exec 3<&0
{
  if [ -n "$script" ]; then
    printf '%s\\n' "$script"
    i=0
    while [ "$i" -lt ${PADDING_LINES} ]; do printf '%s\\n' "$pad"; i=$((i + 1)); done
    printf '%s\\n' "$mark"
  fi
  cat <&3
  printf %s "$last"
} | "$@" 3<&- &
wait "$!"
`;

/** `argv` gives a shell on its standard input: the script goes there, then the user's input. */
export function stagedByInput(argv: readonly string[], command: Command): Command {
  const script = stagedScript(command, { byInput: true });
  return { argv: ['/bin/sh', '-c', RELAY, 'memlens', script, PADDING, INPUT_MARK, '', ...argv] };
}

/** A terminal ends an input at Ctrl-D, which works at the beginning of a line; behind half a line it only sends it. */
const END_OF_INPUT = '\x04\x04';

/** Keeps our own terminal as it is, so that Ctrl-C stays ours, in front of a client that would take it. */
export function behindOwnTerminal(command: Command): Command {
  return { argv: ['/bin/sh', '-c', RELAY, 'memlens', '', '', '', END_OF_INPUT, ...command.argv] };
}

/**
 * A script as a command line that any login shell (csh and fish too) takes for the same: in single quotes, and without a character that one
 * of them reads there.
 */
export function asRemoteWords(script: string): string {
  const encoded = [...new TextEncoder().encode(script)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[A-Za-z0-9 _/.,:=+@-]/.test(letter) ? letter : `\\0${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
  return `exec sh -c 'eval "$(printf %b "$0")"' '${encoded}'`;
}
