import { describe, expect, test } from 'vitest';
import type { Captured, CaptureOptions, Command, Target } from '../../../../src/app/ports.js';
import { lookUp } from '../../../../src/app/symbols/look-up.js';
import { toolsFor } from '../../../../src/app/symbols/symbol-tools.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';

type Answer = (command: Command, options: CaptureOptions) => Result<Captured, Fault>;

function targetOf(answer: Answer): { readonly target: Target; readonly commands: Command[] } {
  const commands: Command[] = [];
  const capture = (command: Command, options: CaptureOptions) => {
    commands.push(command);
    return Promise.resolve(answer(command, options));
  };
  return { target: { id: 'local', capture } as unknown as Target, commands };
}

const addresses = ({ stdin = '' }: CaptureOptions): readonly string[] => stdin.trim().split('\n');
const done = (stdout: string, exitCode: number | null = 0, signal?: string): Result<Captured, Fault> =>
  ok({ exitCode, stdout, stderr: '', ...(signal === undefined ? {} : { signal }) });
const gnu = { kind: 'addr2line', path: '/usr/bin/addr2line' } as const;

describe('one tool, asked for addresses of one file', () => {
  test('addresses go through standard input, and no server is asked', async () => {
    const { target, commands } = targetOf((_, options) =>
      done(
        addresses(options)
          .map((address) => `${address}\nf\n/t/a.c:1\n`)
          .join(''),
      ),
    );
    const many = Array.from({ length: 60_000 }, (_, at) => at);
    const { table, failure } = await lookUp(target, gnu, { path: '/t/-x' }, many, neverCancelled);
    expect(failure).toBeUndefined();
    expect(table.size).toBe(60_000);
    expect(commands).toHaveLength(3);
    for (const { argv, env } of commands) {
      expect(argv.slice(-2)).toEqual(['-e', '/t/-x']);
      expect(env).toMatchObject({ DEBUGINFOD_URLS: '', LC_ALL: 'C' });
    }
  });

  test('one that hangs, and one that dies, tell what they have told before', async () => {
    const hangs = targetOf(() => err({ code: 'time-out', seconds: 2 }));
    expect(await lookUp(hangs.target, gnu, { path: '/t/x' }, [1], neverCancelled, 2000)).toEqual({
      table: new Map(),
      failure: 'it gave no answer for 2 s',
    });
    const dies = targetOf(() => done('0x1\nf\n/t/a.c:1\n0x2\ng\n/t/a.c:2\n', null, 'SIGSEGV'));
    // The second answer may lack frames.
    expect(await lookUp(dies.target, gnu, { path: '/t/x' }, [1, 2, 3], neverCancelled)).toEqual({
      table: new Map([[1, [{ function: 'f', file: '/t/a.c', line: 1 }]]]),
      failure: 'ended by SIGSEGV',
    });
    const short = targetOf(() => done('0x1\nf\n/t/a.c:1\n'));
    expect((await lookUp(short.target, gnu, { path: '/t/x' }, [1, 2], neverCancelled)).failure).toBe(
      'it did not answer for all addresses',
    );
  });
});

test('which tools can read a file', () => {
  const llvm = { kind: 'llvm-symbolizer', path: '/usr/bin/llvm-symbolizer' } as const;
  const cross = { kind: 'addr2line', path: '/usr/bin/aarch64-linux-gnu-addr2line' } as const;
  const eu = { kind: 'eu-addr2line', path: '/usr/bin/eu-addr2line' } as const;
  const tools = { lookups: [llvm, gnu, cross, eu] };
  expect(toolsFor(tools, 'x86_64', false)).toEqual([llvm, gnu, eu]);
  expect(toolsFor(tools, 'aarch64', false)).toEqual([llvm, gnu, cross, eu]);
  expect(toolsFor(tools, 'x86_64', true)).toEqual([eu, llvm]);
});
