import type { Fault, UnreachableReason } from '../base/fault.js';
import { baseName, directoryName } from '../base/path.js';
import { quoteWords } from '../base/shell-words.js';

export interface FaultText {
  /** One sentence: what happened. */
  readonly message: string;
  /** What to do next; may be empty. */
  readonly nextStep: string;
  /** The tool's own last words, when there are some. */
  readonly detail?: string;
}

/** What the kernel says by itself, or takes. */
const KERNELS = /^(?:the kernel log|\/proc\/\d+\/oom_score_adj)$/;

/** The one place that turns a fault into words. */
export function faultText(fault: Fault): FaultText {
  switch (fault.code) {
    case 'tool-missing':
      return { message: `No ${fault.tool} was found.`, nextStep: fault.remedy || `Install a ${fault.tool}, then try again.` };
    case 'tool-too-old':
      return {
        message: `${fault.tool} ${fault.version} is too old: ${fault.needs} or newer is needed.`,
        nextStep: fault.remedy,
      };
    case 'tool-failed':
      return {
        message: `${fault.tool} failed ${howItEnded(fault.trace.exitCode, fault.trace.signal)}.`,
        nextStep: fault.remedy ?? `Run it by hand to see more: ${quoteWords(fault.trace.argv)}`,
        detail: fault.trace.stderrTail,
      };
    case 'engine-unfit':
      return { message: `${fault.engine} can't be used here: ${fault.reason}`, nextStep: fault.remedy };
    case 'target-unreachable':
      return {
        message: UNREACHABLE[fault.why ?? 'unknown'].message(fault.target),
        nextStep: UNREACHABLE[fault.why ?? 'unknown'].nextStep,
        detail: fault.detail,
      };
    case 'unsupported-platform':
      if (fault.target !== undefined) {
        // A Linux that is refused is one without /proc.
        return fault.platform === 'linux' || fault.platform === 'unknown'
          ? {
              message: `${fault.target} has no /proc of Linux.`,
              nextStep: 'Mount it there (mount -t proc proc /proc), or name a shell that sees it.',
            }
          : {
              message: `Memory is watched on Linux only, and ${fault.target} runs ${fault.platform}.`,
              nextStep: 'Choose another target.',
            };
      }
      return {
        message: `Programs can be profiled on Linux only, and this machine runs ${fault.platform}.`,
        nextStep:
          'Open the folder in a Linux machine, a container or WSL (VS Code Remote). Reports that were made on Linux can be opened here.',
      };
    case 'untrusted-workspace':
      return {
        message: 'Nothing is built or run in a workspace that you have not trusted.',
        nextStep: 'Trust the workspace (Manage Workspace Trust) to profile its programs.',
      };
    case 'permission':
      return {
        message: `No permission to ${fault.operation} ${fault.path}.`,
        nextStep: KERNELS.test(fault.path)
          ? 'Only root may do that: give MemLens a command that makes a command there root’s, such as sudo -n (the setting memlens.rootCommand, or --root-command).'
          : 'Check the permissions of the file and of its directory (a read-only file system, too).',
      };
    case 'not-found':
      return { message: `The ${fault.what} ${fault.path} does not exist.`, nextStep: nextAfterNotFound(fault.what) };
    case 'no-process':
      return NO_PROCESS[fault.why](fault.pid);
    case 'not-executable':
      return fault.reason === 'permission'
        ? { message: `${fault.path} is not executable.`, nextStep: `Make it so: ${quoteWords(['chmod', '+x', fault.path])}` }
        : fault.reason === 'directory'
          ? { message: `${fault.path} is a directory, not a program.`, nextStep: 'Choose a program or a C or C++ source file.' }
          : {
              message: `${fault.path} is not a program that can be profiled: it is no ELF executable.`,
              nextStep:
                'Choose a compiled program or a C or C++ source file. For a script, profile the interpreter with the script as its argument.',
            };
    case 'wrong-architecture':
      return fault.target === undefined
        ? {
            message: `${fault.path} was built for ${fault.program}, and this machine is ${fault.machine}.`,
            nextStep: 'Build it for this machine, or profile it on a machine of its own kind.',
          }
        : {
            message: `${fault.path} was built for ${fault.program}, and ${fault.target} is ${fault.machine}.`,
            nextStep: `Build it for ${fault.machine}: name a cross compiler in memlens.compiler.c and memlens.compiler.cpp (CC and CXX on the command line).`,
          };
    case 'not-copied':
      return {
        message: `${fault.path} is not on ${fault.target}, and is not copied there unasked.`,
        nextStep:
          'Add --copy: the program is copied to a temporary directory there and removed after the run. Or copy it yourself, and name its path on the target.',
      };
    case 'no-run-place':
      return {
        message:
          fault.why === 'full'
            ? `No temporary directory of ${fault.target} has ${Math.ceil(fault.bytes / (1 << 20))} MiB left for the program and its report.`
            : `No temporary directory of ${fault.target} may be written and executed in.`,
        nextStep:
          'Tried are /dev/shm, /run/user, TMPDIR, /tmp, /var/tmp. Free some space there, or mount one of them without noexec.',
      };
    case 'libraries-missing':
      return {
        message: `${fault.path} can't be started on ${fault.target}, which lacks ${fault.libraries.join(', ')}.`,
        nextStep: fault.libraries.some((name) => /^lib(clang_rt|[atl]san)/.test(name))
          ? 'Link the sanitizer into the program (gcc: -static-libasan or -static-liblsan, clang does so by default), or install it on the target.'
          : 'Install them on the target, or build the program against the libraries that are there (a cross compiler with its sysroot).',
      };
    case 'not-started':
      return {
        message: `The program did not start on ${fault.target}.`,
        nextStep: 'Look at the output of the run, then try again.',
        detail: fault.trace.stderrTail,
      };
    case 'build-failed': {
      const first = fault.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
      return {
        message:
          first === undefined
            ? `The build failed ${howItEnded(fault.trace.exitCode, fault.trace.signal)}.`
            : `The build failed: ${first.message}`,
        nextStep: `The command was: ${quoteWords(fault.trace.argv)}`,
        detail: fault.trace.stderrTail,
      };
    }
    case 'no-main':
      return {
        message: `${fault.file} has no main function, so it makes no program by itself.`,
        nextStep:
          'Profile the program that it is a part of: choose one with "MemLens: Select What to Profile", or describe it in the setting memlens.runs.',
        detail: fault.trace.stderrTail,
      };
    case 'disk-full':
      return {
        message: `The disk is full: ${fault.path} could not be written.`,
        nextStep: `Free some space there, or ${fault.chosen === true ? 'choose another place' : 'set TMPDIR to a directory with space'}.`,
      };
    case 'unreadable':
      return { message: `${fault.path} could not be read.`, nextStep: '', detail: fault.detail };
    case 'unwritable':
      return { message: `${fault.path} could not be written.`, nextStep: 'Choose another place.', detail: fault.detail };
    case 'file-exists':
      return { message: `${fault.path} is there already.`, nextStep: 'Choose another name, or remove the file.' };
    case 'not-kept':
      return fault.why === 'gone'
        ? { message: `${fault.what} is not there any more.`, nextStep: 'Put it back and try again, or close this page.' }
        : {
            message: `${fault.what} held more text than is kept while the window is closed.`,
            nextStep: 'Select or copy it again, or save it as a file and open that: files are read anew.',
          };
    case 'unrecognised-recording':
      return {
        message: `${fault.path} is no recording of MemLens: not one line of it could be understood.`,
        nextStep: 'Recordings are made by "Record Memory to a File…".',
      };
    case 'unrecognised-map':
      if (fault.holds !== undefined) return NO_MAP[fault.holds](fault.path);
      return {
        message: `${fault.path} holds no memory map that MemLens knows.`,
        nextStep:
          'Known are: a saved /proc/PID/smaps or /proc/PID/maps, the output of pmap, pmap -x, -X or -XX, and the JSON of a Memory Map.',
      };
    case 'unrecognised-heap-profile':
      return {
        message: `${fault.path} holds no heap profile that MemLens knows.`,
        nextStep:
          'Known are files of heaptrack, massif, dhat, callgrind (xtree), pprof, gperftools, jemalloc, memleak (bcc), bpftrace, strace -k and perf script, folded stacks, and the JSON of memlens heap.',
      };
    case 'unrecognised-system':
      if (fault.holds === 'packed')
        return {
          message: `${fault.path} is packed, so it is not read.`,
          nextStep: 'Unpack it, then name the folder or the text that comes out.',
        };
      if (fault.holds === 'no-total')
        return {
          message: `The meminfo of ${fault.path} has no MemTotal that can be a machine's memory.`,
          nextStep: 'Without it nothing can be added up: save /proc/meminfo again.',
        };
      return {
        message: `${fault.path} holds no memory of a machine: there is no meminfo in it.`,
        nextStep:
          'Known are: a folder of files of /proc and /sys with at least meminfo, a text of several such files below headings, the JSON of memlens system, and a recording of trends.',
      };
    case 'packed':
      return {
        message: `${fault.path} is packed with ${fault.packing}, which can't be unpacked here.`,
        nextStep: `Unpack it, then open what comes out: ${quoteWords([...UNPACK[fault.packing], fault.path])}`,
      };
    case 'not-text':
      return NOT_TEXT[fault.holds](fault.path);
    case 'unrecognised-report':
      if (fault.holds === 'heap-profile')
        return {
          message: `${fault.path} holds a heap profile, and no list of faults.`,
          nextStep: 'Open it with `memlens heap`, or with Open Heap Profile… in the editor.',
        };
      if (fault.holds === 'table-without-rows')
        return {
          message: `${fault.path} begins as slabinfo or vmallocinfo does, and none of its rows could be read.`,
          nextStep:
            'Rows need all their columns, as the kernel prints them: save the file anew, as root, with `cat /proc/slabinfo > FILE`.',
        };
      if (fault.holds === 'meminfo')
        return {
          message: `${fault.path} is a meminfo file: it tells where a machine's memory is, and holds no list of faults.`,
          nextStep: 'memlens system --from FILE explains it.',
        };
      if (fault.holds === 'system-file')
        return {
          message: `${fault.path} is a file of a machine's memory, and holds no list of faults.`,
          nextStep:
            'Put it into a folder with the meminfo of the same moment: memlens system --from FOLDER, or Open System Files… in the editor, explains them together.',
        };
      return {
        message: `${fault.path} holds no memory report that MemLens knows.`,
        nextStep:
          'Known are: AddressSanitizer and LeakSanitizer text, Valgrind Memcheck text and XML (--xml=yes), kmemleak; heap profiles; page_owner, allocinfo, pagetrace, alloc_traces, vmallocinfo, slabinfo and OOM reports of a kernel.',
      };
    case 'bad-setting':
      return { message: `The setting ${fault.setting} can't be used: ${fault.detail}.`, nextStep: 'Mend it in settings.json.' };
    case 'busy':
      return { message: `${fault.running} is still being profiled.`, nextStep: 'Wait for its end, or stop it.' };
    case 'no-leak-check':
      return { message: `The leaks of ${fault.title} can't be looked for now: ${fault.reason}`, nextStep: fault.remedy };
    case 'run-over':
      return { message: `${fault.title} has ended.`, nextStep: 'What it reported at its end is in its report.' };
    case 'cancelled':
      return { message: 'Cancelled.', nextStep: '' };
    case 'time-out':
      return { message: `It took longer than ${fault.seconds} seconds, and was ended.`, nextStep: '' };
  }
}

