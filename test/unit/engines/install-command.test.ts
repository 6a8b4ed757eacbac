import { describe, expect, test } from 'vitest';
import { installCommand } from '../../../src/engines/install-command.js';

describe('installCommand', () => {
  test.each([
    [['debian'], 'valgrind', 'sudo apt install valgrind'],
    [['ubuntu', 'debian'], 'g++', 'sudo apt install g++'],
    [['fedora'], 'g++', 'sudo dnf install gcc-c++'],
    [['rocky', 'rhel', 'centos', 'fedora'], 'asan', 'sudo dnf install libasan'],
    [['arch'], 'gcc', 'sudo pacman -S gcc'],
    [['alpine'], 'asan', 'sudo apk add clang compiler-rt'],
    [['opensuse-tumbleweed', 'opensuse', 'suse'], 'lsan', 'sudo zypper install liblsan0'],
  ] as const)('%j wants %s', (distribution, key, command) => {
    expect(installCommand(distribution, key)).toBe(command);
  });

  test('goes by ID_LIKE when the ID is unknown', () => {
    expect(installCommand(['mydistro', 'Arch'], 'valgrind')).toBe('sudo pacman -S valgrind');
  });

  test('names the package where the distribution is not known', () => {
    expect(installCommand(undefined, 'valgrind')).toBe('install valgrind with the package manager of your system');
    expect(installCommand(['plan9'], 'valgrind')).toBe('install valgrind with the package manager of your system');
  });
});
