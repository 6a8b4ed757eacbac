import { readFileSync } from 'node:fs';
import type { ParseEnd, ParserFactory } from '../../../../src/engines/parser.js';
import type { Finding, Note } from '../../../../src/model/finding.js';

export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/valgrind/${name}`, import.meta.url), 'utf8');
}

export interface Parsed {
  readonly findings: Finding[];
  readonly notes: Note[];
  readonly end: ParseEnd;
}

export function parse(factory: ParserFactory, ...chunks: readonly string[]): Parsed {
  const findings: Finding[] = [];
  const notes: Note[] = [];
  const parser = factory({ finding: (finding) => findings.push(finding), note: (note) => notes.push(note) });
  for (const chunk of chunks) parser.push(chunk);
  return { findings, notes, end: parser.end() };
}

/** `kind roles topFunction:line` of each, for a readable expectation. */
export function outline(findings: readonly Finding[]): string[] {
  return findings.map((finding) => {
    const name =
      finding.kind === 'leak'
        ? `leak ${finding.leakKind} ${finding.bytes}/${finding.blocks}`
        : `${finding.kind} x${finding.count}`;
    const stacks = finding.stacks.map(({ role, frames }) => {
      const own = frames.find((frame) => frame.file?.includes('kinds.c'));
      return `${role}@${own?.function}:${own?.line}`;
    });
    return [name, ...stacks].join(' ');
  });
}

/** Without counts, which only the end of a report tells. */
export function identities(findings: readonly Finding[]): string[] {
  return findings.map((finding) => JSON.stringify({ ...finding, count: 0 })).sort();
}
