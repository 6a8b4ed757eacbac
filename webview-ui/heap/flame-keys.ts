import type { FlameBoxes } from './flame-layout.js';

export interface FlameKeyActions {
  readonly move: (box: number) => void;
  readonly zoom: () => void;
  readonly back: () => void;
  readonly open: () => void;
  readonly menu: () => void;
  readonly find: (by: 1 | -1) => void;
  readonly zoomBy: (factor: number) => void;
  readonly whole: () => void;
}

/** Where an arrow leads; undefined: nowhere. `isUp`: children are drawn above their parent. */
function moved(boxes: FlameBoxes, from: number, key: string, isUp: boolean): number | undefined {
  const { firstChild, length, parent } = boxes;
  const above = parent[from]!;
  switch (key) {
    case isUp ? 'ArrowDown' : 'ArrowUp':
      return above;
    case isUp ? 'ArrowUp' : 'ArrowDown': {
      const first = firstChild[from]!;
      return first < firstChild[from + 1]! ? first : from;
    }
    case 'ArrowLeft':
      return from === 0 ? 0 : Math.max(firstChild[above]!, from - 1);
    case 'ArrowRight':
      return from === 0 ? 0 : Math.min(firstChild[above + 1]! - 1, from + 1);
    case 'Home':
      return from === 0 || length === 1 ? 0 : firstChild[above]!;
    case 'End':
      return from === 0 || length === 1 ? 0 : firstChild[above + 1]! - 1;
    default:
      return undefined;
  }
}

/** The keys of the flame graph. Others, and those with a modifier that the editor has, are left alone: `/` goes to the search of the page. */
export function takeFlameKey(
  event: KeyboardEvent,
  boxes: FlameBoxes,
  from: number | undefined,
  focus: number,
  isUp: boolean,
  actions: FlameKeyActions,
): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const { key } = event;
  // Where nothing is chosen yet, one begins at what is looked at.
  const to = from === undefined ? (/^(Arrow|Home|End)/.test(key) ? focus : undefined) : moved(boxes, from, key, isUp);
  const deeds: Readonly<Record<string, () => void>> = {
    Enter: actions.zoom,
    ' ': actions.zoom,
    Escape: actions.back,
    Backspace: actions.back,
    o: actions.open,
    n: () => actions.find(1),
    N: () => actions.find(-1),
    '+': () => actions.zoomBy(1.5),
    '=': () => actions.zoomBy(1.5),
    '-': () => actions.zoomBy(1 / 1.5),
    '0': actions.whole,
    ContextMenu: actions.menu,
    ...(event.shiftKey && { F10: actions.menu }),
  };
  const deed = to === undefined ? deeds[key] : () => actions.move(to);
  if (deed === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  deed();
}