/** Longer ones push what has happened out of a message of one line. */
const LONG_PATH = 40;

/** Where a path says what is meant by all of its parts. */
const OF_THE_KERNEL = /^\/(?:proc|sys)\//;

/** The same for a message that shows one line of it: a file by its name, and the folder at the end, where a long path stood first. */
export function briefFaultText(fault: Fault): FaultText {
  const told = faultText(fault);
  if (!('path' in fault) || fault.path.length <= LONG_PATH || OF_THE_KERNEL.test(fault.path)) return told;
  const name = baseName(fault.path);
  if (name === '' || name === fault.path || !told.message.includes(fault.path)) return told;
  return {
    ...told,
    message: told.message.replace(fault.path, () => name),
    nextStep: `${told.nextStep} (${name} is in ${directoryName(fault.path)})`.trim(),
  };
}

const UNPACK = {
  gzip: ['gzip', '-dk'],
  zstd: ['zstd', '-d'],
  xz: ['xz', '-dk'],
  bzip2: ['bzip2', '-dk'],
  zip: ['unzip'],
} as const;

const NOT_TEXT: Readonly<Record<Extract<Fault, { code: 'not-text' }>['holds'], (path: string) => FaultText>> = {
  journal: (path) => ({
    message: `${path} is a file of systemd's journal, and no text.`,
    nextStep: `Have it written as text: ${quoteWords(['journalctl', '-k', '--file', path])} | memlens oom -`,
  }),
  other: (path) => ({
    message: `${path} is no text, and no kill of the kernel was found in it.`,
    nextStep: 'A log is what dmesg and journalctl -k print, and /var/log/kern.log. It may be packed by gzip or Zstandard.',
  }),
};

