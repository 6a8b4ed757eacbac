import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReportParser } from '../../../src/engines/parser.js';
import { WaitingParser } from '../../../src/engines/waiting-parser.js';

function waiting(): { readonly parser: ReportParser; readonly got: () => string | undefined } {
  let text: string | undefined;
  const parser = new WaitingParser(/MARK\d{1,8};/, () => {
    text = '';
    return {
      push: (chunk) => {
        text += chunk;
      },
      end: () => ({ recognised: true, partial: true }),
    };
  });
  return { parser, got: () => text };
}

test('without the mark the parser is never made', () => {
  const { parser, got } = waiting();
  parser.push('MARK');
  parser.push('x1;');
  expect(got()).toBeUndefined();
  expect(parser.end()).toEqual({ recognised: false, partial: false });
});

test('the lines before the mark come too, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 })), (cuts) => {
      const text = 'headline\nbefore MARK123; after\nrest\n';
      const { parser, got } = waiting();
      const at = [0, ...cuts.filter((cut) => cut <= text.length), text.length].sort((a, b) => a - b);
      for (const [index, cut] of at.entries()) parser.push(text.slice(at[index - 1] ?? 0, cut));
      expect(got()).toBe(text);
      expect(parser.end()).toEqual({ recognised: true, partial: true });
    }),
  );
});

test('of a long text before the mark, whole lines are kept', () => {
  for (const size of [7, 100, 5000]) {
    const { parser, got } = waiting();
    const before = 'some line\n'.repeat(2000);
    for (let from = 0; from < before.length; from += size) parser.push(before.slice(from, from + size));
    parser.push('MARK1;\n');
    const text = got() ?? '';
    expect(text.startsWith('some line\n')).toBe(true);
    expect(text.endsWith('some line\nMARK1;\n')).toBe(true);
    expect(text.length).toBeGreaterThan(3000);
    expect(text.length).toBeLessThan(5000);
  }
});
