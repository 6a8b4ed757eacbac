import type { Milliseconds } from '../base/units.js';
import type { SeriesTable, SeriesView } from '../insight/series.js';
import { tailOf } from '../insight/series-tail.js';
import type { BucketColumn, ChartBuckets, ChartGap, ChartQuery } from '../protocol/trends.js';

/** The series of a source, by the name that queries have for it. */
export interface ChartSource {
  readonly id: string;
  readonly series: SeriesTable;
}

/** A chart whose buckets are wide changes slowly: it is drawn twice a bucket, but no more rarely than this. */
const SLOWEST_MS: Milliseconds = 5_000;

interface Drawn {
  readonly query: number;
  /** By the steady clock. */
  readonly drawnAt: Milliseconds;
  readonly bucketMs: Milliseconds;
  readonly views: ReadonlyMap<string, SeriesView>;
}

/**
 * Answers the query of a page: everything at first, then only the buckets that are new or have changed. All sources of an
 * answer are on one grid, so that they can be compared.
 */
export class ChartFeed {
  private drawn: Drawn | undefined;

  /** How long the newest answer to this query is good enough; 0 or less: it is to be answered. */
  restMs(query: ChartQuery, now: Milliseconds): Milliseconds {
    const { drawn } = this;
    return drawn?.query === query.id ? drawn.drawnAt + Math.min(SLOWEST_MS, drawn.bucketMs / 2) - now : 0;
  }

  /** `newest`: the newest moment of any source that is live; the right edge of a window that moves. `now`: as in `restMs`. */
  answer(query: ChartQuery, sources: readonly ChartSource[], newest: Milliseconds, now: Milliseconds): ChartBuckets | undefined {
    const window = windowOf(query, sources, newest);
    if (window === undefined) return undefined;
    const views = viewsOf(query, sources, window);
    if (views.size === 0) return undefined;
    const bucketMs = Math.max(...[...views.values()].map((view) => view.bucketMs));
    const before = this.drawn?.query === query.id && this.drawn.bucketMs === bucketMs ? this.drawn : undefined;
    this.drawn = { query: query.id, drawnAt: now, bucketMs, views };
    const tails = [...views].map(([id, view]) => {
      const old = before?.views.get(id);
      return old === undefined ? undefined : tailOf(view, old);
    });
    const starts = tails.flatMap((tail) => (tail === undefined ? [] : [tail.first]));
    const whole = before?.views.size !== views.size || starts.length < views.size;
    // One first bucket for all: a page replaces everything from there on.
    const first = whole ? Math.min(...[...views.values()].map((view) => view.first)) : Math.min(...starts);
    return { query: query.id, mode: whole ? 'reset' : 'tail', ...join(views, bucketMs, first), ...window };
  }

  /** The next answer is a whole one. */
  forget(): void {
    this.drawn = undefined;
  }
}

interface Window {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

function windowOf(query: ChartQuery, sources: readonly ChartSource[], newest: Milliseconds): Window | undefined {
  const { window } = query;
  if ('from' in window) return window.to > window.from ? window : undefined;
  if ('lastMs' in window) return { from: newest - window.lastMs, to: newest };
  const wanted = new Set(query.series.map(({ source }) => source));
  const spans = sources.flatMap(({ id, series }) => (wanted.has(id) && series.span !== undefined ? [series.span] : []));
  if (spans.length === 0) return undefined;
  const from = Math.min(...spans.map((span) => span.from));
  return { from, to: Math.max(newest, from + 1) };
}

function viewsOf(query: ChartQuery, sources: readonly ChartSource[], window: Window): Map<string, SeriesView> {
  const views = new Map<string, SeriesView>();
  for (const { id, series } of sources) {
    const ids = query.series.filter(({ source }) => source === id).map(({ measure }) => measure);
    if (ids.length > 0) views.set(id, series.view({ ids, ...window, maxBuckets: query.maxBuckets }));
  }
  return views;
}

/** The buckets from `first` on, all of one length; what a view does not reach is not known. */
function join(
  views: ReadonlyMap<string, SeriesView>,
  bucketMs: Milliseconds,
  first: number,
): Pick<ChartBuckets, 'bucketMs' | 'first' | 'length' | 'columns' | 'gaps'> {
  const end = Math.max(...[...views.values()].map((view) => view.first + view.length));
  const length = Math.max(0, end - first);
  const columns = [...views].flatMap(([source, view]) => {
    const fit = (values: Float64Array): Float64Array => {
      const out = new Float64Array(length).fill(Number.NaN);
      const skip = Math.max(0, first - view.first);
      out.set(values.subarray(skip, skip + length), Math.max(0, view.first - first));
      return out;
    };
    return view.columns.map(
      ({ id, min, max, mean, last }): BucketColumn => ({
        source,
        measure: id,
        min: fit(min),
        max: fit(max),
        mean: fit(mean),
        last: fit(last),
      }),
    );
  });
  const gaps = [...views].flatMap(([source, view]) =>
    view.gaps.map(({ from, to }): ChartGap => ({ source, from, ...(Number.isFinite(to) ? { to } : {}) })),
  );
  return { bucketMs, first, length, columns, gaps };
}
