import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toJson } from '../../../src/export/json.js';
import type { Finding } from '../../../src/model/finding.js';
import { frame, leak, stack, useAfterFree } from '../findings/make-finding.js';
import { makeReport, run, tool } from './make-report.js';

const schema: object = JSON.parse(readFileSync(new URL('../../../docs/report-schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false }).compile(schema);

function check(document: unknown): void {
  const data: unknown = JSON.parse(JSON.stringify(document));
  expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
}

describe('toJson', () => {
  test('of one report has its fields at the top', () => {
    const report = makeReport([leak(), useAfterFree()], { run, notes: [{ severity: 'info', code: 'x', text: 'y' }] });
    const document = toJson([{ source: null, report }], tool) as Record<string, unknown> & {
      findings: Record<string, unknown>[];
    };
    check(document);
    expect(document).toMatchObject({
      schemaVersion: 1,
      tool: { name: 'memlens', version: '1.2.3' },
      source: null,
      engine: 'asan',
      errors: 1,
      partial: false,
    });
    expect(document.findings[1]).toMatchObject({
      kind: 'leak',
      leakKind: 'direct',
      access: null,
      address: null,
      place: { function: 'make', file: '/w/src/a.c', line: 5, column: 11 },
    });
    expect(Object.keys(document.findings[0] ?? {})).toEqual(Object.keys(document.findings[1] ?? {}));
  });

  test('of several reports, and of none, is a batch', () => {
    const one = { source: 'a.log', report: makeReport([]) };
    const batch = toJson([one, { ...one, source: 'b.log' }], tool) as { reports: { source: string }[] };
    check(batch);
    expect(batch.reports.map(({ source }) => source)).toEqual(['a.log', 'b.log']);
    check(toJson([], tool));
  });

  test('gives the file of a frame as it is here, and the place null where there is none', () => {
    const report = makeReport([leak({ stacks: [stack('allocation', frame('f', '__proto__', 3))] }), leak({ stacks: [] })]);
    const { findings } = toJson([{ source: null, report }], tool) as {
      findings: { place: unknown; stacks: { frames: { file: unknown }[] }[] }[];
    };
    expect(findings[0]?.stacks[0]?.frames[0]?.file).toBe('__proto__');
    expect(findings[1]?.place).toBeNull();
  });

  test('any finding fits the schema', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 });
    const natural = fc.nat(1e9);
    const anyFrame = fc.record(
      {
        function: text,
        file: text,
        line: natural,
        column: natural,
        module: text,
        offset: text,
        address: text,
        inlined: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const anyStack = fc.record(
      {
        role: fc.constantFrom('allocation', 'free', 'access', 'thread', 'origin', 'other'),
        frames: fc.array(anyFrame, { maxLength: 4 }),
        label: text,
      },
      { requiredKeys: ['role', 'frames'] },
    );
    const anyFinding = fc.record(
      {
        engine: text,
        kind: fc.oneof(fc.constant('leak'), text),
        leakKind: fc.constantFrom('definitely', 'indirectly', 'possibly', 'reachable', 'direct', 'indirect'),
        certainty: fc.constantFrom('definite', 'possible', 'growing'),
        message: text,
        bytes: natural,
        blocks: natural,
        access: fc.constantFrom('read', 'write'),
        size: natural,
        address: text,
        count: fc.integer({ min: 1, max: 99 }),
        pid: natural,
        stacks: fc.array(anyStack, { maxLength: 3 }),
        details: fc.array(text, { maxLength: 2 }),
      },
      { requiredKeys: ['engine', 'kind', 'certainty', 'message', 'count', 'stacks'] },
    );
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 3 }), (findings) => {
        check(toJson([{ source: 'x', report: makeReport(findings as unknown as Finding[]) }], tool));
      }),
    );
  });

  test('the schema refuses what it should', () => {
    const document = JSON.parse(JSON.stringify(toJson([{ source: null, report: makeReport([leak()]) }], tool))) as {
      findings: object[];
    };
    expect(validate({ ...document, schemaVersion: 2 })).toBe(false);
    expect(validate({ ...document, reports: [] })).toBe(false);
    expect(validate({ ...document, findings: [{ ...document.findings[0], leakKind: 'lost' }] })).toBe(false);
    expect(validate({ ...document, findings: [{}] })).toBe(false);
  });

  test('the example of the documentation fits', () => {
    const text = readFileSync(new URL('../../../docs/report.md', import.meta.url), 'utf8');
    check(JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? ''));
  });
});
