import type { Obstacle, ProgramFacts, TargetFacts } from './engine.js';

/**
 * What keeps a library from being preloaded into a program (ld.so(8)). `library`: in the middle of a sentence; `sanitizer`: why it can't be beside a sanitizer.
 */
export function preloadObstacles(
  facts: TargetFacts,
  program: ProgramFacts,
  library: string,
  sanitizer: string,
): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const add = (code: string, reason: string, remedy: string): void => void found.push({ blocking: true, code, reason, remedy });
  if (program.interpreter === undefined) {
    add(
      'static-binary',
      'The program is linked statically: nothing can be preloaded.',
      'Link it dynamically (without -static), or rebuild it with -fsanitize=address.',
    );
  } else if (program.interpreter.includes('ld-musl')) {
    add('musl', `The program uses musl; ${library} needs glibc.`, 'Build it on a system with glibc.');
  }
  if (program.setuid) {
    add(
      'setuid',
      'The program is set-user-ID or set-group-ID: the loader ignores LD_PRELOAD.',
      'Run a copy of it without these bits: cp keeps none of them.',
    );
  }
  if (program.sanitizer !== undefined) {
    add(
      'has-sanitizer',
      `The program was built with a sanitizer: ${sanitizer}.`,
      program.sanitizer === 'other' ? 'Rebuild it without the sanitizer.' : `Choose the engine ${program.sanitizer}.`,
    );
  }
  if (facts.machine !== undefined && !sameMachine(program.machine, facts.machine)) {
    add(
      'wrong-machine',
      `The program is for ${program.machine} (${program.bits} bit), ${library} for ${facts.machine}.`,
      `Build the program for ${facts.machine}.`,
    );
  }
  return found;
}

export function sameMachine(program: string, machine: string): boolean {
  const plain = (name: string): string =>
    name
      .replace(/^(?:amd64|x86-64)$/, 'x86_64')
      .replace(/^arm64$/, 'aarch64')
      .replace(/^i[3-6]86$|^x86$/, 'i386')
      .replace(/^arm.*$/, 'arm');
  return plain(program) === plain(machine);
}

export function debugInfoObstacles(program: ProgramFacts): readonly Obstacle[] {
  if (program.debugInfo) return [];
  return [
    {
      blocking: false,
      code: 'no-debug-info',
      reason: 'The program has no debug information: findings name functions at best, and no lines.',
      remedy: 'Build it with -g.',
    },
  ];
}
