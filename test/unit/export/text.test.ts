import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toText } from '../../../src/export/text.js';
import type { PlacedFinding, Voice } from '../../../src/model/report.js';
import { judgedOne } from '../findings/judged-one.js';
import { frame, leak, stack, useAfterFree } from '../findings/make-finding.js';
import { makeReport } from './make-report.js';

const plain = { colour: false };

describe('toText', () => {
  test('shows place, stacks with roles, notes and totals', () => {
    const report = makeReport([leak(), useAfterFree()], {
      notes: [{ severity: 'warning', code: 'x', text: 'Mind this.' }],
      partial: true,
    });
    expect(toText(report, plain)).toBe(`error: Heap use after free: reads 4 bytes, 8 bytes inside a 40-byte block freed before
  /w/src/a.cpp:6 in uaf()
  accessed here:
    uaf() /w/src/a.cpp:6
    main /w/src/a.cpp:9
  freed here:
    operator delete[](void*)
    uaf() /w/src/a.cpp:5
    main /w/src/a.cpp:9
  allocated here:
    operator new[](unsigned long)
    uaf() /w/src/a.cpp:4
    main /w/src/a.cpp:9

error: Leaks 40 bytes in 1 block (direct leak), allocated by malloc
  /w/src/a.c:5:11 in make
  allocated here:
    malloc (/usr/lib/x86_64-linux-gnu/libasan.so.8)
    make /w/src/a.c:5:11
    main /w/src/a.c:9

warning: Mind this.
note: The report was cut; this is what came before the cut.
definitely 40 bytes in 1 block · 1 error
`);
  });

  test('says when there is nothing, and when no frame is the user’s', () => {
    expect(toText(makeReport([]), plain)).toBe('no leaks, no errors\n');
    expect(toText(makeReport([leak({ stacks: [] })]), plain)).toContain('  no frame of your own code is in its stacks\n');
  });

  test('verbose shows every frame and the words of the engine', () => {
    const text = toText(makeReport([useAfterFree()]), { colour: false, verbose: true });
    expect(text).toContain('__libc_start_main_impl ../csu/libc-start.c:360');
    expect(text).toContain('0x604000000058 is located 8 bytes inside of 40-byte region');
  });

  test('what it stands for, with the evidence that its headline is not; else what others said', () => {
    const report = makeReport([leak({ engine: 'lsan' })]);
    const grows: Voice = { engine: 'perf-faults', text: 'Grows\x1b', certainty: 'growing' };
    const shown = (finding: PlacedFinding) =>
      toText({ ...report, findings: [finding] }, plain)
        .split('\n')
        .slice(1, 5);
    const [finding] = report.findings;
    expect(shown(judgedOne(finding!, [grows], {}))).toEqual([
      expect.stringContaining('a.c:5'),
      '  Lost: nothing points to it any more.',
      '  perf-faults: Grows\\x1b.',
      '  allocated here:',
    ]);
    expect(shown({ ...finding!, voices: [grows] })[1]).toBe('  perf-faults: Grows\\x1b.');
  });

  test('colours only when asked', () => {
    expect(toText(makeReport([leak()]), { colour: true })).toContain('\x1b[31merror:\x1b[0m');
  });

  test('lets no control character of a report through', () => {
    const evil = fc.string({ unit: fc.constantFrom('\x1b', '\x9b', '\r', '\n', '\x07', '\u202e', 'a', '[', '\x00') });
    fc.assert(
      fc.property(evil, (text) => {
        const nasty = frame(text, `/w/${text}`, 3, { module: text, offset: text });
        const finding = useAfterFree({
          kind: text,
          message: text,
          engine: text,
          details: [text],
          stacks: [{ ...stack('access', nasty), label: text }],
        });
        const report = makeReport([finding], { notes: [{ severity: 'info', code: 'x', text }] });
        const shown = toText(report, { colour: false, verbose: true });
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
        expect(shown.split('\n').length).toBe(
          toText(
            makeReport([{ ...finding, stacks: [stack('access', frame('f', '/w/a', 3))] }], {
              notes: [{ severity: 'info', code: 'x', text: 'x' }],
            }),
            { colour: false, verbose: true },
          ).split('\n').length,
        );
      }),
    );
  });
});
