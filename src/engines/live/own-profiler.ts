import type { LiveMachine, LiveProcess } from '../../model/live.js';
import type { Obstacle } from '../engine.js';

/** The heap profiler that a process was started with, and where it writes. */
export interface OwnProfiler {
  readonly kind: 'gperftools' | 'jemalloc' | 'files';
  /** For a person. */
  readonly title: string;
  /** What the names of its files begin with, the directory included; absolute, or from the directory that the process is in. */
  readonly prefix: string;
  /** The number of a signal that makes it write one. */
  readonly signal?: number;
  /** It writes them by itself, by what is allocated or by the clock. */
  readonly isPeriodic: boolean;
}

/**
 * What the environment of a process tells of it: gperftools (https://gperftools.github.io/gperftools/heapprofile.html) or jemalloc(3), MALLOC_CONF.
 * Others, such as programs of Go, write files on their own terms: those are looked for in their directory.
 */
export function ownProfiler({ environment = {}, allocator, libc, modules }: LiveProcess): OwnProfiler | undefined {
  const { HEAPPROFILE, HEAPPROFILESIGNAL } = environment;
  // The small library has no profiler.
  const isFull = modules.some((name) => /\/libtcmalloc(?!_minimal)[^/]*\.so/.test(name));
  if (allocator === 'tcmalloc' && isFull && HEAPPROFILE !== undefined && HEAPPROFILE !== '') {
    const signal = Number(HEAPPROFILESIGNAL);
    return {
      kind: 'gperftools',
      title: 'gperftools',
      prefix: HEAPPROFILE,
      // SIGKILL and SIGSTOP can't be handled, and those of faults are no requests.
      ...(Number.isInteger(signal) && signal >= 1 && signal <= 64 && ![4, 7, 8, 9, 11, 19].includes(signal) ? { signal } : {}),
      isPeriodic: true,
    };
  }
  if (allocator === 'jemalloc') {
    const options = jemallocOptions(environment);
    if (options.get('prof') === 'true' && options.get('prof_active') !== 'false') {
      return {
        kind: 'jemalloc',
        title: 'jemalloc',
        prefix: options.get('prof_prefix') ?? 'jeprof',
        isPeriodic: Number(options.get('lg_prof_interval') ?? -1) >= 0 || options.get('prof_gdump') === 'true',
      };
    }
  }
  const mayBeGo = libc === 'none' || environment['GODEBUG'] !== undefined || environment['PPROF_TMPDIR'] !== undefined;
  return mayBeGo ? { kind: 'files', title: 'its own files', prefix: './', isPeriodic: true } : undefined;
}

/** The options of MALLOC_CONF; a library with a prefix of its own has another name for it. */
function jemallocOptions(environment: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const text = environment['MALLOC_CONF'] ?? environment['_RJEM_MALLOC_CONF'] ?? environment['JE_MALLOC_CONF'] ?? '';
  return new Map(
    text.split(',').map((option) => {
      const colon = option.indexOf(':');
      return [option.slice(0, colon).trim(), option.slice(colon + 1).trim()] as const;
    }),
  );
}

export function ownProfilerObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const profiler = ownProfiler(process);
  if (profiler === undefined) {
    const reason =
      process.environment === undefined
        ? 'Nothing is known of a heap profiler in it: its environment tells of none, or may not be read.'
        : 'It was not started with a heap profiler.';
    const remedy =
      process.allocator === 'jemalloc'
        ? 'Start it with MALLOC_CONF=prof:true,lg_prof_interval:30 (jemalloc has to be built with --enable-prof).'
        : process.allocator === 'tcmalloc'
          ? 'Start it with HEAPPROFILE=/tmp/heap HEAPPROFILESIGNAL=12 (libtcmalloc, not libtcmalloc_minimal).'
          : 'Start it with jemalloc or tcmalloc and its heap profiler, or choose another way.';
    found.push({ blocking: true, code: 'no-profiler', reason, remedy });
  } else if (profiler.kind === 'files') {
    found.push({
      blocking: false,
      code: 'files-only',
      reason: 'Whether it writes heap profiles is not known: its directory is searched for some that it wrote since it began.',
      remedy: 'Let it write them (pprof.WriteHeapProfile of Go) while it is looked at.',
    });
  } else if (!profiler.isPeriodic && profiler.signal === undefined && machine.tools.gdb === undefined) {
    found.push({
      blocking: false,
      code: 'no-request',
      reason: `${profiler.title} writes no profile by itself, and can't be asked for one without gdb.`,
      remedy: 'Install gdb on the machine of the process, or start it with lg_prof_interval in MALLOC_CONF.',
    });
  }
  return found;
}

/** A file of a profiler, and its place among the others. */
export interface ProfilerFile {
  readonly name: string;
  /** The greater, the later. */
  readonly sequence: number;
}

/**
 * Which of a directory's files are its, in their order. `base`: the last part of the prefix; `pids`: the numbers of the process, as it is told here and as
 * it sees itself. A process of gperftools that another one with the profiler started writes to `prefix_PID`.
 */
export function profilerFiles(
  { kind }: Pick<OwnProfiler, 'kind'>,
  base: string,
  pids: readonly number[],
  names: readonly string[],
): readonly ProfilerFile[] {
  const found: ProfilerFile[] = [];
  const own: ProfilerFile[] = [];
  for (const name of names) {
    if (kind === 'files') {
      if (/\.(?:heap|pprof|prof|pb|pb\.gz)$/.test(name)) found.push({ name, sequence: 0 });
      continue;
    }
    if (!name.startsWith(base)) continue;
    const rest = name.slice(base.length);
    if (kind === 'gperftools') {
      const parts = /^(?:_(\d+))?\.(\d{4,})\.heap$/.exec(rest);
      if (parts === null || (parts[1] !== undefined && !pids.includes(Number(parts[1])))) continue;
      (parts[1] === undefined ? found : own).push({ name, sequence: Number(parts[2]) });
    } else {
      // prefix.PID.SEQUENCE.iN.heap: i at intervals, m when asked, u when it is larger than ever, f at the end.
      const parts = /^\.(\d+)\.(\d+)\.[a-z]\d*\.heap$/.exec(rest);
      if (parts !== null && pids.includes(Number(parts[1]))) found.push({ name, sequence: Number(parts[2]) });
    }
  }
  return [...(own.length > 0 ? own : found)].sort((a, b) => a.sequence - b.sequence);
}

/** A pattern of the shell for SigCgt of proc_pid_status(5), sixteen hexadecimal digits, in which this signal is handled. */
export function handledPattern(signal: number): string {
  const bit = signal - 1;
  const mask = 1 << (bit % 4);
  const digits = Array.from('0123456789abcdef').filter((digit) => (Number.parseInt(digit, 16) & mask) !== 0);
  return `*[${digits.join('')}]${'?'.repeat(bit >> 2)}`;
}
