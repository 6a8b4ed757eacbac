import type { FilterError } from '../shared/filter-language.js';
import type { RegionColumn, RegionColumns } from './region-columns.js';
import type { RegionData } from './region-data.js';
import { parseRegionFilter, type RegionFilter } from './region-filter.js';

interface Asked {
  readonly data: RegionData;
  readonly columns: RegionColumns;
  readonly offered: readonly RegionColumn[];
}

/** The filter as it is written, read anew for each map. One that is half written leaves what was asked before. */
export class TableFilter {
  filter: RegionFilter = { empty: true, matches: () => true };
  error: FilterError | undefined;
  private good = '';

  read(text: string, asked: Asked): void {
    const parsed = this.parse(text, asked);
    this.error = parsed.ok ? undefined : parsed.error;
    if (parsed.ok) this.good = text;
    const last = parsed.ok ? parsed : this.parse(this.good, asked);
    // The map may no longer tell what was asked of the one before.
    this.filter = last.ok ? last.value : { empty: true, matches: () => true };
  }

  private parse(text: string, { data, offered, columns }: Asked): ReturnType<typeof parseRegionFilter> {
    return parseRegionFilter(text, data, offered, (name) => columns.isKnown(name));
  }
}
