/** Dashes that tell lines apart where colours don't. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [12, 4], [1, 4], [8, 3, 2, 3, 2, 3]];

export const dashOf = (index: number): readonly number[] => DASHES[index % DASHES.length] ?? [];

const made = new Map<string, CanvasPattern>();

/** Parallel lines `distance` pixels apart, on a colour or on nothing. Angles: 0, 45, 90, 135. */
export function hatch(stroke: string, background: string | undefined, distance: number, angle: number): CanvasPattern | string {
  const ratio = Math.max(1, Math.round(window.devicePixelRatio));
  const key = [stroke, background, distance, angle, ratio].join('|');
  const there = made.get(key);
  if (there) return there;
  const tile = document.createElement('canvas');
  const size = distance * ratio;
  tile.width = size;
  tile.height = size;
  const ctx = tile.getContext('2d');
  if (!ctx) return stroke;
  if (background !== undefined) {
    ctx.fillStyle = background;
    ctx.fillRect(0, 0, size, size);
  }
  ctx.strokeStyle = stroke;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  // Beyond the edges, so that the tiles meet.
  for (const shift of [-size, 0, size]) {
    if (angle === 0) line(ctx, 0, shift + size / 2, size, shift + size / 2);
    else if (angle === 90) line(ctx, shift + size / 2, 0, shift + size / 2, size);
    else if (angle === 45) line(ctx, shift - 1, size + 1, shift + size + 1, -1);
    else line(ctx, shift - 1, -1, shift + size + 1, size + 1);
  }
  ctx.stroke();
  const pattern = ctx.createPattern(tile, 'repeat');
  if (!pattern) return stroke;
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  made.set(key, pattern);
  return pattern;
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
}
