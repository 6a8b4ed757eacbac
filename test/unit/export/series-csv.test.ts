import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../src/export/csv-cell.js';
import { seriesCsv } from '../../../src/export/series-csv.js';
import { measureOf } from '../../../src/insight/measures.js';

const points = (...pairs: readonly (readonly [number, number])[]) => ({
  at: Float64Array.from(pairs, ([at]) => at),
  value: Float64Array.from(pairs, ([, value]) => value),
});

/** Reads RFC 4180 strictly: quoted cells, CRLF after every record. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let rest = text;
  while (rest !== '') {
    const row: string[] = [];
    for (;;) {
      const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
      if (match === null) throw new Error(`not CSV: ${JSON.stringify(rest.slice(0, 40))}`);
      row.push(match[1] === undefined ? (match[2] as string) : match[1].replaceAll('""', '"'));
      rest = rest.slice(match[0].length);
      if (match[3] === '\r\n') break;
    }
    rows.push(row);
  }
  return rows;
}

describe('seriesCsv', () => {
  const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 250);

  it('is one table of all moments, with empty cells for what was not measured then', () => {
    const text = [
      ...seriesCsv([
        { measure: measureOf('rss'), source: 'web (12)', points: points([AT, 4096], [AT + 1000, 8192]) },
        { measure: measureOf('psi.some10'), points: points([AT + 1000, 0.25], [AT + 2500, Number.NaN]) },
      ]),
    ].join('');
    expect(text).toBe(
      [
        'time,epoch_seconds,web (12) rss [bytes],psi.some10 [percent]',
        '2026-01-02T03:04:05.250Z,1767323045.25,4096,',
        '2026-01-02T03:04:06.250Z,1767323046.25,8192,0.25',
        '2026-01-02T03:04:07.750Z,1767323047.75,,',
        '',
      ].join('\r\n'),
    );
  });

  it('writes the header alone when nothing was measured', () => {
    expect([...seriesCsv([{ measure: measureOf('rss'), points: points() }])]).toEqual(['time,epoch_seconds,rss [bytes]\r\n']);
  });

  it('has no calendar for a clock beyond all calendars, but the seconds', () => {
    const rows = [...seriesCsv([{ measure: measureOf('rss'), points: points([1e17, 1]) }])];
    expect(rows[1]).toBe(',100000000000000,1\r\n');
  });

  it('keeps every moment and value of any series', () => {
    const series = fc.uniqueArray(fc.nat(50), { maxLength: 20 }).map((moments) => moments.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 4 }), (all) => {
        const text = [
          ...seriesCsv(
            all.map((moments) => ({
              measure: measureOf('rss'),
              points: points(...moments.map((at) => [at, at + 0.5] as const)),
            })),
          ),
        ].join('');
        const rows = readCsv(text).slice(1);
        expect(rows.map((row) => Number(row[1]))).toEqual([...new Set(all.flat())].sort((a, b) => a - b).map((at) => at / 1000));
        for (const [i, moments] of all.entries()) {
          expect(rows.flatMap((row) => (row[i + 2] === '' ? [] : [Number(row[i + 2])]))).toEqual(moments.map((at) => at + 0.5));
        }
      }),
    );
  });
});

describe('csvText', () => {
  it('reads back as the same text, or with the sign that keeps it from being a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, other) => {
        const [row] = readCsv(`${csvText(text)},${csvText(other)}\r\n`);
        expect([text, `'${text}`]).toContain(row?.[0]);
        expect(row).toHaveLength(2);
        expect(row?.[0]).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\uff1d1', '=cmd|"/c calc"!A1'])('makes %j text', (text) => {
    expect(readCsv(`${csvText(text)}\r\n`)).toEqual([[`'${text}`]]);
  });

  it.each(['a;=1', 'a,b', 'a"b', 'a\nb', 'a\tb'])('quotes %j', (text) =>
    expect(csvText(text)).toBe(`"${text.replaceAll('"', '""')}"`),
  );

  it.each(['web (12)', "it's", '', '1=2'])('leaves %j', (text) => expect(csvText(text)).toBe(text));
});
