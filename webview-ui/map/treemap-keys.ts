import type { Tile } from './treemap-tiles.js';

const MOVES = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'] as const;
type Move = (typeof MOVES)[number];

const isMove = (key: string): key is Move => (MOVES as readonly string[]).includes(key);

/**
 * Left and right: the next larger, the next smaller of the same level; down: into the group; up: to its group. Undefined: the key does
 * not move. -1: nothing was reached yet.
 */
export function moved(tiles: readonly Tile[], from: number, key: string): number | undefined {
  if (!isMove(key) || tiles.length === 0) return undefined;
  const tile = tiles[from];
  if (tile === undefined) return 0;
  if (key === 'ArrowUp') return tile.parent >= 0 ? tile.parent : from;
  if (key === 'ArrowDown') return tiles[from + 1]?.parent === from ? from + 1 : from;
  const siblings = siblingsOf(tiles, tile.parent);
  const at = siblings.indexOf(from);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: siblings.length - 1 }[key];
  return siblings[Math.max(0, Math.min(siblings.length - 1, to))];
}

/** Those that lie in the same rectangle, largest first. */
export function siblingsOf(tiles: readonly Tile[], parent: number): number[] {
  const found: number[] = [];
  for (let at = parent + 1; at < tiles.length; at++) {
    if (tiles[at]!.parent === parent) found.push(at);
    // What lies in a group follows it without a break.
    else if (parent >= 0 && tiles[at]!.parent < parent) break;
  }
  return found;
}

export interface TreemapKeyActions {
  readonly move: (to: number, extend: boolean) => void;
  readonly enter: () => void;
  readonly out: () => void;
  readonly choose: () => void;
}

/** The keys of the treemap. Others, and those with a modifier that the editor has, are left alone. */
export function takeTreemapKey(event: KeyboardEvent, tiles: readonly Tile[], from: number, actions: TreemapKeyActions): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const to = moved(tiles, from, event.key);
  const deeds: Readonly<Record<string, () => void>> = {
    Enter: actions.enter,
    Escape: actions.out,
    Backspace: actions.out,
    ' ': actions.choose,
  };
  const deed = to === undefined ? deeds[event.key] : () => actions.move(to, event.shiftKey);
  if (deed === undefined) return;
  event.preventDefault();
  deed();
}
