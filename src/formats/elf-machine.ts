/** e_machine (System V gABI 4.1, registry of machine numbers; elf.h) as the word that `uname -m` prints on such a machine. */
export function machineWord(machine: number, bits: 32 | 64, littleEndian: boolean): string {
  switch (machine) {
    case 2:
    case 18:
      return 'sparc';
    case 3:
      return 'i686';
    case 4:
      return 'm68k';
    case 8:
      return bits === 64 ? 'mips64' : 'mips';
    case 15:
      return bits === 64 ? 'parisc64' : 'parisc';
    case 20:
      return 'ppc';
    case 21:
      return littleEndian ? 'ppc64le' : 'ppc64';
    case 22:
      return bits === 64 ? 's390x' : 's390';
    case 40:
      return littleEndian ? 'arm' : 'armeb';
    case 42:
      return 'sh4';
    case 43:
      return 'sparc64';
    case 50:
      return 'ia64';
    case 62:
      return 'x86_64';
    case 92:
      return 'openrisc';
    case 94:
      return 'xtensa';
    case 164:
      return 'hexagon';
    case 183:
      return littleEndian ? 'aarch64' : 'aarch64_be';
    case 189:
      return 'microblaze';
    case 195:
      return 'arc';
    case 243:
      return bits === 64 ? 'riscv64' : 'riscv32';
    case 258:
      return bits === 64 ? 'loongarch64' : 'loongarch32';
    case 0x9026:
      return 'alpha';
    default:
      return `machine 0x${machine.toString(16)}`;
  }
}

/** Words of `uname -m` for 32-bit ARM with EABI: armv6l, armv7l, armv8l... */
const isArm32 = (machine: string): boolean => machine === 'arm' || /^armv\d/.test(machine);

/**
 * Whether a kernel whose `uname -m` is `machine` can be expected to run a program of `program` (a word of `machineWord`).
 * A 64-bit kernel runs the 32-bit programs of its family; binfmt_misc emulation is not known here.
 */
export function runsOnMachine(program: string, machine: string): boolean {
  if (program === machine) return true;
  switch (program) {
    case 'i686':
      return machine === 'x86_64' || /^i[3-6]86$/.test(machine);
    case 'arm':
      return isArm32(machine) || machine === 'aarch64';
    case 'armeb':
      return /^armv\d+\w*b$/.test(machine);
    case 'aarch64':
      return machine === 'arm64';
    case 'riscv32':
      return machine === 'riscv64';
    case 'ppc':
      return machine === 'ppc64';
    case 's390':
      return machine === 's390x';
    case 'mips':
      return machine === 'mips64';
    case 'sparc':
      return machine === 'sparc64';
    case 'sh4':
      return machine.startsWith('sh4');
    default:
      return false;
  }
}
