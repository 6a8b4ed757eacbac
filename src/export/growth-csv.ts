import type { GrowthLine } from '../model/machine-accounting.js';
import type { OwnerGrowth } from '../model/system-state.js';
import { csvLine, csvNumber, csvText } from './csv-cell.js';

/** What has changed between two states of a machine, a line for each; amounts in bytes. */
export function* growthCsv(lines: readonly (GrowthLine | OwnerGrowth)[]): Generator<string> {
  yield csvLine(['kind', 'name', 'change', 'before', 'after', 'news']);
  for (const { kind, name, change, before, after, news = '' } of lines) {
    yield csvLine([kind, csvText(name), csvNumber(change), csvNumber(before), csvNumber(after), news]);
  }
}
