import type { TrendEvent } from '../../src/model/trend-event.js';
import type { Source } from '../../src/protocol/trends.js';
import type { DrawnSeries } from '../shared/drawn-series.js';
import { axisFor, drawnSeries, marksOf } from '../shared/frames.js';
import { commonGaps, type Gap } from '../shared/gaps.js';
import type { PanelFrame } from '../shared/panel-frame.js';
import { endsOf } from '../shared/reading.js';
import type { SourceData } from '../shared/source-data.js';
import type { Theme } from '../shared/theme.js';
import type { ChartMark } from '../shared/time-chart.js';
import type { TimeRange } from '../shared/time-view.js';
import type { Marks } from './marks.js';
import type { PanelPlan } from './panel-plan.js';

export interface TrendInput {
  readonly data: SourceData;
  readonly range: TimeRange;
  readonly theme: Theme;
  readonly gaps: ReadonlyMap<string, readonly Gap[]>;
  readonly events: readonly TrendEvent[];
  readonly hidden: ReadonlySet<string>;
  /** Changes since the start of the window. */
  readonly changes: boolean;
  readonly marks: Marks;
  readonly width: number;
}

export interface TrendPanel {
  readonly frame: PanelFrame;
  /** Hidden ones too: they are told in words. */
  readonly all: readonly { readonly id: string; readonly drawn: DrawnSeries | undefined }[];
}

/** `first`: the panel on top, which bears the signs of the marks. `last`: the one with the time below it. */
export function trendPanel(
  plan: PanelPlan,
  input: TrendInput,
  place: { readonly first: boolean; readonly last: boolean },
): TrendPanel {
  const { data, range, theme, hidden } = input;
  const all = plan.series.map((styled) => {
    const drawn = drawnSeries(styled, data.store, input.gaps.get(styled.source) ?? [], range.to);
    return {
      id: styled.id,
      drawn: drawn && input.changes ? { ...drawn, offset: endsOf(drawn, range)?.first.value ?? 0 } : drawn,
    };
  });
  const series = all.flatMap(({ id, drawn }) => (drawn && !hidden.has(id) ? [drawn] : []));
  const unit = input.changes && plan.unit === 'address' ? 'bytes' : plan.unit;
  const sources = [...new Set(plan.series.map(({ source }) => source))];
  const gaps = sources.map((id) => input.gaps.get(id) ?? []).reduce(commonGaps);
  const frame: PanelFrame = {
    range,
    axis: axisFor(series, range, plan.tall ? 5 : 3, unit, false),
    unit,
    series,
    gaps,
    events: input.events,
    marks: [...marksOf(input.events, theme, range, place.first ? input.width : 0), ...ownMarks(input.marks, theme, place.first)],
    timeLabels: place.last,
    about: new Map(plan.series.map(({ id, measure, style }) => [id, { style, definition: measure.definition }])),
  };
  return { frame, all };
}

function ownMarks({ a, b }: Marks, theme: Theme, signs: boolean): ChartMark[] {
  const mark = (at: number | undefined, sign: string): ChartMark[] =>
    at === undefined ? [] : [{ at, colour: theme.focus, dash: [], low: true, ...(signs ? { sign } : {}) }];
  return [...mark(a, 'A'), ...mark(b, 'B')];
}

/** Events of all sources; what happened to their machine is told by each of them. */
export function allEvents(sources: readonly Source[], data: SourceData): readonly TrendEvent[] {
  const events = new Map<string, TrendEvent>();
  for (const { id, target } of sources) {
    for (const event of data.events.get(id) ?? [])
      events.set([target, event.at, event.kind, event.process, event.detail].join('\n'), event);
  }
  return [...events.values()];
}
