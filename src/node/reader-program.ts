/**
 * The remote command for `ssh ... -- host`: one word that sh, bash, dash, zsh, fish, tcsh, mksh, yash, ksh93 and BusyBox take alike as
 * a login shell. It reads one line, the program, and runs it in the target's POSIX shell. A command that gives a POSIX shell
 * on its standard input needs no such word: the program is one line of shell, and runs as it comes.
 */
export const SHELL_BOOT = `exec sh -c 'IFS= read -r s;eval "$s"'`;
