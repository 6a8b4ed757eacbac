import type { CompilerFacts, Obstacle, ProgramFacts, Subject, TargetFacts } from '../engine.js';
import { installCommand, type PackageKey } from '../install-command.js';
import { debugInfoObstacles, preloadObstacles, sameMachine } from '../preload-obstacles.js';

type Finder = (facts: TargetFacts, subject: Subject) => readonly Obstacle[];

const blocking = (code: string, reason: string, remedy: string): Obstacle => ({ blocking: true, code, reason, remedy });
const warning = (code: string, reason: string, remedy: string): Obstacle => ({ blocking: false, code, reason, remedy });

/** LD_PRELOAD (ld.so(8)) parts its entries at blanks and colons, and has no quotes. */
export function canBePreloaded(path: string): boolean {
  return path.startsWith('/') && !/[\s:]/.test(path);
}

export const asanObstacles: Finder = (facts, subject) => [
  ...(subject.form === 'source' ? compilerObstacles(facts, subject.language, 'asan') : builtWith(subject.program, 'asan')),
  ...programWarnings(facts, subject),
  ...leakWarnings(facts),
  ...((facts.mmapRndBits ?? 0) > 28 && facts.setarch !== true
    ? [
        warning(
          'aslr',
          `Address space randomisation (vm.mmap_rnd_bits is ${facts.mmapRndBits}) makes programs with an older AddressSanitizer crash at random.`,
          'sudo sysctl vm.mmap_rnd_bits=28',
        ),
      ]
    : []),
];

export const lsanObstacles: Finder = (facts, subject) => [
  ...(subject.form === 'source' ? compilerObstacles(facts, subject.language, 'lsan') : builtWith(subject.program, 'lsan')),
  ...programWarnings(facts, subject),
  ...leakWarnings(facts),
];

export const lsanPreloadObstacles: Finder = (facts, subject) => {
  const found: Obstacle[] = [];
  if (subject.form === 'source') found.push(...compilerObstacles(facts, subject.language, 'none'));
  else {
    found.push(...preloadObstacles(facts, subject.program, 'the LeakSanitizer runtime', 'a second one can not be preloaded'));
  }
  const runtime = facts.lsanRuntime;
  if (runtime === undefined) {
    found.push(
      blocking(
        'lsan-runtime-missing',
        'There is no LeakSanitizer runtime to preload.',
        installCommand(facts.distribution, 'lsan'),
      ),
    );
  }
  if (facts.companion === undefined && facts.c === undefined && subject.form === 'program') {
    found.push(
      blocking(
        'companion-missing',
        'The small library that starts LeakSanitizer early has to be built, and there is no C compiler.',
        installCommand(facts.distribution, 'gcc'),
      ),
    );
  }
  for (const path of [runtime, facts.companion]) {
    if (path !== undefined && !canBePreloaded(path)) {
      found.push(
        blocking(
          'preload-path',
          `LD_PRELOAD can not name ${path}: its path holds a space or a colon.`,
          'Move the library to a path without spaces and colons, or choose memcheck.',
        ),
      );
    }
  }
  return [...found, ...(subject.form === 'program' ? debugInfoObstacles(subject.program) : []), ...leakWarnings(facts)];
};

function compilerObstacles(facts: TargetFacts, language: 'c' | 'cpp', runtime: 'asan' | 'lsan' | 'none'): readonly Obstacle[] {
  const compiler = language === 'c' ? facts.c : facts.cpp;
  const name = language === 'c' ? 'C' : 'C++';
  if (!compiler) {
    return [
      blocking(
        'compiler-missing',
        `There is no ${name} compiler.`,
        installCommand(facts.distribution, language === 'c' ? 'gcc' : 'g++'),
      ),
    ];
  }
  if (runtime === 'none') return [];
  if (!compiler[runtime]) return [runtimeMissing(facts, compiler, runtime)];
  if (compiler.family === 'clang' && facts.symbolizer === undefined) {
    return [
      warning(
        'symbolizer-missing',
        'Without llvm-symbolizer, reports of programs built by clang have no functions and lines.',
        installCommand(facts.distribution, 'llvm-symbolizer'),
      ),
    ];
  }
  return [];
}

