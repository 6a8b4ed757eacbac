import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTableState } from '../../../../webview-ui/map/region-table-state.js';
import { readSaved, VIEWS } from '../../../../webview-ui/map/saved.js';

test('what the page and its forms keep is read back', () => {
  const saved = { view: 'table', forms: { table: { filter: 'rss>1M' } } };
  expect(readSaved(structuredClone(saved))).toEqual(saved);
  expect(readSaved({ view: 'treemap' })).toEqual({ view: 'treemap', forms: {} });
});

test('whatever was saved, a state comes out of it', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (view, forms) => {
      const saved = readSaved({ view, forms });
      expect(VIEWS).toContain(saved.view);
      expect(readTableState(saved.forms.table).sorting.column).toBeTypeOf('string');
    }),
  );
  for (const nothing of [undefined, null, 7, 'table', []]) expect(readSaved(nothing)).toEqual({ view: 'space', forms: {} });
});
