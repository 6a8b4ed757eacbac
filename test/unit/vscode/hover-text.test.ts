import { describe, expect, it } from 'vitest';
import type { LeakCheck } from '../../../src/model/leak-check.js';
import type { PlacedFinding } from '../../../src/model/report.js';
import { HOVER_COMMANDS, hoverText } from '../../../src/vscode/hover-text.js';
import { judgedOne } from '../findings/judged-one.js';

const evil = 'f](command:workbench.action.quit) <img src=x> `$(x)`\n# x ![i](http://evil.example/i.png)';

function finding(name: string, file: string): PlacedFinding {
  return {
    engine: 'memcheck',
    kind: 'leak',
    leakKind: 'definitely',
    certainty: 'definite',
    message: name,
    bytes: 204_800,
    blocks: 50,
    count: 1,
    fingerprint: 'f1',
    details: [name],
    stacks: [
      {
        role: 'allocation',
        label: name,
        frames: [
          { function: 'malloc', module: '/usr/lib/libc.so.6' },
          { function: name, file, line: 7, column: 3 },
          { function: 'main', file: '/elsewhere/main.c', line: 9 },
        ],
      },
    ],
    place: { function: name, file, line: 7, column: 3 },
    placeFrame: { stack: 0, frame: 1 },
    sources: { [file]: file },
  };
}

const show = (shown: PlacedFinding, title = 'leak'): string =>
  hoverText({
    findings: [
      {
        stored: { key: 'k', title, report: { findings: [shown], summary: {} as never, errors: 0, partial: false, notes: [] } },
        finding: shown,
      },
    ],
    stale: false,
    canRepeat: true,
    canCheck: false,
    engineTitle: (id) => id,
  });

/** The addresses of the links of a Markdown text, by the first parts of CommonMark's rule: `](` that no backslash is before. */
const links = (markdown: string): string[] => [...markdown.matchAll(/(?<!\\)\]\(([^)\s]*)/g)].map((match) => match[1] ?? '');

describe('hoverText', () => {
  it('tells size, role, engine and every frame, and links those that are here', () => {
    const text = show(finding('build', '/w/leak.c'));
    expect(text).toContain('200 KiB in 50 blocks');
    expect(text).toContain('**allocated here**');
    expect(text).toContain('memcheck');
    expect(text.match(/\n\d+\\\. /g)).toHaveLength(3);
    expect(links(text).filter((link) => link.startsWith('command:memlens.openFrame'))).toHaveLength(1);
  });

  it('runs no command but its own for any name, path and title', () => {
    const text = show(finding(evil, `/w/${evil}.c`), evil);
    expect(links(text).length).toBeGreaterThan(3);
    for (const target of links(text)) {
      expect(HOVER_COMMANDS.some((command) => target.startsWith(`command:${command}?`))).toBe(true);
    }
    expect(text).not.toMatch(/(?<!\\)[<`]/);
    expect(text).not.toMatch(/(?<!\\)!\[/);
    expect(text).not.toMatch(/^# /m);
  });

  it('says what it stands for, and what a check says of it once', () => {
    const grown = finding('build', '/w/leak.c');
    const report = { findings: [grown], summary: {} as never, errors: 0, partial: false, notes: [] };
    const check: LeakCheck = {
      number: 2,
      at: 60_000,
      sinceLast: 30_000,
      scope: 'all',
      pids: [7],
      isComplete: true,
      leaks: [
        {
          fingerprint: 'f1',
          leakKind: 'definitely',
          statement: 'once-only',
          isNew: false,
          now: { bytes: 9, blocks: 1 },
          before: { bytes: 9, blocks: 1 },
          since: 1,
        },
      ],
      report,
    };
    const told = judgedOne(grown, [], { check });
    const text = (shown: PlacedFinding): string =>
      hoverText({
        findings: [{ stored: { key: 'k', title: 'leak', report, check }, finding: shown }],
        stale: false,
        canRepeat: false,
        canCheck: false,
        engineTitle: (id) => id,
      });
    expect(text(told)).toContain('**Lost\\: nothing points to it any more');
    expect(text(told).match(/Once only\\: it was lost by check 1/g)).toHaveLength(1);
    expect(text(grown).match(/Once only\\: it was lost by check 1/g)).toHaveLength(1);
    const trend = judgedOne({ ...grown, certainty: 'growing', leakKind: undefined as never }, [], { trend: evil });
    expect(text(trend)).toContain('trend\\: ');
    expect(links(text(trend)).every((link) => HOVER_COMMANDS.some((command) => link.startsWith(`command:${command}?`)))).toBe(
      true,
    );
  });

  it('keeps the file of a link as it is', () => {
    const file = '/w/a b/(x)\'"[1])\n#é.c';
    const link = links(show(finding('f', file))).find((target) => target.startsWith('command:memlens.openFrame')) ?? '';
    expect(JSON.parse(decodeURIComponent(link.slice(link.indexOf('?') + 1)))).toEqual([{ file, line: 7, column: 3 }]);
  });
});
