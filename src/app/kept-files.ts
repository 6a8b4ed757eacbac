/** `files` of a state that the editor has kept: absolute paths. undefined: of another version, or of nobody. */
export function readKeptFiles(state: unknown): readonly string[] | undefined {
  if (typeof state !== 'object' || state === null || !('files' in state) || !Array.isArray(state.files)) return undefined;
  const paths = state.files.filter((path): path is string => typeof path === 'string' && path.startsWith('/'));
  return paths.length === 0 || paths.length < state.files.length ? undefined : paths;
}
