import { ArcElement, BarController, BarElement, CategoryScale, Chart, LinearScale, PieController, Tooltip } from 'chart.js';
import { formatBytes } from '../../src/base/units.js';
import { cssOf, mix } from '../shared/colour.js';
import { element, setAttribute } from '../shared/dom.js';
import { formatShare } from '../shared/format.js';
import { type Hue, readTheme, type Theme } from '../shared/theme.js';
import { roundedBytes } from './cell-text.js';
import type { Holder } from './holders.js';
import type { HolderShape } from './view-state.js';

Chart.register(ArcElement, BarController, BarElement, CategoryScale, LinearScale, PieController, Tooltip);

const HUES: readonly Hue[] = ['blue', 'green', 'yellow', 'orange', 'red', 'purple'];

/** The colour of a holder by its rank: six hues, then the same ones paler. Others and the rest are grey. */
export function holderColours(holders: readonly Holder[], theme: Theme): readonly string[] {
  return holders.map(({ kind }, at) => {
    if (kind === 'others') return cssOf(theme.hues.neutral);
    if (kind === 'rest') return cssOf(mix(theme.background, theme.hues.neutral, 0.45));
    const hue = theme.hues[HUES[at % HUES.length]!];
    return cssOf(at < HUES.length ? hue : mix(theme.background, hue, 0.55));
  });
}

/** What stands on a slice and before its row in the table: colours alone tell nothing to many people. */
export const holderMark = (holder: Holder, at: number): string =>
  holder.kind === 'process' || holder.kind === 'group' ? `${at + 1}` : '';

/** The pie or the bars. The table beside them says the same; the canvas is a picture to a screen reader. */
export class HoldersChart {
  readonly root = element('div', { class: 'holders-canvas' });
  private chart: Chart<'pie' | 'bar'> | undefined;
  private shape: HolderShape | undefined;
  private holders: readonly Holder[] = [];

  constructor(private readonly onSelect: (holder: Holder) => void) {}

  show(holders: readonly Holder[], shape: HolderShape, title: string): void {
    this.holders = holders;
    if (!this.chart || this.shape !== shape) this.make(shape);
    const { chart } = this;
    if (!chart) return;
    const theme = readTheme();
    const total = holders.reduce((sum, { bytes }) => sum + bytes, 0);
    const dataset = chart.data.datasets[0];
    if (!dataset) return;
    chart.data.labels = holders.map((holder, at) =>
      shape === 'pie' ? holder.label : `${holderMark(holder, at)} ${holder.label}`,
    );
    dataset.data = holders.map(({ bytes }) => bytes);
    dataset.backgroundColor = [...holderColours(holders, theme)];
    dataset.borderColor = theme.highContrast ? theme.text : cssOf(theme.background);
    dataset.borderWidth = theme.highContrast || shape === 'pie' ? 1 : 0;
    chart.options.font = { family: theme.font, size: Math.max(10, theme.fontSize - 2) };
    chart.options.color = theme.text;
    for (const scale of Object.values(chart.options.scales ?? {})) {
      if (!scale) continue;
      scale.ticks = { ...scale.ticks, color: theme.muted };
      scale.grid = { ...scale.grid, color: theme.grid };
    }
    chart.update('none');
    setAttribute(chart.canvas, 'aria-label', pictureText(holders, total, title));
  }

  close(): void {
    this.chart?.destroy();
    this.chart = undefined;
    this.root.replaceChildren();
  }

  private make(shape: HolderShape): void {
    this.close();
    this.shape = shape;
    const canvas = element('canvas', { attributes: { role: 'img' } });
    this.root.classList.toggle('bars', shape === 'bars');
    this.root.append(canvas);
    const tooltip = {
      callbacks: {
        title: (items: { dataIndex: number }[]) => this.holders[items[0]?.dataIndex ?? -1]?.label ?? '',
        label: ({ dataIndex }: { dataIndex: number }) => this.tooltipText(dataIndex),
      },
    };
    const common = {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      onClick: (_: unknown, hits: { index: number }[]) => this.select(hits),
    } as const;
    this.chart =
      shape === 'pie'
        ? new Chart(canvas, {
            type: 'pie',
            data: { datasets: [{ data: [] }] },
            options: { ...common, layout: { padding: 4 }, plugins: { tooltip } },
            plugins: [{ id: 'marks', afterDatasetsDraw: (chart) => this.drawMarks(chart) }],
          })
        : new Chart(canvas, {
            type: 'bar',
            data: { datasets: [{ data: [], maxBarThickness: 14 }] },
            options: {
              ...common,
              indexAxis: 'y',
              plugins: { tooltip },
              scales: {
                x: {
                  beginAtZero: true,
                  ticks: {
                    maxTicksLimit: 3,
                    maxRotation: 0,
                    callback: (value) => (Number(value) === 0 ? '0' : roundedBytes(Number(value))),
                  },
                },
                y: { grid: { display: false }, ticks: { autoSkip: false, callback: (_, index) => this.axisLabel(index) } },
              },
            },
          });
  }

  private axisLabel(index: number): string {
    const holder = this.holders[index];
    if (!holder) return '';
    const label = holder.label.length > 16 ? `${holder.label.slice(0, 15)}…` : holder.label;
    return `${holderMark(holder, index)} ${label}`.trim();
  }

  private tooltipText(index: number): string {
    const total = this.holders.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = this.holders[index]?.bytes ?? 0;
    return ` ${formatBytes(Math.round(bytes))}, ${formatShare(bytes, total)}`;
  }

  private select(hits: readonly { index: number }[]): void {
    const holder = this.holders[hits[0]?.index ?? -1];
    if (holder) this.onSelect(holder);
  }

  /** The number of the row in the table, on each slice that has room for it. */
  private drawMarks(chart: Chart): void {
    const theme = readTheme();
    const { ctx } = chart;
    ctx.save();
    ctx.font = `600 ${Math.max(10, theme.fontSize - 2)}px ${theme.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = cssOf(theme.background);
    chart.getDatasetMeta(0).data.forEach((slice, at) => {
      const holder = this.holders[at];
      const arc = slice as unknown as ArcElement;
      const { startAngle, endAngle, outerRadius } = arc.getProps(['startAngle', 'endAngle', 'outerRadius']);
      if (!holder || (endAngle - startAngle) * outerRadius < 22) return;
      const middle = (startAngle + endAngle) / 2;
      ctx.fillText(
        holderMark(holder, at),
        arc.x + Math.cos(middle) * outerRadius * 0.72,
        arc.y + Math.sin(middle) * outerRadius * 0.72,
      );
    });
    ctx.restore();
  }
}

function pictureText(holders: readonly Holder[], total: number, title: string): string {
  const parts = holders.map(({ label, bytes }) => `${label} ${formatBytes(Math.round(bytes))}, ${formatShare(bytes, total)}`);
  return parts.length === 0 ? `${title}: nothing is known yet` : `${title}: ${parts.join('; ')}`;
}
