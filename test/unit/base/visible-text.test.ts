import { expect, test } from 'vitest';
import { visibleLines } from '../../../src/base/visible-text.js';

test('lines of a foreign machine keep their ends and tabs, and can not drive a terminal', () => {
  expect(visibleLines('a\tb\r\nerr \x1b]0;title\x07 \x9b31m\n\u202e\rlast\r\n')).toBe(
    'a\tb\nerr \\x1b]0;title\\x07 \\x9b31m\n\\u202e\\rlast\n',
  );
});
