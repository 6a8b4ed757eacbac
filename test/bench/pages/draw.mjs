import uPlot from 'uplot';
import { createSeriesTable } from '../../../src/insight/series-table.ts';
import { BucketStore } from '../../../webview-ui/shared/buckets.ts';
import { axisFor } from '../../../webview-ui/shared/frames.ts';
import { lineStyle } from '../../../webview-ui/shared/series-style.ts';
import { readTheme } from '../../../webview-ui/shared/theme.ts';
import { TimeChart } from '../../../webview-ui/shared/time-chart.ts';
import { TimeView } from '../../../webview-ui/shared/time-view.ts';

const SERIES = 12;
const POINTS = 86_400;
const APPENDED = 40;
const WIDTH = 1000;
const HEIGHT = 300;
const BUCKETS = 950;
const START = Date.UTC(2026, 0, 15);
const names = Array.from({ length: SERIES }, (_, index) => `series${index}`);

/** Noise, steps and single peaks; the same each time. */
function sizeAt(series, index) {
  let state = (series * 7919 + index * 104_729 + 12_345) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
  const noise = ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  const peak = index % 7001 === series * 13 ? 40 : 0;
  return (20 + series * 6 + noise * 3 + Math.floor(index / 9000) + peak) * 2 ** 20;
}

const host = () => document.body.appendChild(Object.assign(document.createElement('div'), { className: 'box' }));

/** Makes the browser paint what was drawn. */
function flush(canvas) {
  canvas.getContext('2d')?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1);
}

/** Each contest: what is done once, and what is done with each new point; both end with the picture painted. */
function memlens() {
  const table = createSeriesTable();
  const row = new Map();
  const feed = (index) => {
    for (const [series, name] of names.entries()) row.set(name, sizeAt(series, index));
    table.append(START + index * 1000, row);
  };
  for (let index = 0; index < POINTS; index++) feed(index);
  const canvas = document.createElement('canvas');
  const view = new TimeView('all');
  const theme = readTheme();
  const styles = names.map((_, series) => lineStyle(series, theme));
  const store = new BucketStore();
  let chart;
  let newest = POINTS - 1;
  // What the extension host does, then what the page does.
  const update = (mode) => {
    const from = START;
    const to = START + newest * 1000;
    const viewed = table.view({ ids: names, from, to, maxBuckets: BUCKETS });
    const skip = mode === 'tail' && viewed.bucketMs === store.bucketMs ? Math.max(0, viewed.length - 2) : 0;
    store.apply({
      query: 1,
      mode: skip > 0 ? 'tail' : 'reset',
      bucketMs: viewed.bucketMs,
      first: viewed.first + skip,
      length: viewed.length - skip,
      gaps: [],
      from,
      to,
      // A message is copied.
      columns: structuredClone(
        viewed.columns.map(({ id, min, max, mean, last }) => ({
          source: 'bench',
          measure: id,
          min: min.slice(skip),
          max: max.slice(skip),
          mean: mean.slice(skip),
          last: last.slice(skip),
        })),
      ),
    });
    view.follow({ from, to });
    const series = names.flatMap((name, number) => {
      const column = store.column({ source: 'bench', measure: name });
      const style = styles[number];
      if (!column || !style) return [];
      const { min, max, mean } = column;
      const { shape, stroke, dash, width } = style;
      return [
        {
          id: name,
          label: name,
          unit: 'bytes',
          shape,
          stroke,
          dash,
          width,
          buckets: store,
          mean,
          values: mean,
          min,
          max,
          offset: 0,
          gaps: [],
          until: to,
        },
      ];
    });
    chart?.draw({
      range: { from, to },
      axis: axisFor(series, { from, to }, 5, 'bytes', false),
      unit: 'bytes',
      series,
      marks: [],
      gaps: [],
      timeLabels: true,
    });
    flush(canvas);
  };
  return {
    first: () => {
      host().append(canvas);
      chart = new TimeChart(canvas, view, theme);
      update('reset');
    },
    append: (index) => {
      feed(index);
      newest = index;
      update('tail');
    },
    /** The same buckets as uPlot takes them: lowest and highest of each, in one line. */
    buckets: () => {
      const x = new Float64Array(store.length * 2);
      const ys = names.map(() => new Float64Array(store.length * 2));
      for (let index = 0; index < store.length; index++) {
        x[index * 2] = ((store.first + index + 0.25) * store.bucketMs) / 1000;
        x[index * 2 + 1] = ((store.first + index + 0.75) * store.bucketMs) / 1000;
        names.forEach((name, series) => {
          const column = store.column({ source: 'bench', measure: name });
          ys[series][index * 2] = column?.min[index] ?? Number.NaN;
          ys[series][index * 2 + 1] = column?.max[index] ?? Number.NaN;
        });
      }
      return { x, ys };
    },
  };
}