const NO_MAP: Readonly<Record<NonNullable<Extract<Fault, { code: 'unrecognised-map' }>['holds']>, (path: string) => FaultText>> =
  {
    recording: (path) => ({
      message: `${path} is a recording, which may hold the maps of several processes.`,
      nextStep:
        'Open it in the editor ("Open Recording…") and choose Show Map there: each map can be compared, and exported to a file of its own.',
    }),
    difference: (path) => ({
      message: `${path} is the difference of two maps, not a map.`,
      nextStep: 'Open the two maps that it was made of.',
    }),
    'utf-16': (path) => ({
      message: `${path} is text in UTF-16.`,
      nextStep: 'Save it as UTF-8, as iconv -f UTF-16 -t UTF-8 does.',
    }),
    gzip: (path) => ({ message: `${path} is packed by gzip.`, nextStep: 'Unpack it first, as gunzip does.' }),
  };

const NO_PROCESS: Readonly<Record<Extract<Fault, { code: 'no-process' }>['why'], (pid: number) => FaultText>> = {
  zombie: (pid) => ({
    message: `The process ${pid} is a zombie: it has ended, and has no memory any more.`,
    nextStep: 'Choose one that is running.',
  }),
  kernel: (pid) => ({
    message: `The process ${pid} is a thread of the kernel: it has no address space of its own.`,
    nextStep: 'What the kernel itself uses is told for the machine as a whole (view Memory, memlens meminfo).',
  }),
  hidden: (pid) => ({
    message: `The process ${pid} does not exist, or is hidden from this user.`,
    nextStep: '/proc is mounted with hidepid there: only root and the user of a process see it.',
  }),
  foreign: (pid) => ({
    message: `The process ${pid} may not be looked into: it is of another user, or has more rights than this one.`,
    nextStep: 'Do it as the user of the process, or as root.',
  }),
  own: (pid) => ({ message: `The process ${pid} is MemLens itself.`, nextStep: 'Choose another one.' }),
};

