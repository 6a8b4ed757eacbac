import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMemcheckTextParser } from '../../../src/engines/memcheck/parse-text.js';
import { createMemcheckXmlParser } from '../../../src/engines/memcheck/parse-xml.js';
import { createSanitizerParser } from '../../../src/engines/sanitizer/parse.js';
import { assembleReport } from '../../../src/findings/assemble.js';
import { FoldingSink } from '../../../src/findings/fold.js';
import { headline } from '../../../src/findings/wording.js';
import type { PlacedFinding } from '../../../src/model/report.js';

const fixtures = new URL('../../fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8');

/** The user's own sources behind the fixtures, by base name. */
const own = new Set(readdirSync(new URL('sources/', fixtures)));

function findingsOf(text: string): readonly PlacedFinding[] {
  const sink = new FoldingSink();
  for (const create of [createSanitizerParser, createMemcheckXmlParser, createMemcheckTextParser]) {
    const parser = create(sink);
    parser.push(text);
    parser.end();
  }
  return assembleReport({ findings: sink.findings, notes: [], partial: false }, () => undefined).findings;
}

function reports(folder: string): readonly string[] {
  const url = new URL(folder, fixtures);
  if (!existsSync(url)) return [];
  return (readdirSync(url, { recursive: true }) as string[])
    .map((name) => `${folder}${name}`)
    .filter((name) => !name.endsWith('.md') && statSync(new URL(name, fixtures)).isFile());
}

describe.each(['gcc/', 'clang/'])('reports of %s', (folder) => {
  const all = reports(folder);

  test('a place with a file is always in one of the programs’ own sources', () => {
    let places = 0;
    for (const name of all) {
      for (const finding of findingsOf(read(name))) {
        const file = finding.place?.file;
        if (file === undefined || file === null) continue;
        places++;
        const base = file.slice(file.lastIndexOf('/') + 1);
        // the capture script copies a source to odd names; of the one with a line end, a report holds what follows it
        expect(own.has(base) || file.includes('/my dir/') || file === 'break.c', `${name}: ${file}`).toBe(true);
      }
    }
    expect(places).toBeGreaterThan(50);
  });

  test('every finding has a headline on one line', () => {
    const lines = all.flatMap((name) => findingsOf(read(name)).map(headline));
    expect(lines.length).toBeGreaterThan(50);
    for (const line of lines) expect(line).toMatch(/^[^\n]{4,}$/);
  });
});
