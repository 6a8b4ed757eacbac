import type { Command } from '../app/ports.js';
import { quoteWord } from '../base/shell-words.js';

/** Holds the script: a command line would be shown to the user whenever the terminal has something to complain of. */
export const STAGE_VARIABLE = 'MEMLENS_STAGE';
/** What `sh -c` gets. */
export const STAGE_COMMAND = `eval "$${STAGE_VARIABLE}"`;

/**
 * A script for `sh` that becomes the program. The editor replaces `${...}` in everything that a task is made of,
 * environment and directory included, so all data stands in this one text, and no `${` in it.
 */
export function stageScript(command: Command): string {
  const exports = Object.entries(command.env ?? {})
    // POSIX XBD 8.1: sh can carry other names, but not set them.
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `export ${name}=${quoted(value)}`);
  const enter = command.cwd === undefined ? [] : [`cd -- ${quoted(command.cwd)} || exit 126`];
  return [`unset ${STAGE_VARIABLE}`, ...exports, ...enter, `exec ${command.argv.map(quoted).join(' ')}`].join('\n');
}

/** `${` inside of single quotes becomes `$''{`: the same text for sh, and no variable for the editor. */
function quoted(word: string): string {
  return quoteWord(word).split('${').join("$''{");
}
