import { boxOf, type Treemap } from './treemap-painter.js';

/** Of each rectangle, how much of it is selected. */
export type Chosen = 'none' | 'some' | 'all';

export function chosenTiles({ tiles }: Pick<Treemap, 'tiles'>, selected: ReadonlySet<number>): Chosen[] {
  return tiles.map(({ rows }) => {
    if (selected.size === 0) return 'none';
    let count = 0;
    for (const row of rows) if (selected.has(row)) count++;
    return count === 0 ? 'none' : count === rows.length ? 'all' : 'some';
  });
}

/**
 * Outlines what is selected, what is under the pointer and where the keyboard is, on a canvas above the regions. A group that is selected as a
 * whole is one outline; one of many that are drawn together is a dashed one.
 */
export function paintTreemapSelection(
  ctx: CanvasRenderingContext2D,
  map: Treemap,
  chosen: readonly Chosen[],
  hovered: number,
  cursor: number,
): void {
  const { theme, tiles } = map;
  ctx.clearRect(0, 0, map.width, map.height);
  const outline = (at: number, inset: number, width: number, colour: string, dash: readonly number[]): void => {
    const box = boxOf(tiles[at]!);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash([...dash]);
    ctx.strokeRect(box.x + inset, box.y + inset, Math.max(1, box.width - 2 * inset), Math.max(1, box.height - 2 * inset));
  };
  if (hovered >= 0 && hovered < tiles.length) outline(hovered, 0.5, 1, theme.text, []);
  tiles.forEach(({ kind, parent }, at) => {
    const here = chosen[at];
    if (here === undefined || here === 'none' || (kind === 'group' && here === 'some')) return;
    if (parent >= 0 && chosen[parent] === 'all') return;
    // Dark below light: it is seen on every colour.
    outline(at, 1, 4, map.theme.highContrast ? theme.text : shade(map), []);
    outline(at, 1, 2, theme.focus, here === 'some' ? [4, 3] : []);
  });
  // What is selected is marked already.
  if (cursor >= 0 && cursor < tiles.length && chosen[cursor] !== 'all') outline(cursor, 3.5, 1, theme.text, [2, 2]);
  ctx.setLineDash([]);
}

const shade = ({ theme }: Treemap): string => {
  const { red, green, blue } = theme.background;
  return `rgba(${red}, ${green}, ${blue}, 0.9)`;
};
