import { describe, expect, test } from 'vitest';
import { briefFaultText, faultText } from '../../../src/app/fault-text.js';
import type { Fault } from '../../../src/base/fault.js';

const trace = { argv: ['gcc', 'a b.c'], exitCode: 1, stderrTail: 'a b.c:1:1: error: no\n' };

/** The words that a user sees, for each failure: a change here is a change for the user. */
describe('faults in words', () => {
  test.each<[Fault, string, string]>([
    [
      { code: 'tool-missing', tool: 'C compiler', remedy: 'sudo apt install gcc' },
      'No C compiler was found.',
      'sudo apt install gcc',
    ],
    [
      { code: 'tool-missing', tool: 'C compiler', remedy: '' },
      'No C compiler was found.',
      'Install a C compiler, then try again.',
    ],
    [
      { code: 'tool-too-old', tool: 'valgrind', version: '3.4', needs: '3.6', remedy: 'sudo apt install valgrind' },
      'valgrind 3.4 is too old: 3.6 or newer is needed.',
      'sudo apt install valgrind',
    ],
    [
      { code: 'tool-failed', tool: 'gcc', trace: { ...trace, exitCode: null, signal: 'SIGKILL' } },
      'gcc failed (ended by SIGKILL).',
      "Run it by hand to see more: gcc 'a b.c'",
    ],
    [
      { code: 'engine-unfit', engine: 'Memcheck', reason: 'it is static.', remedy: 'Link it dynamically.' },
      "Memcheck can't be used here: it is static.",
      'Link it dynamically.',
    ],
    [
      { code: 'unwritable', path: '/mnt/x.memlens', detail: 'EIO' },
      '/mnt/x.memlens could not be written.',
      'Choose another place.',
    ],
    [{ code: 'file-exists', path: '/x.memlens' }, '/x.memlens is there already.', 'Choose another name'],
    [{ code: 'untrusted-workspace' }, 'Nothing is built or run in a workspace that you have not trusted.', 'Trust the workspace'],
    [
      { code: 'unsupported-platform', platform: 'darwin' },
      'Programs can be profiled on Linux only, and this machine runs darwin.',
      'VS Code Remote',
    ],
    [
      { code: 'unsupported-platform', platform: 'darwin', target: 'ssh:mac' },
      'Memory is watched on Linux only, and ssh:mac runs darwin.',
      'Choose another target.',
    ],
    [{ code: 'unsupported-platform', platform: 'linux', target: 'ssh:jail' }, 'ssh:jail has no /proc of Linux.', 'mount -t proc'],
    [{ code: 'permission', path: '/r', operation: 'write' }, 'No permission to write /r.', 'read-only'],
    [{ code: 'not-found', path: '/p', what: 'program' }, 'The program /p does not exist.', 'Build it first'],
    [{ code: 'not-found', path: '/p', what: 'report' }, 'The report /p does not exist.', 'Check the path.'],
    [{ code: 'not-executable', path: '/p q', reason: 'permission' }, '/p q is not executable.', "chmod +x '/p q'"],
    [{ code: 'not-executable', path: '/p', reason: 'directory' }, '/p is a directory, not a program.', 'Choose a program'],
    [
      { code: 'not-executable', path: '/p', reason: 'not-a-program' },
      '/p is not a program that can be profiled: it is no ELF executable.',
      'interpreter',
    ],
    [
      { code: 'wrong-architecture', path: '/p', program: 'aarch64', machine: 'x86_64' },
      '/p was built for aarch64, and this machine is x86_64.',
      'Build it for this machine',
    ],
    [
      {
        code: 'build-failed',
        trace,
        diagnostics: [
          { file: 'a', line: 1, severity: 'note', message: 'n' },
          { file: 'a', line: 1, severity: 'error', message: 'expected ;' },
        ],
      },
      'The build failed: expected ;',
      "The command was: gcc 'a b.c'",
    ],
    [{ code: 'build-failed', trace, diagnostics: [] }, 'The build failed with exit code 1.', 'The command was'],
    [{ code: 'no-main', file: '/u.c', trace }, '/u.c has no main function, so it makes no program by itself.', 'memlens.runs'],
    [{ code: 'disk-full', path: '/tmp/x' }, 'The disk is full: /tmp/x could not be written.', 'TMPDIR'],
    [
      { code: 'no-process', pid: 7, why: 'zombie' },
      'The process 7 is a zombie: it has ended, and has no memory any more.',
      'running',
    ],
    [
      { code: 'no-process', pid: 7, why: 'kernel' },
      'The process 7 is a thread of the kernel: it has no address space of its own.',
      'memlens meminfo',
    ],
    [{ code: 'no-process', pid: 7, why: 'hidden' }, 'The process 7 does not exist, or is hidden from this user.', 'hidepid'],
    [
      { code: 'disk-full', path: '/home/x', chosen: true },
      'The disk is full: /home/x could not be written.',
      'Free some space there, or choose another place.',
    ],
    [{ code: 'unreadable', path: '/x', detail: 'EIO' }, '/x could not be read.', ''],
    [
      { code: 'unrecognised-report', path: '/x', holds: 'heap-profile' },
      '/x holds a heap profile, and no list of faults.',
      'memlens heap',
    ],
    [
      { code: 'unrecognised-report', path: '/x' },
      '/x holds no memory report that MemLens knows.',
      'Valgrind Memcheck text and XML',
    ],
    [{ code: 'unrecognised-map', path: '/x' }, '/x holds no memory map that MemLens knows.', 'the JSON of a Memory Map'],
    [
      { code: 'unrecognised-map', path: '/x', holds: 'recording' },
      '/x is a recording, which may hold the maps of several processes.',
      'choose Show Map there',
    ],
    [
      { code: 'unrecognised-map', path: '/x', holds: 'difference' },
      '/x is the difference of two maps, not a map.',
      'the two maps that it was made of',
    ],
    [{ code: 'unrecognised-map', path: '/x', holds: 'utf-16' }, '/x is text in UTF-16.', 'iconv'],
    [{ code: 'unrecognised-map', path: '/x', holds: 'gzip' }, '/x is packed by gzip.', 'Unpack it'],
    [
      { code: 'bad-setting', setting: 'memlens.runs', detail: 'no name' },
      "The setting memlens.runs can't be used: no name.",
      'settings.json',
    ],
    [{ code: 'busy', running: 'leak.c' }, 'leak.c is still being profiled.', 'Wait for its end'],
    [{ code: 'target-unreachable', target: 'board', detail: '' }, "The target board can't be reached.", 'Check the connection'],
    [
      { code: 'target-unreachable', target: 'command:dockerr exec -i c sh', detail: '', why: 'no-command' },
      'The command of command:dockerr exec -i c sh was not found on this machine.',
      'correct its name',
    ],
    [
      { code: 'target-unreachable', target: 'command:fish', detail: '', why: 'no-shell' },
      'No POSIX shell answers on command:fish.',
      'sh, bash, dash, ksh, zsh or that of BusyBox',
    ],
    [{ code: 'cancelled' }, 'Cancelled.', ''],
    [{ code: 'time-out', seconds: 5 }, 'It took longer than 5 seconds, and was ended.', ''],
  ])('%j', (fault, message, next) => {
    const text = faultText(fault);
    expect(text.message).toBe(message);
    expect(text.nextStep).toContain(next);
  });
});

