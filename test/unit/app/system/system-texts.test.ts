import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBreath } from '../../../../src/app/system/split-breath.js';
import { readFrames } from '../../../../src/app/system/system-texts.js';
import { textOf } from '../../procfs/fixture.js';

const NONCE = '0f8fad5b-d9cb-469f-a165-70867728950e';
const file = (path: string, text: string): string => `\n${NONCE} file ${path}\n${text}`;
const written = (...frames: readonly string[]): string => `@@memlens ${NONCE}\n${frames.join('')}\n${NONCE} last\n`;

describe('what the scripts write', () => {
  it('is each file byte for byte, also one without a line end, an empty one and one with blank lines', () => {
    const read = readFrames(
      written(file('/proc/a', 'one\n'), file('/proc/b', 'two'), file('/proc/c', ''), file('/proc/d', '\n\nx\n\n')),
    );
    expect([...(read?.texts ?? [])]).toEqual([
      ['/proc/a', 'one\n'],
      ['/proc/b', 'two'],
      ['/proc/c', ''],
      ['/proc/d', '\n\nx\n\n'],
    ]);
  });

  it('says why a file could not be read, and keeps no half of it', () => {
    const fail = (words: string): string => `\n${NONCE} fail ${words}\n`;
    const read = readFrames(
      written(
        file('/proc/a', '') + fail('cat: /proc/a: Permission denied'),
        file('/proc/b', '') + fail("cat: can't open '/proc/b': No such file or directory"),
        file('/proc/c', 'half') + fail('cat: read error: Input/output error'),
        file('/proc/d', 'whole\n'),
      ),
    );
    expect([...(read?.failed ?? [])]).toEqual([
      ['/proc/a', 'permission'],
      ['/proc/b', 'absent'],
      ['/proc/c', 'unreadable'],
    ]);
    expect([...(read?.texts.keys() ?? [])]).toEqual(['/proc/d']);
  });

  it('begins behind what a login or a root command says, and is nothing when it is cut or did not come', () => {
    expect(readFrames(`Welcome to the board\n\n${written(file('/proc/a', 'x\n'))}`)?.texts.get('/proc/a')).toBe('x\n');
    expect(readFrames('sudo: a password is required\n')).toBeUndefined();
    expect(readFrames('')).toBeUndefined();
    expect(readFrames(`@@memlens ${NONCE}\n${file('/proc/a', 'x')}`)).toBeUndefined();
  });

  it('takes no text of a file for a frame', () => {
    const other = '11111111-2222-3333-4444-555555555555';
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom(`@@memlens ${other}\n`, `\n${other} file /proc/x\n`, `\n${other} last\n`, '\n', 'last\n'),
          ),
          { maxLength: 8 },
        ),
        (pieces) => {
          const text = pieces.join('');
          expect([...(readFrames(written(file('/proc/a', text), file('/proc/b', 'b')))?.texts ?? [])]).toEqual([
            ['/proc/a', text],
            ['/proc/b', 'b'],
          ]);
        },
      ),
    );
  });
});

describe('meminfo, zoneinfo and vmstat of one process', () => {
  const together = (...texts: readonly string[]): ReadonlyMap<string, string> =>
    splitBreath(
      new Map([
        ['cat /proc/meminfo /proc/zoneinfo /proc/vmstat', texts.join('')],
        ['uname -m', 'x86_64\n'],
      ]),
    );
  const [meminfo, zoneinfo, vmstat] = ['meminfo', 'zoneinfo', 'vmstat'].map((name) => textOf(`linux/6.18-root/${name}`)) as [
    string,
    string,
    string,
  ];

  it('are told apart, whichever of them are there', () => {
    expect(Object.fromEntries(together(meminfo, zoneinfo, vmstat))).toEqual({
      'uname -m': 'x86_64\n',
      '/proc/meminfo': meminfo,
      '/proc/zoneinfo': zoneinfo,
      '/proc/vmstat': vmstat,
    });
    expect(together(meminfo, vmstat).get('/proc/vmstat')).toBe(vmstat);
    expect(together(meminfo, vmstat).get('/proc/zoneinfo')).toBeUndefined();
    expect(together(meminfo).get('/proc/meminfo')).toBe(meminfo);
  });
});
