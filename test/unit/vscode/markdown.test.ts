import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLink, escapeMarkdown, link } from '../../../src/vscode/markdown.js';

/** Characters that begin something in CommonMark or its extensions, with no backslash before them. */
const LIVE = /(?<!\\)(?:\\\\)*[`*_[\]()<>!|#~&]/;

describe('escapeMarkdown', () => {
  it.each([
    ['a link', '[Run](command:workbench.action.quit)'],
    ['an image', '![x](https://example.org/x.png)'],
    ['HTML', '<img src=x onerror=alert(1)>'],
    ['a code span', '`x` and ``y``'],
    ['a C++ name', 'std::vector<int, std::allocator<int> >::operator[](unsigned long) const &'],
    ['an entity', '&lt;script&gt;'],
    ['a heading after a line end', 'f\n# Title\n\n- item'],
    ['a backslash before a bracket', '\\[x](command:y)'],
  ])('shows %s as text', (_, text) => {
    const escaped = escapeMarkdown(text);
    expect(escaped).not.toMatch(LIVE);
    expect(escaped).not.toContain('\n');
  });

  it('leaves nothing live in any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !LIVE.test(escapeMarkdown(text))));
  });

  it('makes no address a link of its own', () => {
    expect(escapeMarkdown('https://evil.example www.evil.example')).not.toMatch(/https?:|www\./);
  });
});

describe('link', () => {
  it('keeps arguments in its address', () => {
    const target = commandLink('memlens.openFrame', [{ file: `/a b/(x)'"[1]).c`, line: 3 }]);
    expect(target).not.toMatch(/[\s()<>'"\][]/);
    expect(JSON.parse(decodeURIComponent(target.slice(target.indexOf('?') + 1)))).toEqual([
      { file: `/a b/(x)'"[1]).c`, line: 3 },
    ]);
  });

  it('has a text that does not end it', () => {
    expect(link('x](command:evil) [y', 'command:good')).toMatch(/^\[x\\\]\\\(command\\:evil\\\) \\\[y\]\(command:good\)$/);
  });
});
