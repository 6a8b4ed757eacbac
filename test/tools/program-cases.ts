import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { engineById } from '../../src/app/engines.js';
import {
  buildCommands,
  type CaseCompiler,
  type CaseEngine,
  type ExpectedFinding,
  expectationOf,
  findMark,
  type ProgramCase,
} from '../programs/case.js';
import { cases } from '../programs/cases.js';

const root = join(import.meta.dirname, '../..');
const programs = join(root, 'test/programs');
export const cli = join(root, 'dist/cli.js');
const run = promisify(execFile);

/** The part of docs/report-schema.json that the table speaks of. */
export interface JsonFinding {
  readonly kind: string;
  readonly leakKind: string | null;
  readonly bytes: number | null;
  readonly blocks: number | null;
  readonly access: string | null;
  readonly size: number | null;
  readonly place: { readonly file: string | null; readonly line: number | null } | null;
  readonly stacks: readonly {
    readonly role: string;
    readonly frames: readonly { readonly file: string | null; readonly line: number | null }[];
  }[];
}

export interface JsonReport {
  readonly findings: readonly JsonFinding[];
  readonly partial: boolean;
  readonly errors: number;
  readonly summary: Readonly<Record<string, { readonly bytes: number; readonly blocks: number }>>;
  readonly notes: readonly { readonly code: string; readonly text: string; readonly severity: string }[];
  readonly run: { readonly exitCode: number | null; readonly signal: string | null } | null;
}

export interface Done {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line with the Node that runs the tests. */
export function memlens(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
    /** Called with all of its standard output so far, whenever there is more of it. */
    readonly onStdout?: (soFar: string) => void;
  },
): Promise<Done> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    let soFar = '';
    child.stdout?.on('data', (part) => {
      soFar += String(part);
      options.onStdout?.(soFar);
    });
    child.stdin?.end(options.stdin ?? '');
  });
}

const COMPILERS = { gcc: { CC: 'gcc', CXX: 'g++' }, clang: { CC: 'clang', CXX: 'clang++' } } as const;

async function profile(program: ProgramCase, engine: CaseEngine, compiler: CaseCompiler, dir: string, source: string) {
  const args = (program.args ?? []).map((arg) => arg.replaceAll('${OUT}', dir));
  let subject = join(source, program.sources[0] as string);
  if (program.build !== undefined) {
    const { compileFlags, linkFlags } = engineById(engine);
    for (const [command, ...words] of buildCommands(program, {
      compiler,
      source,
      out: dir,
      flags: [...compileFlags, ...linkFlags],
    })) {
      await run(command as string, words, { cwd: dir });
    }
    subject = join(dir, 'program');
  }
  const done = await memlens(
    [
      'profile',
      '--engine',
      engine,
      '--format',
      'json',
      '--output',
      join(dir, 'report.json'),
      '--time-limit',
      '60',
      subject,
      '--',
      ...args,
    ],
    { cwd: source, env: COMPILERS[compiler], ...(program.stdin === undefined ? {} : { stdin: program.stdin }) },
  );
  expect(done.status, done.stderr).toBeLessThan(2);
  const report = JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')) as JsonReport;
  expect(done.status).toBe(report.findings.length === 0 ? 0 : 1);
  return report;
}

type Mark = { readonly path: string; readonly line: number };
const at = (place: { readonly file: string | null; readonly line: number | null } | null | undefined): string =>
  place?.file == null ? 'nowhere' : `${place.file}:${place.line}`;

/** What of a finding the table determines, as one comparable text. */
function describeFound(finding: JsonFinding, wanted: ExpectedFinding, mark: (name: string) => Mark): string | undefined {
  const place = (name: string): string => at({ file: mark(name).path, line: mark(name).line });
  if (finding.kind !== wanted.kind) return `kind ${finding.kind}`;
  if (wanted.leakKind !== undefined && finding.leakKind !== wanted.leakKind) return `leakKind ${finding.leakKind}`;
  for (const key of ['bytes', 'blocks', 'access', 'size'] as const) {
    if (wanted[key] !== undefined && finding[key] !== wanted[key]) return `${key} ${finding[key]}`;
  }
  if (at(finding.place) !== place(wanted.mark) && !(wanted.placeOptional === true && finding.place?.line == null)) {
    return `place ${at(finding.place)}`;
  }
  for (const role of ['allocation', 'free', 'origin'] as const) {
    const name = wanted[role];
    if (name === undefined) continue;
    const stacks = finding.stacks.filter((stack) => stack.role === role);
    if (!stacks.some((stack) => stack.frames.some((frame) => at(frame) === place(name)))) return `no ${role} at ${place(name)}`;
  }
  return undefined;
}

/** Every case of the table with one compiler. */
export function testCases(compiler: CaseCompiler): void {
  for (const engine of ['asan', 'lsan', 'lsan-preload', 'memcheck', 'heaptrack'] as const) {
    describe.concurrent(`${compiler} ${engine}`, () => {
      for (const program of cases) {
        const wanted = expectationOf(program, engine, compiler);
        if (wanted === undefined) continue;
        test(program.name, async () => {
          const dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-case-')));
          try {
            let source = programs;
            if (program.files !== undefined) {
              source = join(dir, 'source');
              for (const [name, text] of Object.entries(program.files)) {
                mkdirSync(dirname(join(source, name)), { recursive: true });
                writeFileSync(join(source, name), text);
              }
            }
            const sources = program.sources.map((name) => ({
              path: join(source, name),
              text: readFileSync(join(source, name), 'utf8'),
            }));
            const report = await profile(program, engine, compiler, dir, source);
            const left = [...report.findings];
            for (const expected of wanted) {
              const reasons = left.map((finding) => describeFound(finding, expected, (name) => findMark(name, sources)));
              const index = reasons.indexOf(undefined);
              expect(
                index,
                `${JSON.stringify(expected)} is not among the findings: ${reasons.join('; ')}`,
              ).toBeGreaterThanOrEqual(0);
              left.splice(index, 1);
            }
            expect(left, 'more than was expected').toEqual([]);
          } finally {
            rmSync(dir, { recursive: true, force: true });
          }
        });
      }
    });
  }
}
