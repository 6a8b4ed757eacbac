import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParseEnd } from '../../../../src/engines/parser.js';
import { createSanitizerParser } from '../../../../src/engines/sanitizer/parse.js';
import type { Finding, Note } from '../../../../src/model/finding.js';
import type { Stack } from '../../../../src/model/stack.js';

export interface Reading {
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  readonly end: ParseEnd;
}

export function read(...chunks: readonly string[]): Reading {
  const findings: Finding[] = [];
  const notes: Note[] = [];
  const parser = createSanitizerParser({ finding: (f) => findings.push(f), note: (n) => notes.push(n) });
  for (const chunk of chunks) parser.push(chunk);
  return { findings, notes, end: parser.end() };
}

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
export const COMPILERS = ['gcc/12.2.0', 'clang/14.0.6'] as const;

export const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'utf8');

export function fixtures(): readonly { readonly name: string; readonly text: string }[] {
  return [...COMPILERS, 'synthetic'].flatMap((folder) =>
    readdirSync(join(FIXTURES, folder))
      .filter((file) => file.endsWith('.txt'))
      .map((file) => ({ name: `${folder}/${file}`, text: fixture(`${folder}/${file}`) })),
  );
}

/** One line for each finding and stack, with the frames of the program itself. */
export function outline(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => [
    [finding.engine, finding.kind, finding.leakKind, finding.bytes, finding.blocks, finding.access, finding.size]
      .filter((word) => word !== undefined)
      .join(' '),
    ...finding.stacks.map((stack) => `  ${stack.role}: ${ownFrames(stack)}`),
  ]);
}

function ownFrames(stack: Stack): string {
  return stack.frames
    .filter((frame) => frame.file?.includes('demo/'))
    .map(
      (frame) =>
        `${frame.function ?? ''}@${frame.file?.split('/').at(-1)}:${frame.line}${frame.column ? `:${frame.column}` : ''}`,
    )
    .join(' < ');
}
