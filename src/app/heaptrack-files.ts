const FOLDERS = ['/usr/lib', '/usr/lib/*', '/usr/lib64', '/usr/local/lib*'];

const below = (name: string, folders: readonly string[]): string =>
  folders.map((folder) => `${folder}/heaptrack/${name}`).join(' ');

/** Where distributions put the parts of heaptrack that have no name on the PATH: patterns of sh. */
export const HEAPTRACK_FILES = {
  interpreter: `${below('libexec/heaptrack_interpret', FOLDERS)} /usr/libexec/heaptrack_interpret`,
  /** For a process that runs already. */
  inject: below('libheaptrack_inject.so', FOLDERS),
  preload: below('libheaptrack_preload.so', FOLDERS),
};