describe('faults in a message of one line', () => {
  const long = '/home/ada/projects/firmware/board-support/2024-11-02/machine.txt';

  test('a file by its name, the folder at the end', () => {
    expect(briefFaultText({ code: 'unrecognised-system', path: long })).toEqual({
      message: 'machine.txt holds no memory of a machine: there is no meminfo in it.',
      nextStep: expect.stringMatching(
        /^Known are: .* \(machine\.txt is in \/home\/ada\/projects\/firmware\/board-support\/2024-11-02\)$/,
      ),
    });
    expect(briefFaultText({ code: 'unreadable', path: long, detail: 'EIO' })).toEqual({
      message: 'machine.txt could not be read.',
      nextStep: '(machine.txt is in /home/ada/projects/firmware/board-support/2024-11-02)',
      detail: 'EIO',
    });
  });

  test.each<Fault>([
    { code: 'unreadable', path: '/tmp/machine.txt', detail: '' },
    { code: 'permission', operation: 'write', path: '/proc/1234567890/task/1234567890123456/oom_score_adj' },
    { code: 'permission', operation: 'read', path: 'the kernel log' },
    { code: 'cancelled' },
  ])('as they are: $code', (fault) => {
    expect(briefFaultText(fault)).toEqual(faultText(fault));
  });

  test('a name is no pattern of a replacement', () => {
    const path = `${'/a'.repeat(30)}/$&.txt`;
    expect(briefFaultText({ code: 'unreadable', path, detail: '' }).message).toBe('$&.txt could not be read.');
  });
});