type Unreachable = { readonly message: (target: string) => string; readonly nextStep: string };

const UNREACHABLE: Readonly<Record<UnreachableReason | 'unknown', Unreachable>> = {
  lost: { message: (target) => `The connection to ${target} was lost.`, nextStep: 'Check the connection, then try again.' },
  refused: {
    message: (target) => `${target} refuses the connection.`,
    nextStep: 'Check that its ssh server runs, and the port.',
  },
  'no-answer': {
    message: (target) => `${target} does not answer.`,
    nextStep: 'Check that it is switched on and reached by the network.',
  },
  'unknown-host': {
    message: (target) => `The host of ${target} is not known.`,
    nextStep: 'Check its name, or give it a HostName in ~/.ssh/config.',
  },
  login: {
    message: (target) => `${target} did not accept the login.`,
    nextStep: 'Check the user, the key and the password: try ssh in a terminal.',
  },
  'host-key-unknown': {
    message: (target) => `The host key of ${target} is not known yet, and was not accepted.`,
    nextStep: 'Connect once by ssh in a terminal, compare the fingerprint, and accept it.',
  },
  'host-key-changed': {
    message: (target) => `The host key of ${target} has CHANGED: this may be another machine.`,
    nextStep:
      'If the change is known to be right, remove the old key by "ssh-keygen -R HOST". Otherwise ask who runs the machine.',
  },
  'no-shell': {
    message: (target) => `No POSIX shell answers on ${target}.`,
    nextStep:
      'Needed is sh, bash, dash, ksh, zsh or that of BusyBox: a command must give one on its standard input (not csh, tcsh or fish), and an ssh login must run commands (any login shell does).',
  },
  'no-command': {
    message: (target) => `The command of ${target} was not found on this machine.`,
    nextStep: 'Install it here, or correct its name in the target.',
  },
  'no-session': {
    message: (target) => `${target} accepts the login, but no session.`,
    nextStep: 'Raise MaxSessions in the sshd_config of the server (10 by default).',
  },
  unknown: { message: (target) => `The target ${target} can't be reached.`, nextStep: 'Check the connection, then try again.' },
};

function howItEnded(exitCode: number | null, signal: string | undefined): string {
  return signal !== undefined ? `(ended by ${signal})` : exitCode === null ? '' : `with exit code ${exitCode}`;
}

function nextAfterNotFound(what: string): string {
  if (what === 'process') return 'It may have ended: choose one that is running.';
  if (what.startsWith('program')) return 'Build it first, or correct its path.';
  return 'Check the path.';
}
