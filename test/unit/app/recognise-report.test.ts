import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMemoryReport } from '../../../src/app/recognise-report.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/valgrind');

async function* chunks(...texts: readonly (string | Error)[]): AsyncIterable<string> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield text;
  }
}

describe('a file that is no memory map', () => {
  it('is a report where a tool has written one, also in the middle of a log', async () => {
    const reports = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xml'));
    expect(reports.length).toBeGreaterThan(0);
    for (const name of reports) expect(await isMemoryReport(chunks(readFileSync(join(FIXTURES, name), 'utf8'))), name).toBe(true);
    const log = ['make test\n', '==12==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 40 byte(s) in 1 object(s) '];
    const rest =
      'allocated from:\n    #0 0x56 in main /x/a.c:3:12\n\nSUMMARY: LeakSanitizer: 40 byte(s) leaked in 1 allocation(s).\n';
    expect(await isMemoryReport(chunks(...log, rest, 'done\n'))).toBe(true);
  });

  it('is none otherwise, or where it can’t be read', async () => {
    expect(await isMemoryReport(chunks('00400000-00401000 r--p 00000000 08:01 42 /bin/x\n'))).toBe(false);
    expect(await isMemoryReport(chunks())).toBe(false);
    expect(await isMemoryReport(chunks('==12==', new Error('EIO')))).toBe(false);
  });
});
