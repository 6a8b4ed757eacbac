import { expect, test } from 'vitest';
import { type GrowthFacts, GrowthWatch } from '../../../../src/app/sampling/growth-watch.js';
import { createSeriesTable } from '../../../../src/insight/series-table.js';
import { FakeClock } from '../fake-clock.js';

const facts: GrowthFacts = { pageSize: 4096, startedAt: undefined, exact: false, limits: () => [] };

test('of a process whose memory we may not read, the verdict is on what can be read', () => {
  const series = createSeriesTable();
  const growth = new GrowthWatch(series, new FakeClock());
  growth.judgeAll(facts);
  expect(growth.verdict).toMatchObject({ state: 'undecided', measure: 'uss', samples: 0 });
  for (let second = 0; second < 400; second++) series.append(second * 1000, new Map([['threads', 7]]));
  growth.judgeAll(facts);
  expect(growth.verdict).toMatchObject({ state: 'not-growing', measure: 'threads' });
});
