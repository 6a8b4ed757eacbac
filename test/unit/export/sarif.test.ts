import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toSarif } from '../../../src/export/sarif.js';
import { fileUri, folderUri, uriBelow } from '../../../src/export/uri.js';
import { judgedOne } from '../findings/judged-one.js';
import { frame, leak, stack, useAfterFree } from '../findings/make-finding.js';
import { makeReport, run, tool } from './make-report.js';

// OASIS's own schema, of draft 4, whose patterns are older than the `u` flag.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== 'id')));

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri?: string }[] } };
    readonly results: readonly Result[];
    readonly invocations: readonly { readonly toolExecutionNotifications?: unknown }[];
    readonly originalUriBaseIds?: unknown;
  }[];
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly relatedLocations?: readonly { readonly message: { readonly text: string } }[];
  readonly stacks?: readonly { readonly frames: readonly unknown[] }[];
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly {
      readonly locations: readonly { readonly location: { readonly message: { readonly text: string } } }[];
    }[];
  }[];
}

function sarif(...parameters: Parameters<typeof toSarif>): Log {
  const log: unknown = JSON.parse(JSON.stringify(toSarif(...parameters)));
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  return log as Log;
}

describe('toSarif', () => {
  test('tells what a finding stands for, with its evidence, and what others said', () => {
    const report = makeReport([leak({ engine: 'lsan' })]);
    const grows = { engine: 'perf-faults', text: 'Grows', certainty: 'growing' } as const;
    const findings = report.findings.map((finding) => judgedOne(finding, [grows], {}));
    expect(sarif([{ source: null, report: { ...report, findings } }], tool).runs[0]?.results[0]).toMatchObject({
      properties: {
        standing: { state: 'lost', evidence: [expect.stringContaining('lsan: '), 'perf-faults: Grows.'] },
        voices: [{ engine: 'perf-faults', text: 'Grows' }],
      },
    });
  });

  const report = makeReport([leak(), leak({ leakKind: 'reachable' }), useAfterFree()], {
    run,
    partial: true,
    notes: [{ severity: 'error', code: 'lsan-fatal', text: 'No leak check.' }],
  });
  const [only] = sarif([{ source: null, report }], tool, { root: '/w', docsUri: 'https://example.org/kinds/' }).runs;

  test('has a rule for each kind, with level and page', () => {
    expect(only?.tool.driver.rules.map(({ id, helpUri }) => [id, helpUri])).toEqual([
      ['heap-use-after-free', 'https://example.org/kinds/heap-use-after-free.md'],
      ['leak/direct', 'https://example.org/kinds/leak.md'],
      ['leak/reachable', 'https://example.org/kinds/reachable.md'],
    ]);
    expect(only?.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
      ['heap-use-after-free', 0, 'error'],
      ['leak/direct', 1, 'error'],
      ['leak/reachable', 2, 'note'],
    ]);
  });

  test('places a result below the root', () => {
    expect(only?.results[1]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'src/a.c', uriBaseId: 'SRCROOT' },
          region: { startLine: 5, startColumn: 11 },
        },
        logicalLocations: [{ fullyQualifiedName: 'make', kind: 'function' }],
      },
    ]);
    expect(only?.originalUriBaseIds).toEqual({ SRCROOT: { uri: 'file:///w/' } });
  });

  test('tells the story from the allocation to the access, and every stack in full', () => {
    const [error] = only?.results ?? [];
    expect(error?.codeFlows?.[0]?.threadFlows[0]?.locations.map(({ location }) => location.message.text)).toEqual([
      'called from here: main',
      'allocated here: uaf()',
      'called from here: main',
      'freed here: uaf()',
      'called from here: main',
      'accessed here: uaf()',
    ]);
    expect(error?.stacks?.map(({ frames }) => frames.length)).toEqual([3, 3, 3]);
    expect(error?.relatedLocations).toHaveLength(5);
  });

  test('tells how the run ended', () => {
    expect(only?.invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 1, arguments: ['-n', '3'] });
    expect(only?.invocations[0]?.toolExecutionNotifications).toMatchObject([
      { descriptor: { id: 'lsan-fatal' } },
      { descriptor: { id: 'partial' } },
    ]);
  });

  test('a finding without a place has no location', () => {
    expect(sarif([{ source: 'x', report: makeReport([leak({ stacks: [] })]) }], tool).runs[0]?.results[0]?.locations).toEqual([]);
  });

  test('a message never looks like a link', () => {
    const text = sarif(
      [
        {
          source: 'x',
          report: makeReport([
            useAfterFree({ kind: 'x', message: 'operator new[](unsigned long)', access: undefined as never, details: [] }),
          ]),
        },
      ],
      tool,
    ).runs[0]?.results[0]?.message.text;
    expect(text).not.toContain('](');
  });

  test('lists at most 5000 results, the worst first, and says how many are left out', () => {
    const many = Array.from({ length: 5003 }, (_, i) => leak({ stacks: [stack('allocation', frame('f', '/w/a.c', i + 1))] }));
    const [cut] = sarif([{ source: 'x', report: makeReport(many) }], tool).runs;
    expect(cut?.results).toHaveLength(5000);
    expect(JSON.stringify(cut?.invocations)).toContain('; 3 more are left out');
  });

  test('any names make a valid log', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.nat(5), (name, file, line) => {
        const one = frame(name, `/w/${file}`, line, { module: name, column: line });
        const finding = useAfterFree({
          kind: name,
          message: name,
          stacks: [
            { ...stack('access', one), label: name },
            { ...stack('access', one), label: name },
          ],
        });
        sarif([{ source: file, report: makeReport([finding]) }], tool, { root: '/w' });
      }),
    );
  });
});

describe('URIs', () => {
  test.each([
    ['/home/me/a b#c?.c', 'file:///home/me/a%20b%23c%3F.c'],
    ['/q/"it\'s".c', 'file:///q/%22it%27s%22.c'],
    ['/ü/😀\n.c', 'file:///%C3%BC/%F0%9F%98%80%0A.c'],
    ['/a/%41.c', 'file:///a/%2541.c'],
    ['src/a:b.c', 'src/a%3Ab.c'],
    ['../a.c', '../a.c'],
    ['C:\\x y\\a.c', 'file:///C:/x%20y/a.c'],
    ['/bad\ud800.c', 'file:///bad%EF%BF%BD.c'],
  ])('%j', (path, uri) => expect(fileUri(path)).toBe(uri));

  test('lead back to the path, also relative to a root', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.stringMatching(/^[^/\\]{1,6}$/u).filter((part) => !/\p{Surrogate}/u.test(part) && part !== '.' && part !== '..'),
          { minLength: 1, maxLength: 4 },
        ),
        (parts) => {
          const path = `/r/${parts.join('/')}`;
          expect(decodeURIComponent(new URL(fileUri(path)).pathname)).toBe(path);
          const relative = uriBelow('/r', path);
          expect(decodeURIComponent(new URL(relative ?? '', folderUri('/r')).pathname)).toBe(path);
        },
      ),
    );
    expect(uriBelow('/r', '/rx/a.c')).toBeUndefined();
  });
});
