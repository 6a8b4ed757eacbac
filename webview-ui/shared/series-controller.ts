import { DatasetController, type Scale } from 'chart.js';
import { bucketIndex, bucketTime } from './buckets.js';
import type { DrawnSeries } from './drawn-series.js';

declare module 'chart.js' {
  interface ChartTypeRegistry {
    series: {
      chartOptions: object;
      datasetOptions: { drawn: DrawnSeries };
      defaultDataPoint: never;
      metaExtensions: object;
      parsedDataType: object;
      scales: 'linear';
    };
  }
}

type Context = CanvasRenderingContext2D;

/**
 * A chart type that draws buckets straight from their arrays. The line controller of chart.js makes an object with resolved
 * options of every point, at every update; with 12 series of 1,000 buckets that takes several times longer than to draw them.
 */
export class SeriesController extends DatasetController<'series'> {
  static id = 'series';
  /** Asked for by chart.js; none is ever made. */
  static defaults = { datasetElementType: false, dataElementType: 'point' };

  /** No points: nothing to parse, and no elements to update. */
  override buildOrUpdateElements(): void {}
  override update(): void {}

  /** The axes are given. */
  override getMinMax(): { min: number; max: number } {
    return { min: Number.NaN, max: Number.NaN };
  }

  override draw(): void {
    const { drawn } = this.getDataset() as { drawn?: DrawnSeries };
    const { xScale, yScale } = this.getMeta();
    if (!drawn || !xScale || !yScale) return;
    const plot = plotOf(drawn, xScale, yScale);
    const { ctx } = this.chart;
    ctx.save();
    ctx.lineJoin = 'round';
    ctx.lineWidth = drawn.width;
    ctx.strokeStyle = drawn.stroke;
    if (drawn.shape === 'area') drawArea(ctx, drawn, plot);
    else drawLine(ctx, drawn, plot);
    ctx.restore();
  }
}

/** From bucket and value to pixels, and which buckets are seen. */
interface Plot {
  readonly begin: number;
  readonly end: number;
  readonly left: number;
  readonly perBucket: number;
  readonly rightmost: number;
  readonly bottom: number;
  readonly zero: number;
  readonly perValue: number;
}

function plotOf({ buckets, until, offset }: DrawnSeries, x: Scale, y: Scale): Plot {
  const perMs = (x.right - x.left) / (x.max - x.min);
  const perValue = (y.bottom - y.top) / (y.max - y.min);
  return {
    // One more on each side, so that lines go out of the picture.
    begin: Math.max(0, bucketIndex(buckets, x.min) - 1),
    end: Math.min(buckets.length, bucketIndex(buckets, x.max) + 2),
    left: x.left + (bucketTime(buckets, 0) - x.min) * perMs,
    perBucket: buckets.bucketMs * perMs,
    rightmost: x.left + (until - x.min) * perMs,
    bottom: y.bottom,
    zero: y.bottom + (y.min + offset) * perValue,
    perValue,
  };
}

/** Calls back with the runs of known buckets; a run ends at a gap, not at a bucket that was only not read. */
function runs(
  { mean, buckets, gaps }: DrawnSeries,
  { begin, end }: Plot,
  run: (indexes: Int32Array, count: number) => void,
): void {
  if (known.length < end - begin) known = new Int32Array(end - begin);
  let count = 0;
  let gap = 0;
  for (let index = known1(mean, begin); index < end; index++) {
    if (Number.isNaN(mean[index])) continue;
    const before = known[count - 1];
    if (count > 0 && before !== undefined && index > before + 1) {
      const since = bucketTime(buckets, before) + buckets.bucketMs / 2;
      const until = bucketTime(buckets, index) - buckets.bucketMs / 2;
      while ((gaps[gap]?.to ?? Number.POSITIVE_INFINITY) <= since) gap++;
      if ((gaps[gap]?.from ?? Number.POSITIVE_INFINITY) < until) {
        run(known, count);
        count = 0;
      }
    }
    known[count++] = index;
  }
  if (count > 0) run(known, count);
}

/** Reused: charts are drawn one after another. */
let known = new Int32Array(2048);

/** A value before the first bucket that is seen may be far away where a file is read rarely. */
function known1(mean: Float64Array, begin: number): number {
  let index = begin;
  while (index > 0 && Number.isNaN(mean[index])) index--;
  return index;
}

function drawLine(ctx: Context, drawn: DrawnSeries, plot: Plot): void {
  const { mean, min, max } = drawn;
  const { left, perBucket, rightmost, zero, perValue } = plot;
  const range = min && max ? new Path2D() : undefined;
  ctx.beginPath();
  runs(drawn, plot, (indexes, count) => {
    let x = 0;
    let y = 0;
    for (let position = 0; position < count; position++) {
      const index = indexes[position]!;
      x = Math.min(left + index * perBucket, rightmost);
      y = zero - mean[index]! * perValue;
      if (position === 0) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
      if (range && max![index]! > min![index]!) {
        const top = zero - max![index]! * perValue;
        range.rect(x - perBucket / 2, top, perBucket, (max![index]! - min![index]!) * perValue);
      }
    }
    // A single value is a point.
    if (count === 1) ctx.lineTo(x + 0.1, y);
  });
  if (range) {
    ctx.fillStyle = drawn.stroke;
    ctx.globalAlpha = 0.4;
    ctx.fill(range);
    ctx.globalAlpha = 1;
  }
  ctx.lineCap = 'round';
  ctx.setLineDash([...drawn.dash]);
  ctx.stroke();
}

function drawArea(ctx: Context, drawn: DrawnSeries, plot: Plot): void {
  const { mean, fill } = drawn;
  const { left, perBucket, rightmost, bottom, zero, perValue } = plot;
  const edge = new Path2D();
  const body = new Path2D();
  runs(drawn, plot, (indexes, count) => {
    // Half a bucket wider on each side, so that a single value is seen.
    const first = Math.min(left + (indexes[0]! - 0.5) * perBucket, rightmost);
    const last = Math.min(left + (indexes[count - 1]! + 0.5) * perBucket, rightmost);
    const begin = zero - mean[indexes[0]!]! * perValue;
    const end = zero - mean[indexes[count - 1]!]! * perValue;
    body.moveTo(first, bottom);
    body.lineTo(first, begin);
    edge.moveTo(first, begin);
    for (let position = 0; position < count; position++) {
      const index = indexes[position]!;
      const x = Math.min(left + index * perBucket, rightmost);
      const y = zero - mean[index]! * perValue;
      body.lineTo(x, y);
      edge.lineTo(x, y);
    }
    body.lineTo(last, end);
    edge.lineTo(last, end);
    body.lineTo(last, bottom);
    body.closePath();
  });
  if (fill !== undefined) {
    ctx.fillStyle = fill;
    ctx.fill(body);
  }
  if (drawn.width > 0) ctx.stroke(edge);
}
