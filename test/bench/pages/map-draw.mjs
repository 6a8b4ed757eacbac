import { classify } from '../../../src/insight/map/classify.ts';
import { contextOfFile } from '../../../src/insight/map/map-context.ts';
import { SEGMENT_WORDS } from '../../../src/insight/map/segment-words.ts';
import { SEGMENTS } from '../../../src/model/segment.ts';
import { MapTextParser } from '../../../src/procfs/map-text.ts';
import { AddressSpace } from '../../../webview-ui/map/address-space.ts';
import { AddressScale } from '../../../webview-ui/map/address-space-scale.ts';
import { Details } from '../../../webview-ui/map/details.ts';
import { segmentColour } from '../../../webview-ui/map/segment-style.ts';
import { cssOf } from '../../../webview-ui/shared/colour.ts';
import { readTheme } from '../../../webview-ui/shared/theme.ts';
import { bigMap } from '../../pages/big-map.mjs';

const COUNT = 65_530;
const ROUNDS = 11;
const SELECTED = 20;

/** Makes the browser paint what was drawn. */
const flush = (canvas) => canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1);

const words = {
  kind: 'hello',
  version: 1,
  saved: undefined,
  segments: SEGMENTS.map((id) => ({ id, ...SEGMENT_WORDS[id] })),
  rules: [],
  amounts: {},
  figures: {},
  flags: {},
};

function modelOf(text) {
  const parser = new MapTextParser();
  parser.push(new TextEncoder().encode(text));
  const { table, form, bits, notes } = parser.end();
  const origin = { kind: 'file', name: 'bench' };
  const classes = classify(table, contextOfFile(table, bits));
  const snapshot = bigMap({ at: 0, origin, form, bits, pageSize: 4096, table, classes, notes }, COUNT);
  const moment = { id: 1, at: 0, kind: 'file' };
  const totals = { whole: {}, bySegment: [], byFile: [] };
  const map = { kind: 'map', moment, snapshot, totals, notes: [] };
  return { words, state: { kind: 'file', name: 'bench' }, map, moments: [moment], findings: [] };
}

/** MemLens: the drawing and the pane beside it, as the page has them. */
function memlens(model) {
  const theme = readTheme();
  const host = document.createElement('div');
  document.body.append(host);
  let view;
  const actions = {
    select: (rows) => {
      view.select(rows, false);
      details.show(model, rows);
    },
    copy() {},
    openFile() {},
    openLink() {},
    say() {},
  };
  const details = new Details(
    actions,
    () => undefined,
    () => theme,
  );
  view = new AddressSpace(actions, () => theme);
  host.append(view.element, details.element);
  const [canvas, overlay] = view.element.querySelectorAll('canvas');
  return {
    first: () => {
      view.show(model);
      flush(canvas);
    },
    whole: () => {
      view.whole();
      view.draw();
      flush(canvas);
    },
    select: (row) => {
      actions.select([row]);
      // What the pane shows is laid out, too.
      void details.element.offsetHeight;
      flush(overlay);
    },
    size: () => ({ width: canvas.width, height: canvas.height }),
    end: () => host.remove(),
  };
}

/** What anybody would write who has the rectangles: all of them, each in its colour. */
function bare(model, { width, height }) {
  const { table, classes } = model.map.snapshot;
  const theme = readTheme();
  const colours = SEGMENTS.map((id) => cssOf(segmentColour(id, theme)));
  const { top, bottom, height: natural } = new AddressScale(table);
  const columns = 2;
  const zoom = (columns * height) / natural;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  document.body.append(canvas);
  const ctx = canvas.getContext('2d');
  const draw = () => {
    ctx.clearRect(0, 0, width, height);
    for (let row = 0; row < table.length; row++) {
      const y = top[row] * zoom;
      const column = Math.floor(y / height);
      ctx.fillStyle = colours[classes.segment[row]];
      ctx.fillRect((column * width) / columns, y - column * height, width / columns - 10, (bottom[row] - top[row]) * zoom);
    }
  };
  return {
    draw: () => {
      draw();
      flush(canvas);
    },
    select: (row) => {
      draw();
      ctx.strokeRect(0, top[row] * zoom, width / columns, 4);
      flush(canvas);
    },
    end: () => canvas.remove(),
  };
}

const timed = (work) => {
  const before = performance.now();
  work();
  return performance.now() - before;
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const pause = () => new Promise((done) => setTimeout(done, 20));

window.bench = async (text) => {
  const model = modelOf(text);
  const pairs = { first: [], whole: [], select: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = memlens(model);
    await pause();
    const first = timed(ours.first);
    const theirs = bare(model, ours.size());
    await pause();
    const drawn = timed(theirs.draw);
    await pause();
    const whole = timed(ours.whole);
    await pause();
    const rows = Array.from({ length: SELECTED }, (_, at) => Math.floor(((at + round / ROUNDS) * COUNT) / (SELECTED + 1)));
    const selected = timed(() => rows.forEach(ours.select)) / SELECTED;
    await pause();
    const redrawn = timed(() => rows.forEach(theirs.select)) / SELECTED;
    ours.end();
    theirs.end();
    // The first round warms the caches.
    if (round === 0) continue;
    pairs.first.push([first, drawn]);
    pairs.whole.push([whole, drawn]);
    pairs.select.push([selected, redrawn]);
  }
  const result = (name, limit, list) => ({
    name,
    limit,
    ratio: Number(median(list.map(([a, b]) => a / b)).toFixed(3)),
    oursMs: Number(median(list.map(([a]) => a)).toFixed(1)),
    theirsMs: Number(median(list.map(([, b]) => b)).toFixed(1)),
    rounds: ROUNDS,
  });
  const count = COUNT.toLocaleString('en-US');
  return [
    result(`first drawing of a map of ${count} regions : a bare canvas of the same rectangles`, 1, pairs.first),
    result(`the whole of ${count} regions drawn : a bare canvas of the same rectangles`, 1, pairs.whole),
    result(`a region of ${count} selected : a bare canvas of the same rectangles drawn again`, 0.2, pairs.select),
  ];
};
