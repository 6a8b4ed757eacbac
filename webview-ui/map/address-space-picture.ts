import { SEGMENTS } from '../../src/model/segment.js';
import { cssOf } from '../shared/colour.js';
import { type Space, SpacePainter } from './address-space-painter.js';
import { spaceTitle } from './address-space-svg.js';
import { SpaceWindow } from './address-space-window.js';
import { segmentLabel } from './region-shape-words.js';

interface Shown {
  readonly canvas: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
  readonly window: SpaceWindow;
}

const EDGE = 12;
const LINE = 18;
const KEY = 170;
/** Of a drawing that is not shown on the page. */
const PLAIN = { width: 900, height: 900 };

/** What is shown as a PNG, with a title above and the colours below; where nothing is shown, the whole space. */
export async function spacePicture(space: Space, shown: Shown | undefined): Promise<Uint8Array | undefined> {
  const { theme } = space;
  const drawing = shown ?? draw(space);
  if (drawing === undefined) return undefined;
  const { width: inner, height } = drawing.window;
  const width = Math.max(inner + 2 * EDGE, 2 * KEY);
  const ratio = drawing.canvas.width / Math.max(1, inner);
  const present = new Set(space.model.map.snapshot.classes.segment);
  const keys = SEGMENTS.flatMap((id, index) => (present.has(index) ? [{ id, fill: space.fills[index]!.spine }] : []));
  const perLine = Math.max(1, Math.floor((width - 2 * EDGE) / KEY));
  const full = height + 3 * EDGE + LINE * (1 + Math.ceil(keys.length / perLine));
  const whole = document.createElement('canvas');
  whole.width = Math.ceil(width * ratio);
  whole.height = Math.ceil(full * ratio);
  const ctx = whole.getContext('2d');
  if (ctx === null) return undefined;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = cssOf(theme.background);
  ctx.fillRect(0, 0, width, full);
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.text;
  ctx.font = `600 ${theme.fontSize}px ${theme.font}`;
  ctx.fillText(spaceTitle(space), EDGE, EDGE + LINE / 2, width - 2 * EDGE);
  ctx.drawImage(drawing.canvas, EDGE, EDGE + LINE, inner, height);
  if (shown !== undefined) ctx.drawImage(shown.overlay, EDGE, EDGE + LINE, inner, height);
  ctx.font = `${theme.fontSize - 1}px ${theme.font}`;
  keys.forEach(({ id, fill }, at) => {
    const x = EDGE + (at % perLine) * KEY;
    const y = 2 * EDGE + LINE + height + Math.floor(at / perLine) * LINE;
    ctx.fillStyle = fill;
    ctx.fillRect(x, y + 3, 12, 12);
    ctx.fillStyle = theme.text;
    ctx.fillText(segmentLabel(space.model.words, id), x + 18, y + LINE / 2, KEY - 24);
  });
  const blob = await new Promise<Blob | null>((done) => whole.toBlob(done, 'image/png'));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : undefined;
}

function draw(space: Space): Pick<Shown, 'canvas' | 'window'> | undefined {
  const window = new SpaceWindow();
  window.fit(space.scale.height, PLAIN.width, PLAIN.height);
  window.showWhole();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, PLAIN);
  const ctx = canvas.getContext('2d');
  if (ctx === null) return undefined;
  new SpacePainter().paint(ctx, space, window);
  return { canvas, window };
}
