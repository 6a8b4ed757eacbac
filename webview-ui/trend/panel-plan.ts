import { visibleText } from '../../src/base/visible-text.js';
import type { Measure, Unit } from '../../src/model/measure.js';
import type { Source } from '../../src/protocol/trends.js';
import type { StyledSeries } from '../shared/frames.js';
import { lineStyle } from '../shared/series-style.js';
import type { Theme } from '../shared/theme.js';

/** A chart of what can share an axis. */
export interface PanelPlan {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly series: readonly StyledSeries[];
  /** What the page is about gets more room. */
  readonly tall: boolean;
}

const seriesId = (source: string, measure: string): string => `${source}\n${measure}`;

/**
 * Sizes of processes share one chart, but for the address space, which is larger by far; everything else has an axis of its own,
 * and so have machines. One source: a colour for each measure. Several: a colour for each source, dashes for each measure.
 */
export function panelPlans(
  sources: readonly Source[],
  chosen: (source: Source) => readonly string[],
  theme: Theme,
): readonly PanelPlan[] {
  const panels = new Map<string, { title: string; unit: Unit; entries: { source: Source; measure: Measure }[] }>();
  for (const source of sources) {
    for (const id of chosen(source)) {
      const measure = source.measures.find((one) => one.id === id);
      if (!measure) continue;
      const { key, title } = groupOf(source, measure);
      const panel = panels.get(key) ?? { title, unit: measure.unit, entries: [] };
      panel.entries.push({ source, measure });
      panels.set(key, panel);
    }
  }
  const several = sources.length > 1;
  return [...panels]
    .map(([id, { title, unit, entries }]): PanelPlan => {
      const measures = [...new Set(entries.map(({ measure }) => measure.id))];
      const series = entries.map(({ source, measure }): StyledSeries => {
        const number = measures.indexOf(measure.id);
        const style = several
          ? lineStyle(sources.indexOf(source), theme, theme.highContrast ? sources.indexOf(source) * 3 + number : number)
          : lineStyle(number, theme);
        const label = several ? `${measure.label}, ${visibleText(source.label)}` : measure.label;
        return { id: seriesId(source.id, measure.id), source: source.id, label, measure, style };
      });
      return { id, title, unit, series, tall: id === 'memory' || id === 'machine' };
    })
    .sort((a, b) => Number(b.id === 'memory') - Number(a.id === 'memory'));
}

function groupOf({ kind }: Source, { id, label, unit }: Measure): { key: string; title: string } {
  if (kind === 'machine')
    return unit === 'bytes'
      ? { key: 'machine', title: 'Memory of the machine' }
      : { key: `machine-${id}`, title: `${label} of the machine` };
  return unit === 'bytes' && id !== 'vsz' ? { key: 'memory', title: 'Memory' } : { key: id, title: label };
}
