import { cssOf } from '../shared/colour.js';
import type { StyledSeries } from '../shared/frames.js';
import type { Theme } from '../shared/theme.js';

export interface PicturePanel {
  readonly title: string;
  readonly canvas: HTMLCanvasElement;
  readonly series: readonly StyledSeries[];
}

const EDGE = 16;
const LINE = 20;

/** The charts as they are shown, below another, with titles and keys: a PNG that tells what it shows. */
export async function picture(title: string, panels: readonly PicturePanel[], theme: Theme): Promise<Uint8Array | undefined> {
  const ratio = Math.max(1, window.devicePixelRatio);
  const sizes = panels.map(({ canvas }) => ({ width: canvas.width / ratio, height: canvas.height / ratio }));
  const width = Math.max(320, ...sizes.map((size) => size.width)) + 2 * EDGE;
  const height =
    EDGE +
    LINE +
    panels.reduce((sum, { series }, index) => sum + 2 * LINE + series.length * LINE + (sizes[index]?.height ?? 0), 0);
  const whole = document.createElement('canvas');
  whole.width = Math.ceil(width * ratio);
  whole.height = Math.ceil(height * ratio);
  const ctx = whole.getContext('2d');
  if (!ctx) return undefined;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = cssOf(theme.background);
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'middle';
  const write = (text: string, x: number, y: number, weight = 'normal') => {
    ctx.font = `${weight} ${theme.fontSize}px ${theme.font}`;
    ctx.fillStyle = theme.text;
    ctx.fillText(text, x, y, width - x - EDGE);
  };
  let y = EDGE;
  write(title, EDGE, y, 'bold');
  y += LINE;
  panels.forEach(({ title: name, canvas, series }, index) => {
    const size = sizes[index] ?? { width: 0, height: 0 };
    write(name, EDGE, y + LINE / 2, 'bold');
    y += LINE;
    ctx.drawImage(canvas, EDGE, y, size.width, size.height);
    y += size.height;
    for (const { label, style } of series) {
      ctx.strokeStyle = style.stroke;
      ctx.lineWidth = 2;
      ctx.setLineDash([...style.dash]);
      ctx.beginPath();
      ctx.moveTo(EDGE, y + LINE / 2);
      ctx.lineTo(EDGE + 24, y + LINE / 2);
      ctx.stroke();
      ctx.setLineDash([]);
      write(label, EDGE + 32, y + LINE / 2);
      y += LINE;
    }
    y += LINE;
  });
  const blob = await new Promise<Blob | null>((done) => whole.toBlob(done, 'image/png'));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : undefined;
}
