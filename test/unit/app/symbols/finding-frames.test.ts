import { expect, test } from 'vitest';
import { completedFindings, wantedOffsets } from '../../../../src/app/symbols/finding-frames.js';
import type { SymbolFrame } from '../../../../src/app/symbols/symbol-frame.js';
import type { Finding } from '../../../../src/model/finding.js';
import type { Frame } from '../../../../src/model/stack.js';

const leak = (...frames: Frame[]): Finding => ({
  engine: 'lsan',
  kind: 'leak',
  leakKind: 'direct',
  certainty: 'definite',
  message: '',
  count: 1,
  stacks: [{ role: 'allocation', frames }],
});

test('adds what is missing, and replaces nothing that the engine said', () => {
  const findings = [
    leak(
      { function: '__interceptor_malloc', module: '/usr/lib/liblsan.so.0', offset: '0x1' },
      { module: '/t/-x', offset: '0x10' },
      { function: 'main', file: '/t/a.c', line: 4, module: '/t/-x', offset: '0x10' },
      { function: 'main', file: '/t/a.c', line: 5, module: '/t/-x', offset: '0x20' },
      { module: '/t/-x', offset: '0x30' },
      { module: '/t/-x', offset: '0xffffffffffffffff' },
      { module: '/t/-x', offset: '0x40' },
    ),
  ];
  expect([...wantedOffsets(findings, true)]).toEqual([['/t/-x', new Set([0x10, 0x20, 0x30, 0x40])]]);
  expect([...wantedOffsets(findings, false)]).toEqual([['/t/-x', new Set([0x10, 0x30, 0x40])]]);
  const known = new Map<number, readonly SymbolFrame[]>([
    [0x10, [{ function: 'f', file: '/t/a.c', line: 4, column: 7 }]],
    // Debug information says another file for this offset: the column stays unknown.
    [0x20, [{ function: 'g', file: '/t/other.c', line: 5, column: 9 }]],
    [0x30, [{ function: 'named' }]],
    [
      0x40,
      [
        { function: 'inner', file: '/t/a.c', line: 1 },
        { function: 'outer', file: '/t/a.c', line: 2 },
      ],
    ],
  ]);
  const [done] = completedFindings(findings, (_, offset) => known.get(offset));
  expect(
    done?.stacks[0]?.frames.map(({ function: name, file, line, column, inlined }) => [name, file, line, column, inlined]),
  ).toEqual([
    ['__interceptor_malloc', undefined, undefined, undefined, undefined],
    ['f', '/t/a.c', 4, 7, false],
    ['main', '/t/a.c', 4, 7, undefined],
    ['main', '/t/a.c', 5, undefined, undefined],
    ['named', undefined, undefined, undefined, undefined],
    [undefined, undefined, undefined, undefined, undefined],
    ['inner', '/t/a.c', 1, undefined, true],
    ['outer', '/t/a.c', 2, undefined, false],
  ]);
});
