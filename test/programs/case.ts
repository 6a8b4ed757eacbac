/** What a program of this folder does under each engine. The table is in cases.ts. */

export type CaseEngine = 'asan' | 'lsan' | 'lsan-preload' | 'memcheck' | 'heaptrack';
export type CaseCompiler = 'gcc' | 'clang';

/**
 * One finding. Lines are not written here: `mark` names a line of the case's sources that ends in a comment `EXPECT(mark)`.
 * A field that is absent is not determined by the program, and is not to be looked at.
 */
export interface ExpectedFinding {
  /** As in `Finding.kind`. */
  readonly kind: string;
  readonly leakKind?: 'definitely' | 'indirectly' | 'possibly' | 'reachable' | 'direct' | 'indirect' | 'unfreed';
  /** Where the squiggle belongs. */
  readonly mark: string;
  /** The place may be missing (never wrong): the engine does not see the user's frame, for the reason in the case's notes. */
  readonly placeOptional?: true;
  readonly bytes?: number;
  readonly blocks?: number;
  readonly access?: 'read' | 'write';
  /** Bytes of the access. */
  readonly size?: number;
  /** Marks of the first user frame of further stacks, by role. */
  readonly allocation?: string;
  readonly free?: string;
  readonly origin?: string;
}

export interface Expectation {
  readonly engines: readonly CaseEngine[];
  /** Both when absent. */
  readonly compilers?: readonly CaseCompiler[];
  /** All that is found, in any order. */
  readonly findings: readonly ExpectedFinding[];
}

export interface ProgramCase {
  readonly name: string;
  readonly language: 'c' | 'cpp';
  /** Relative to this folder; the first holds `main`. Those of `files` are relative to a folder that the test makes. */
  readonly sources: readonly string[];
  /** Sources with names that do not belong into a repository: written by the test into a folder of its own. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Absent: one source, built alone (`memlens profile FILE`). Else the commands that build it: words with ${CC}, ${SOURCE} (this folder) and ${OUT} (an
   * empty folder); the word ${FLAGS} stands for the engine's flags. The program is ${OUT}/program.
   */
  readonly build?: readonly (readonly string[])[];
  /** May hold ${OUT}. */
  readonly args?: readonly string[];
  readonly stdin?: string;
  /** Only combinations that are listed are to be run. */
  readonly expect: readonly Expectation[];
  /** How the program ends by itself under memcheck and the lsan engines; 0 when absent. */
  readonly exit?: number | 'SIGSEGV' | 'SIGABRT';
  readonly notes?: string;
}

/** A program that must fail in some way, for the tests of words and next steps. */
export interface FailureCase {
  readonly name: string;
  readonly source: string;
  readonly args?: readonly string[];
  readonly what:
    | 'never-ends'
    | 'endless-output'
    | 'signal'
    | 'exit-code'
    | 'outlives-parent'
    | 'ignores-sigterm'
    | 'compile-error'
    | 'no-main';
  /** Found even so, when MemLens ends it. */
  readonly findings?: readonly ExpectedFinding[];
  readonly notes?: string;
}

/** The line (from 1) and source of a mark. Throws when there is not exactly one: the table and the sources disagree then. */
export function findMark(
  mark: string,
  sources: readonly { readonly path: string; readonly text: string }[],
): { readonly path: string; readonly line: number } {
  const found = sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (line.includes(`EXPECT(${mark})`) ? [{ path, line: index + 1 }] : [])),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} lines are marked EXPECT(${mark})`);
  return only;
}

export function expectationOf(
  program: ProgramCase,
  engine: CaseEngine,
  compiler: CaseCompiler,
): readonly ExpectedFinding[] | undefined {
  return program.expect.find(
    ({ engines, compilers }) => engines.includes(engine) && (compilers === undefined || compilers.includes(compiler)),
  )?.findings;
}

/** The words of each build command, with everything put in. */
export function buildCommands(
  program: ProgramCase,
  place: {
    readonly compiler: CaseCompiler;
    /** This folder, or where `files` were written. */
    readonly source: string;
    readonly out: string;
    readonly flags: readonly string[];
  },
): readonly (readonly string[])[] {
  const compilers = { gcc: { c: 'gcc', cpp: 'g++' }, clang: { c: 'clang', cpp: 'clang++' } };
  const commands = program.build ?? [['${CC}', '${FLAGS}', `\${SOURCE}/${program.sources[0]}`, '-o', '${OUT}/program']];
  const values: Readonly<Record<string, string>> = {
    CC: compilers[place.compiler][program.language],
    SOURCE: place.source,
    OUT: place.out,
  };
  return commands.map((words) =>
    words.flatMap((word) =>
      word === '${FLAGS}' ? place.flags : [word.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)],
    ),
  );
}
