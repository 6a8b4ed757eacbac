import { describe, expect, test } from 'vitest';
import type { Captured, Command, Target } from '../../../src/app/ports.js';
import { readAddr2line, readJson, symbolize } from '../../../src/app/symbolize.js';
import { ok } from '../../../src/base/result.js';
import type { Finding } from '../../../src/model/finding.js';
import type { Frame } from '../../../src/model/stack.js';

const leak = (...frames: Frame[]): Finding => ({
  engine: 'lsan',
  kind: 'leak',
  leakKind: 'direct',
  certainty: 'definite',
  message: '',
  count: 1,
  stacks: [{ role: 'allocation', frames }],
});

describe('symbolizers', () => {
  test('llvm-symbolizer 14, JSON', () => {
    const text =
      '{"Address":"0x1179","ModuleName":"/t/a","Symbol":[{"Column":13,"Discriminator":0,"FileName":"/t/a.c","FunctionName":"inner","Line":2,"StartLine":1},{"Column":3,"FileName":"/t/a.c","FunctionName":"main","Line":9}]}\n' +
      '{"Address":"0x1","ModuleName":"/t/a","Symbol":[{"Column":0,"FileName":"","FunctionName":"","Line":0}]}\nbroken\n';
    expect([...readJson(text)]).toEqual([
      [
        '0x1179',
        [
          { function: 'inner', file: '/t/a.c', line: 2, column: 13 },
          { function: 'main', file: '/t/a.c', line: 9, column: 3 },
        ],
      ],
      ['0x1', [{}]],
    ]);
  });

  test('addr2line 2.40 with -a -f -i: inlined frames, discriminators, unknown places', () => {
    const text = '0x0000000000001179\ninner\n/t/a b.c:2 (discriminator 3)\nmain\n/t/a b.c:9\n0x0000000000000001\n??\n??:0\n';
    expect([...readAddr2line(text)]).toEqual([
      [
        '0x1179',
        [
          { function: 'inner', file: '/t/a b.c', line: 2 },
          { function: 'main', file: '/t/a b.c', line: 9 },
        ],
      ],
      ['0x1', [{}]],
    ]);
  });

  test('adds what is missing, and replaces nothing that the engine said', async () => {
    const commands: Command[] = [];
    const json = `${JSON.stringify({ Address: '0x10', Symbol: [{ FunctionName: 'f', FileName: '/t/a.c', Line: 4, Column: 7 }] })}\n${JSON.stringify({ Address: '0x20', Symbol: [{ FunctionName: 'g', FileName: '/t/other.c', Line: 5, Column: 9 }] })}`;
    const target = {
      capture: (command: Command) => {
        commands.push(command);
        return Promise.resolve(ok<Captured>({ exitCode: 0, stdout: json, stderr: '' }));
      },
    } as unknown as Target;
    const [done] = await symbolize(target, { symbolizer: { path: '/usr/bin/llvm-symbolizer', kind: 'llvm-symbolizer' } }, [
      leak(
        { function: '__interceptor_malloc', module: '/usr/lib/liblsan.so.0', offset: '0x1' },
        { module: '/t/-x', offset: '0x10' },
        { function: 'main', file: '/t/a.c', line: 4, module: '/t/-x', offset: '0x10' },
        { function: 'main', file: '/t/a.c', line: 5, module: '/t/-x', offset: '0x20' },
      ),
    ]);
    expect(done?.stacks[0]?.frames.map(({ function: name, file, line, column }) => [name, file, line, column])).toEqual([
      ['__interceptor_malloc', undefined, undefined, undefined],
      ['f', '/t/a.c', 4, 7],
      ['main', '/t/a.c', 4, 7],
      // Debug information says another file for this offset: the column stays unknown.
      ['main', '/t/a.c', 5, undefined],
    ]);
    expect(commands).toHaveLength(1);
    expect(commands[0]?.argv).toContain('--obj=/t/-x');
  });
});
