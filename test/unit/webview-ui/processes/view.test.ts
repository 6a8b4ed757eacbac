import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellNote, cellText } from '../../../../webview-ui/processes/cell-text.js';
import { layoutColumns } from '../../../../webview-ui/processes/column-layout.js';
import { COLUMN_SETS, setOf } from '../../../../webview-ui/processes/column-sets.js';
import { COLUMN_IDS, columnOf } from '../../../../webview-ui/processes/columns.js';
import { readViewState } from '../../../../webview-ui/processes/view-state.js';
import { whyUnknown } from '../../../../webview-ui/processes/why-unknown.js';
import { moved, toggled } from '../../../../webview-ui/shared/column-choice.js';
import { entry, kernelThread, MIB, unreadable } from './entries.js';

describe('what was saved', () => {
  test('is read back', () => {
    const state = readViewState(undefined);
    expect(readViewState(structuredClone(state))).toEqual(state);
    const own = {
      ...state,
      columns: ['command', 'rss', 'pid'],
      widths: { rss: 120 },
      sorting: { column: 'rss', descending: false },
      grouping: 'user',
      filter: 'uss>1M',
      bars: 'none',
      chart: { open: true, measure: 'swap', shape: 'bars' },
    };
    expect(readViewState(own)).toEqual(own);
  });

  test('whatever it is, a state comes out of it', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (columns, widths, sorting) => {
        const state = readViewState({ columns, widths, sorting, grouping: columns, chart: widths });
        expect(state.columns[0]).toBe('command');
        expect(COLUMN_IDS).toContain(state.sorting.column);
      }),
    );
  });
});

describe('columns', () => {
  test('sets are recognised; own columns are none', () => {
    for (const set of COLUMN_SETS) expect(setOf(set.columns)).toBe(set.id);
    expect(setOf(['command', 'rss'])).toBeUndefined();
  });

  test('a column comes where the list of all has it', () => {
    expect(toggled(['command', 'pid', 'rss'], 'uss', COLUMN_IDS)).toEqual(['command', 'pid', 'uss', 'rss']);
    expect(toggled(['command', 'pid', 'rss'], 'rss', COLUMN_IDS)).toEqual(['command', 'pid']);
    expect(toggled(['command', 'rss'], 'rss', COLUMN_IDS)).toEqual(['command', 'rss']);
  });

  test('the command stays first', () => {
    expect(moved(['command', 'pid', 'rss'], 'rss', 'command')).toEqual(['command', 'rss', 'pid']);
    expect(moved(['command', 'pid', 'rss'], 'command', 'rss')).toEqual(['command', 'pid', 'rss']);
    expect(moved(['command', 'pid', 'rss'], 'rss', 'pid')).toEqual(['command', 'rss', 'pid']);
  });

  test('300 pixels hold the command, USS and growth', () => {
    const { columns, widths } = layoutColumns(COLUMN_SETS[0]!.columns, {}, 300);
    expect(columns.slice(0, 3)).toEqual(['command', 'uss', 'growth']);
    expect(widths[0]! + widths[1]! + widths[2]!).toBe(300);
    expect([...columns].sort()).toEqual([...COLUMN_SETS[0]!.columns].sort());
  });
});

describe('cells', () => {
  const text = (id: Parameters<typeof columnOf>[0], of: Parameters<typeof cellText>[1]) => cellText(columnOf(id), of);

  test('a value that is not known is a dash with a reason, never 0', () => {
    for (const id of COLUMN_IDS) {
      for (const of of [unreadable(1), kernelThread(2)]) {
        if (columnOf(id).value(of) !== undefined) continue;
        expect(text(id, of)).toBe('–');
        expect(whyUnknown(of, id)).not.toBe('');
      }
    }
    expect(text('uss', unreadable(1))).toBe('–');
    expect(whyUnknown(unreadable(1), 'uss')).toBe('Not known: reading it needs the same user or root.');
    expect(text('rss', kernelThread(1))).toBe('–');
    expect(text('rss', entry(1, { state: 'Z', rss: 0 }))).toBe('–');
    expect(text('swap', entry(1, { swap: 0 }))).toBe('0');
  });

  test('control characters of names are seen', () => {
    expect(text('command', entry(1, { command: 'a\x1b[31m\u202eb\nc' }))).toBe('a\\x1b[31m\\u202eb\\nc');
  });

  test('growth is a rate and a verdict', () => {
    const growth = { state: 'leak', ratePerHour: 14.2 * MIB, text: 'Leak' } as const;
    expect(text('growth', entry(1, { growth }))).toBe('+14 MiB/h leak');
    expect(text('growth', entry(1, { growth: { state: 'undecided', text: '' } }))).toBe('no verdict yet');
  });

  test('the age of PSS, USS and swap is told', () => {
    const read = entry(1, { uss: 1024, rollupAt: 1000 });
    expect(cellNote('uss', read, 6000)).toBe('USS: 1,024 bytes, read 5 s ago');
    expect(cellNote('rss', read, 6000)).not.toContain('ago');
  });
});