function runtimeMissing(facts: TargetFacts, compiler: CompilerFacts, runtime: 'asan' | 'lsan'): Obstacle {
  const title = runtime === 'asan' ? 'AddressSanitizer' : 'LeakSanitizer';
  const wanted: PackageKey = compiler.family === 'clang' ? 'clang-runtime' : runtime;
  return blocking(
    `${runtime}-runtime-missing`,
    `${compiler.command} (${compiler.family} ${compiler.version}) has no ${title} runtime to link with.`,
    installCommand(facts.distribution, wanted),
  );
}

/** An engine that is compiled in needs a program that has it. */
function builtWith(program: ProgramFacts, engine: 'asan' | 'lsan'): readonly Obstacle[] {
  if (program.sanitizer === engine) return [];
  const flag = engine === 'asan' ? '-fsanitize=address' : '-fsanitize=leak';
  const title = engine === 'asan' ? 'AddressSanitizer' : 'LeakSanitizer';
  if (program.sanitizer !== undefined) {
    return [
      blocking(
        'other-sanitizer',
        `The program was built with ${program.sanitizer === 'other' ? 'another sanitizer' : sanitizerTitle(program.sanitizer)}, not with ${title}.`,
        program.sanitizer === 'other'
          ? `Rebuild it with ${flag} -g.`
          : `Choose the engine ${program.sanitizer}, or rebuild it with ${flag} -g.`,
      ),
    ];
  }
  return [
    blocking(
      `not-built-for-${engine}`,
      `The program was not built with ${title}.`,
      `Rebuild it with ${flag} -g, or choose lsan-preload or memcheck, which need no rebuild.`,
    ),
  ];
}

function sanitizerTitle(sanitizer: 'asan' | 'lsan'): string {
  return sanitizer === 'asan' ? 'AddressSanitizer' : 'LeakSanitizer';
}

function programWarnings(facts: TargetFacts, subject: Subject): readonly Obstacle[] {
  if (subject.form === 'source') return [];
  const { program } = subject;
  const found = [...debugInfoObstacles(program)];
  if (program.setuid) {
    found.push(
      warning(
        'setuid',
        'The program is set-user-ID or set-group-ID: the kernel may keep LeakSanitizer from looking at it.',
        'Run a copy of it without these bits: cp keeps none of them.',
      ),
    );
  }
  if (program.interpreter?.includes('ld-musl')) {
    found.push(
      warning('musl', 'The program uses musl: leaks may not be found.', 'Build it on a system with glibc to find leaks.'),
    );
  }
  if (program.sanitizer === 'asan' && program.interpreter === undefined) {
    found.push(
      warning(
        'static-binary',
        'The program is linked statically: some errors may not be seen.',
        'Link it dynamically (without -static).',
      ),
    );
  }
  if (facts.machine !== undefined && !sameMachine(program.machine, facts.machine) && !canRun(program.machine, facts.machine)) {
    found.push(
      blocking(
        'wrong-machine',
        `The program is for ${program.machine}, this machine is ${facts.machine}.`,
        `Build the program for ${facts.machine}.`,
      ),
    );
  }
  return found;
}

/** 64-bit machines that run the programs of their 32-bit forerunners. */
function canRun(program: string, machine: string): boolean {
  return (/^(?:i[3-6]86|x86)$/.test(program) && machine === 'x86_64') || (program.startsWith('arm') && machine === 'aarch64');
}

/** LeakSanitizer stops the program's threads with ptrace(2); Yama's levels 2 and 3 take that away. */
function leakWarnings(facts: TargetFacts): readonly Obstacle[] {
  const scope = facts.ptraceScope ?? 0;
  if (scope < 2) return [];
  return [
    warning(
      'ptrace-scope',
      `kernel.yama.ptrace_scope is ${scope}: LeakSanitizer can not look for leaks without CAP_SYS_PTRACE.`,
      scope === 2
        ? 'sudo sysctl kernel.yama.ptrace_scope=1'
        : 'Set kernel.yama.ptrace_scope to 1 in /etc/sysctl.d and restart the machine, or choose memcheck.',
    ),
  ];
}
