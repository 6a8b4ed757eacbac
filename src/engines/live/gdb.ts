/** The scripts that make calls in a process by gdb (media/), in their order. */
export const CALL_SCRIPTS = [
  'inject-modules.py',
  'inject-stack.py',
  'inject-call.py',
  'inject-rescue.py',
  'inject-malloc-info.py',
  'inject-leak-check.py',
  'inject-heaptrack.py',
  'inject-prof-dump.py',
  'inject-run.py',
] as const;

/**
 * gdb with a script of ours: it reads no file of the user's and none that the program names, asks no server for debug information, and reads the symbols of a
 * library only when the script says so, since the process stands still meanwhile.
 */
export function gdbWords(gdb: string, script: string): readonly string[] {
  const settings = [
    'set auto-load off',
    'set debuginfod enabled off',
    'set debug-file-directory /nonexistent',
    'set auto-solib-add off',
  ];
  return [gdb, '-nx', '-nh', '-batch', '-q', ...settings.flatMap((line) => ['-iex', line]), '-x', script];
}
