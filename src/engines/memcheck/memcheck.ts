import type { Engine, Obstacle, ProgramFacts, RunInput, RunPlan, Subject, TargetFacts } from '../engine.js';
import { installCommand } from '../install-command.js';
import { createMemcheckXmlParser } from './parse-xml.js';
import { VGDB_PREFIX } from './vgdb.js';

const PREFIX = 'memcheck';

/** Valgrind's Memcheck (valgrind.org/docs/manual/mc-manual.html): finds faults in any dynamically linked program. */
export const memcheckEngine: Engine = {
  id: 'memcheck',
  family: 'valgrind',
  title: 'Valgrind Memcheck',
  description: 'Leaks of every kind, invalid accesses and uninitialised values, without a rebuild; 10 to 70 times slower.',
  compileFlags: ['-g', '-gdwarf-4', '-O0', '-fno-omit-frame-pointer'],
  linkFlags: [],
  obstacles,
  plan,
  parser: createMemcheckXmlParser,
};

function plan(input: RunInput): RunPlan {
  const valgrind = input.facts.valgrind?.path ?? 'valgrind';
  return {
    argv: [
      valgrind,
      '--tool=memcheck',
      '--xml=yes',
      // %p: a forked child writes a file of its own.
      `--xml-file=${escapePercent(input.reportDir)}/${PREFIX}.%p.xml`,
      '--leak-check=full',
      '--show-leak-kinds=all',
      '--track-origins=yes',
      '--num-callers=64',
      // The usual limit of the stack, not 2 MB: behind a bigger frame (int a[1000][1000]) Memcheck takes the stack for another one.
      '--max-stackframe=8388608',
      // Frames of a library that was closed by then keep their names (since 3.14).
      ...(isAtLeast(input.facts.valgrind?.version, 3, 14) ? ['--keep-debuginfo=yes'] : []),
      '--trace-children=yes',
      '--child-silent-after-fork=no',
      '--vgdb=yes',
      `--vgdb-prefix=${input.reportDir}/${VGDB_PREFIX}`,
      // Only text has base names otherwise: the answers to vgdb.
      '--fullpath-after=',
      ...input.suppressions.map((path) => `--suppressions=${path}`),
      ...input.engineOptions,
      '--',
      input.program,
      ...input.args,
    ],
    env: {},
    reportPrefix: PREFIX,
    onDemand: false,
    reportsOnTerm: true,
  };
}

/** Valgrind expands %p, %n and %q{VAR} in file names (manual 2.6.3); `%%` is a percent sign. Not so in --vgdb-prefix (tried with 3.19). */
function escapePercent(path: string): string {
  return path.replaceAll('%', '%%');
}

function obstacles(facts: TargetFacts, subject: Subject): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const install = installCommand(facts.distribution, 'valgrind');
  const version = facts.valgrind?.version;
  if (facts.valgrind === undefined) {
    found.push({ blocking: true, code: 'valgrind-missing', reason: 'Valgrind is not installed.', remedy: install });
  } else if (!isAtLeast(version, 3, 7)) {
    found.push({
      blocking: true,
      code: 'valgrind-too-old',
      reason: `Valgrind ${version} is too old; 3.7 is the oldest that works.`,
      remedy: install,
    });
  }
  if (subject.form === 'program') found.push(...programObstacles(facts, subject.program));
  return found;
}

function programObstacles(facts: TargetFacts, program: ProgramFacts): readonly Obstacle[] {
  const found: Obstacle[] = [];
  if (program.interpreter === undefined) {
    found.push({
      blocking: true,
      code: 'static-binary',
      reason: 'The program is linked statically: Memcheck can not replace its malloc and would report no leaks at all.',
      remedy: 'Link it dynamically (without -static), or build it for AddressSanitizer.',
    });
  } else if (/\/ld-musl-[^/]*$/.test(program.interpreter)) {
    found.push({
      blocking: true,
      code: 'musl',
      reason: 'The program uses the musl C library: Memcheck does not see its malloc and would report no leaks at all.',
      remedy: 'Build it against glibc.',
    });
  }
  if (program.setuid) {
    found.push({
      blocking: true,
      code: 'setuid',
      reason: 'The program has the set-user-ID or set-group-ID bit, and valgrind does not run such programs.',
      remedy: 'Run a copy without the bit: cp PROGRAM /tmp && chmod ug-s /tmp/PROGRAM',
    });
  }
  if (program.sanitizer !== undefined) {
    found.push({
      blocking: true,
      code: 'sanitizer-linked',
      reason: 'The program was built with a sanitizer, which does not work under valgrind.',
      remedy: 'Build it without -fsanitize, or choose the sanitizer as the engine.',
    });
  }
  if (facts.machine !== undefined && !runsOn(facts.machine, program)) {
    found.push({
      blocking: true,
      code: 'wrong-architecture',
      reason: `The program is for ${program.machine}, and this machine is ${facts.machine}: valgrind only runs programs of its own machine.`,
      remedy: `Run it on a machine of ${program.machine}.`,
    });
  }
  if (!program.debugInfo) {
    found.push({
      blocking: false,
      code: 'no-debug-info',
      reason: 'The program has no debug information, so the report has no source lines.',
      remedy: 'Build it with -g.',
    });
  } else if (facts.valgrind !== undefined && !isAtLeast(facts.valgrind.version, 3, 20)) {
    found.push({
      blocking: false,
      code: 'dwarf5',
      reason: `Valgrind ${facts.valgrind.version} reads DWARF 5, the default of clang 14 and gcc 11, with gaps: some frames may have no line.`,
      remedy: 'Build with -gdwarf-4, or take valgrind 3.20 or newer.',
    });
  }
  return found;
}

/** Valgrind of a 64-bit system also runs the 32-bit programs of the same family, when its tool for them is installed. */
function runsOn(machine: string, program: ProgramFacts): boolean {
  if (machine === program.machine) return true;
  const family = (name: string): string => {
    if (/^(?:x86_64|i[3-6]86|x86)$/.test(name)) return 'x86';
    if (/^(?:arm|armv\d.*)$/.test(name)) return 'arm';
    return /^ppc64/.test(name) ? 'ppc64' : name;
  };
  return family(machine) === family(program.machine);
}

function isAtLeast(version: string | undefined, major: number, minor: number): boolean {
  const match = /(\d{1,4})\.(\d{1,4})/.exec(version ?? '');
  // Unknown is taken as new: an option that it does not know is told by valgrind itself.
  if (match === null) return true;
  const [, a, b] = match;
  return Number(a) > major || (Number(a) === major && Number(b) >= minor);
}
