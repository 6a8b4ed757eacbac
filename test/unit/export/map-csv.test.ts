import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapCsv } from '../../../src/export/map-csv.js';
import { aMap } from '../insight/map/a-map.js';
import { anyMap, rowsOf } from './any-map.js';

/** As RFC 4180 says, and no other way: undefined when the text is not so. */
function readCsv(text: string): string[][] | undefined {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length; ) {
    const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
    field.lastIndex = at;
    const match = field.exec(text)!;
    record.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    at = field.lastIndex;
    if (text[at] === ',') at++;
    else if (text.startsWith('\r\n', at)) {
      records.push(record);
      record = [];
      at += 2;
    } else return undefined;
  }
  return record.length === 0 ? records : undefined;
}

/** A spreadsheet would run it: it has a quote in front. */
const safe = (text: string): string =>
  /^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;

const hex = (value: unknown): string =>
  Number.isNaN(value)
    ? ''
    : `0x${BigInt(value as number)
        .toString(16)
        .padStart(8, '0')}`;

describe('a map as CSV', () => {
  test('is RFC 4180 whatever the names hold, a line for each mapping, with every figure in bytes', () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        const records = readCsv([...mapCsv(map)].join(''));
        const rows = rowsOf(map);
        expect(records).toHaveLength(rows.length + 1);
        const [names = [], ...lines] = records!;
        for (const [i, line] of lines.entries()) {
          const row = rows[i]!;
          const figures = row['figures'] as Record<string, number>;
          const told = Object.fromEntries(names.map((name, column) => [name, line[column]]));
          const figure = (name: string): string => String(figures[name] ?? '');
          expect(told).toEqual({
            start: hex(row['start']),
            end: hex(row['end']),
            sizeBytes: String((row['end'] as number) - (row['start'] as number)),
            segment: row['segment'],
            permissions: row['permissions'],
            offset: hex(row['offset']),
            device: row['device'],
            inode: row['inode'],
            path: safe(row['path'] as string),
            RssBytes: figure('Rss'),
            PssBytes: figure('Pss'),
            SwapBytes: figure('Swap'),
            THPeligible: figure('THPeligible'),
            Of_a_new_kernel: figure('Of_a_new_kernel'),
            VmFlags: row['flags'],
            owner: safe(row['owner'] as string),
            marks: expect.any(String) as string,
            rule: row['rule'],
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('has these columns, in this order', () => {
    const map = aMap([
      { at: 4096, size: 8, path: '/a "b",\nc (deleted)', inode: '7', segment: 'file', figures: { Rss: 4, Pss: 2 } },
    ]);
    const marked = { ...map, classes: { ...map.classes, marks: Uint8Array.of(1 | 32) } };
    expect([...mapCsv(marked)]).toEqual([
      'start,end,sizeBytes,segment,permissions,offset,device,inode,path,RssBytes,PssBytes,VmFlags,owner,marks,rule\r\n',
      '0x00400000,0x00402000,8192,file,rw-p,0x00000000,fd:01,7,"/a ""b"",\nc (deleted)",4096,2048,,,deleted tmpfs,heap-name\r\n',
    ]);
  });
});
