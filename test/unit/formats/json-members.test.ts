import { describe, expect, test } from 'vitest';
import { JsonMembers } from '../../../src/formats/json-members.js';

function read(text: string, cut = text.length): { readonly told: unknown[]; readonly bad: number; readonly ended: boolean } {
  const told: unknown[] = [];
  const members = new JsonMembers('list', {
    member: (name, value) => told.push([name, value]),
    entry: (value) => told.push(value),
  });
  for (let from = 0; from < text.length; from += cut) members.push(text.slice(from, from + cut));
  return { told, bad: members.bad, ended: members.ended };
}

describe('members of a JSON object', () => {
  test('are told one by one, wherever the text is cut and however it is written', () => {
    const value = { a: '}],"list":[1]', list: [{ b: [1, { c: '\\"' }] }, 2, 'x,y', null], d: { list: [5] }, e: [], f: 1.5 };
    const expected = [['a', value.a], ...value.list, ['d', value.d], ['e', []], ['f', 1.5]];
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, '\t'), `\ufeff ${JSON.stringify(value)} }{"g":1`]) {
      for (let cut = 1; cut < text.length; cut++) expect(read(text, cut)).toEqual({ told: expected, bad: 0, ended: true });
    }
    expect(read('{"list":[]}')).toEqual({ told: [], bad: 0, ended: true });
    expect(read('{}')).toEqual({ told: [], bad: 0, ended: true });
  });

  test('that came before the text ends in the midst are kept', () => {
    expect(read('{"a":1,"list":[{"b":2},{"b":')).toEqual({ told: [['a', 1], { b: 2 }], bad: 0, ended: false });
    expect(read('{"a":1,"b')).toEqual({ told: [['a', 1]], bad: 0, ended: false });
    expect(read('')).toEqual({ told: [], bad: 0, ended: false });
  });

  test('that are no JSON, or too long, are counted, and those behind them are told', () => {
    expect(read('{"a":x,"b":2,"list":[nonsense,3],c}')).toEqual({ told: [['b', 2], 3], bad: 3, ended: true });
    const long = 'y'.repeat(9 << 20);
    expect(read(`{"a":"${long}","list":["${long}",4],"b":5}`, 1 << 20)).toEqual({ told: [4, ['b', 5]], bad: 2, ended: true });
  });

  test('with names that objects have already', () => {
    expect(read('{"__proto__":{"a":1},"constructor":2}').told).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ]);
  });
});