function uplotOf(data, next) {
  let plot;
  const colours = ['#3794ff', '#d18616', '#89d185', '#b180d7', '#f14c4c', '#cca700'];
  const options = {
    width: WIDTH,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    series: [{}, ...names.map((label, index) => ({ label, stroke: colours[index % 6], width: 1.5, points: { show: false } }))],
  };
  return {
    first: () => {
      plot = new uPlot(options, data(), host());
      paint();
    },
    append: (index) => {
      plot?.setData(next(index));
      paint();
    },
  };
  function paint() {
    // uPlot puts its drawing off to a microtask; a batch that is empty draws what is waiting at once.
    plot?.batch(() => undefined);
    const canvas = plot?.root.querySelector('canvas');
    if (canvas) flush(canvas);
  }
}

function raw() {
  const x = [];
  const ys = names.map(() => []);
  const push = (index) => {
    x.push((START + index * 1000) / 1000);
    for (const [series, values] of ys.entries()) values.push(sizeAt(series, index));
  };
  for (let index = 0; index < POINTS; index++) push(index);
  const data = () => [x, ...ys];
  return uplotOf(data, (index) => {
    push(index);
    return data();
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function timed(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

async function bench() {
  const ours = memlens();
  const theirs = raw();
  const firsts = { ours: timed(() => ours.first()), theirs: timed(() => theirs.first()) };
  const equal = uplotOf(
    () => {
      const { x, ys } = ours.buckets();
      return [x, ...ys];
    },
    () => {
      // Made before the clock runs.
      return prepared;
    },
  );
  let prepared = [[]];
  equal.first();
  const times = [];
  for (let round = 0; round < APPENDED; round++) {
    const index = POINTS + round;
    const own = timed(() => ours.append(index));
    const theirRaw = timed(() => theirs.append(index));
    const { x, ys } = ours.buckets();
    prepared = [x, ...ys];
    const theirEqual = timed(() => equal.append(index));
    // The first ones warm up.
    if (round >= 8) times.push({ ours: own, raw: theirRaw, equal: theirEqual });
    await new Promise((done) => setTimeout(done, 0));
  }
  // An empty picture would be drawn fast.
  const drawn = [...document.querySelectorAll('canvas')].map((canvas) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let ink = 0;
    for (let index = 3; index < pixels.length; index += 4) if ((pixels[index] ?? 0) > 0) ink++;
    return ink;
  });
  if (drawn.length !== 3 || drawn.some((ink) => ink < 20_000)) throw new Error(`not drawn: ${drawn.join(', ')}`);
  const result = (name, limit, own, other, ratio) => ({
    name,
    limit,
    ratio: Number(ratio.toFixed(3)),
    oursMs: Number(own.toFixed(2)),
    theirsMs: Number(other.toFixed(2)),
    rounds: times.length,
  });
  const own = median(times.map((time) => time.ours));
  const ratioTo = (key) => median(times.map((time) => time.ours / time[key]));
  return [
    result(
      'draw: a point more, 12 x 86,400, against uPlot with the raw points',
      1,
      own,
      median(times.map((time) => time.raw)),
      ratioTo('raw'),
    ),
    result(
      'draw: a point more, 12 x 86,400, against uPlot with the same buckets',
      2,
      own,
      median(times.map((time) => time.equal)),
      ratioTo('equal'),
    ),
    result(
      'draw: the first picture, 12 x 86,400, against uPlot with the raw points',
      1,
      firsts.ours,
      firsts.theirs,
      firsts.ours / firsts.theirs,
    ),
  ];
}

Object.assign(window, { bench });
