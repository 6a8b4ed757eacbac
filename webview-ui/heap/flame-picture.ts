import { cssOf } from '../shared/colour.js';
import type { FlameGraph, FlameSight } from './flame-graph.js';
import { fillOf } from './flame-looks.js';
import { FlamePainter } from './flame-painter.js';
import { keysOf, pictureTitle } from './flame-svg.js';

const EDGE = 12;
const LINE = 20;
const KEY = 190;
/** At least so sharp: a picture is looked at on other screens. */
const SHARP = 2;

/** What is seen as a PNG, with a title above and the colours below. */
export async function flamePicture(graph: FlameGraph, sight: FlameSight): Promise<Uint8Array | undefined> {
  const { theme } = graph;
  const ratio = Math.max(SHARP, window.devicePixelRatio);
  const keys = keysOf(graph);
  const perLine = Math.max(1, Math.floor(sight.width / KEY));
  const width = sight.width + 2 * EDGE;
  const height = sight.height + LINE * (1 + Math.ceil(keys.length / perLine)) + 3 * EDGE;
  const inner = canvasOf(sight.width, sight.height, ratio);
  const whole = canvasOf(width, height, ratio);
  if (inner === undefined || whole === undefined) return undefined;
  new FlamePainter().paint(inner.ctx, graph, sight);
  const { ctx } = whole;
  ctx.fillStyle = cssOf(theme.background);
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.text;
  ctx.font = `600 ${theme.fontSize}px ${theme.font}`;
  ctx.fillText(pictureTitle(graph, sight), EDGE, EDGE + LINE / 2 - 2, sight.width);
  ctx.drawImage(inner.canvas, EDGE, EDGE + LINE, sight.width, sight.height);
  ctx.font = `${theme.fontSize - 1}px ${theme.font}`;
  keys.forEach(({ label, look }, at) => {
    const x = EDGE + (at % perLine) * KEY;
    const y = 2 * EDGE + LINE + sight.height + Math.floor(at / perLine) * LINE;
    ctx.fillStyle = fillOf(look);
    ctx.fillRect(x, y + 4, 12, 12);
    ctx.strokeStyle = look.edge;
    ctx.strokeRect(x + 0.5, y + 4.5, 11, 11);
    ctx.fillStyle = theme.text;
    ctx.fillText(label, x + 18, y + LINE / 2, KEY - 24);
  });
  const blob = await new Promise<Blob | null>((done) => whole.canvas.toBlob(done, 'image/png'));
  return blob === null ? undefined : new Uint8Array(await blob.arrayBuffer());
}

function canvasOf(
  width: number,
  height: number,
  ratio: number,
): { canvas: HTMLCanvasElement; ctx: CanvasRenderingContext2D } | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  const ctx = canvas.getContext('2d');
  ctx?.scale(ratio, ratio);
  return ctx === null ? undefined : { canvas, ctx };
}
