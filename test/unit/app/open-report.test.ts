import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultText } from '../../../src/app/fault-text.js';
import { openReport } from '../../../src/app/open-report.js';
import type { SourceLocator } from '../../../src/app/source-locator.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const NO_SOURCES = {
  prepare: async () => () => undefined,
  notes: () => [],
  isKnown: () => false,
} as unknown as SourceLocator;

async function* pieces(text: string): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += 1000) yield text.slice(at, at + 1000);
}
const open = (text: string) => openReport({ name: 'x.txt', text: pieces(text) }, NO_SOURCES);
const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'utf8');

test('a report of kmemleak: its sums and places', async () => {
  const opened = await open(fixture('linux/6.1-uml/kmemleak'));
  const report = opened.ok ? opened.value.report : undefined;
  expect(report?.summary.possibly).toEqual({ bytes: 5 * 128 + 12288, blocks: 6 });
  expect(report?.findings.map(({ place }) => place?.function)).toContain('leak_vmalloc');
  expect(report?.notes.map(({ code }) => code)).toContain('module-names');
});

test('a heap profile is told as one; what only may be one is not', async () => {
  for (const path of ['heap/kernel-6.1-uml/page_owner', 'heap/valgrind-3.19.0/orders.massif.out']) {
    const opened = await open(fixture(path));
    expect(opened).toEqual({ ok: false, error: { code: 'unrecognised-report', path: 'x.txt', holds: 'heap-profile' } });
    if (!opened.ok) expect(faultText(opened.error).nextStep).toContain('memlens heap');
  }
  expect(await open('main;f 12\n')).toEqual({ ok: false, error: { code: 'unrecognised-report', path: 'x.txt' } });
});
