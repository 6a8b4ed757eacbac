/** What a remedy can ask for, by one name on every distribution. */
export type PackageKey =
  | 'gcc'
  | 'g++'
  | 'clang'
  | 'valgrind'
  | 'heaptrack'
  | 'asan'
  | 'clang-runtime'
  | 'lsan'
  | 'gdb'
  | 'binutils'
  | 'llvm-symbolizer'
  | 'setarch'
  | 'libc-debug';

interface PackageManager {
  readonly command: string;
  /** Names in os-release(5)'s ID or ID_LIKE. */
  readonly distributions: readonly string[];
  readonly packages: Readonly<Record<PackageKey, string>>;
}

/**
 * Where a runtime's package is named after a version of the compiler (`libasan8`), the package that depends on the
 * right one is named instead: a name that does not exist makes the whole command fail.
 */
const MANAGERS: readonly PackageManager[] = [
  {
    command: 'sudo apt install',
    distributions: ['debian', 'ubuntu', 'linuxmint', 'raspbian', 'pop', 'kali', 'devuan'],
    packages: {
      gcc: 'gcc libc6-dev',
      'g++': 'g++',
      clang: 'clang llvm',
      valgrind: 'valgrind',
      heaptrack: 'heaptrack',
      asan: 'build-essential',
      'clang-runtime': 'libclang-rt-dev',
      lsan: 'liblsan0',
      gdb: 'gdb',
      binutils: 'binutils',
      'llvm-symbolizer': 'llvm',
      setarch: 'util-linux',
      'libc-debug': 'libc6-dbg',
    },
  },
  {
    command: 'sudo dnf install',
    distributions: ['fedora', 'rhel', 'centos', 'rocky', 'almalinux', 'ol', 'amzn'],
    packages: {
      gcc: 'gcc',
      'g++': 'gcc-c++',
      clang: 'clang compiler-rt llvm',
      valgrind: 'valgrind',
      heaptrack: 'heaptrack',
      asan: 'libasan',
      'clang-runtime': 'compiler-rt',
      lsan: 'liblsan',
      gdb: 'gdb',
      binutils: 'binutils',
      'llvm-symbolizer': 'llvm',
      setarch: 'util-linux',
      'libc-debug': 'glibc-debuginfo',
    },
  },
  {
    command: 'sudo pacman -S',
    distributions: ['arch', 'archarm', 'manjaro', 'endeavouros'],
    packages: {
      gcc: 'gcc',
      'g++': 'gcc',
      clang: 'clang compiler-rt llvm',
      valgrind: 'valgrind',
      heaptrack: 'heaptrack',
      asan: 'gcc',
      'clang-runtime': 'compiler-rt',
      lsan: 'gcc',
      gdb: 'gdb',
      binutils: 'binutils',
      'llvm-symbolizer': 'llvm',
      setarch: 'util-linux',
      'libc-debug': 'debuginfod',
    },
  },
  {
    command: 'sudo apk add',
    distributions: ['alpine', 'postmarketos', 'wolfi'],
    // Alpine builds gcc without its sanitizers: clang's are the ones to be had.
    packages: {
      gcc: 'gcc musl-dev',
      'g++': 'g++',
      clang: 'clang compiler-rt llvm musl-dev',
      valgrind: 'valgrind',
      heaptrack: 'heaptrack',
      asan: 'clang compiler-rt',
      'clang-runtime': 'compiler-rt',
      lsan: 'clang compiler-rt',
      gdb: 'gdb',
      binutils: 'binutils',
      'llvm-symbolizer': 'llvm',
      setarch: 'setarch',
      'libc-debug': 'musl-dbg',
    },
  },
  {
    command: 'sudo zypper install',
    distributions: ['suse', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed', 'sles', 'sled'],
    packages: {
      gcc: 'gcc',
      'g++': 'gcc-c++',
      clang: 'clang llvm',
      valgrind: 'valgrind',
      heaptrack: 'heaptrack',
      asan: 'gcc',
      'clang-runtime': 'clang',
      lsan: 'liblsan0',
      gdb: 'gdb',
      binutils: 'binutils',
      'llvm-symbolizer': 'llvm',
      setarch: 'util-linux',
      'libc-debug': 'glibc-debuginfo',
    },
  },
];

/** What to ask for where the distribution is not known. */
const PLAIN_NAMES: Readonly<Record<PackageKey, string>> = {
  gcc: 'gcc',
  'g++': 'g++',
  clang: 'clang and its compiler-rt',
  valgrind: 'valgrind',
  heaptrack: 'heaptrack',
  asan: 'the AddressSanitizer runtime of your compiler (libasan, or compiler-rt for clang)',
  'clang-runtime': "compiler-rt (clang's runtime libraries)",
  lsan: 'the LeakSanitizer runtime of gcc (liblsan)',
  gdb: 'gdb',
  binutils: 'binutils',
  'llvm-symbolizer': 'llvm (llvm-symbolizer)',
  setarch: 'util-linux (setarch)',
  'libc-debug': "your C library's debug information",
};

/**
 * One line that installs a package: a command of the distribution's package manager, or a sentence where the
 * distribution is not known.
 *
 * @param distribution ID first, then the words of ID_LIKE, as os-release(5) orders them.
 */
export function installCommand(distribution: readonly string[] | undefined, packageKey: PackageKey): string {
  for (const id of distribution ?? []) {
    const manager = MANAGERS.find((candidate) => candidate.distributions.includes(id.toLowerCase()));
    if (manager) return `${manager.command} ${manager.packages[packageKey]}`;
  }
  return `install ${PLAIN_NAMES[packageKey]} with the package manager of your system`;
}
