import { describe, expect, it } from 'vitest';
import { flameSums, layOutFlame } from '../../../../webview-ui/heap/flame-layout.js';
import { FlameWindow } from '../../../../webview-ui/heap/flame-window.js';
import { aTree } from './a-flame.js';

/** 0 to 100; 1 from 0 to 60, on it 2 from 0 to 40 and 3 from 40 to 60; 4 from 60 to 100. */
const { tree, self } = aTree([
  [0, 1, 0],
  [1, 2, 40],
  [1, 3, 20],
  [0, 4, 40],
]);
const boxes = layOutFlame(tree, flameSums(tree, self).wide, 'size', () => new Uint32Array(5));
const at = (node: number): number => boxes.boxOf[node]!;
const opened = (): FlameWindow => {
  const window = new FlameWindow();
  window.use(boxes);
  return window;
};
const zoom = (window: FlameWindow, node: number): void => {
  window.zoomTo(at(node));
  window.set(window.spanOf(at(node)));
};

describe('the window of a flame graph', () => {
  it('shows the whole at first', () => {
    const window = opened();
    expect(window.span).toEqual({ from: 0, to: 100 });
    expect([window.isWhole, window.back, window.rows]).toEqual([true, undefined, 3]);
  });

  it('goes back the way that it came', () => {
    const window = opened();
    zoom(window, 1);
    zoom(window, 3);
    expect(window.span).toEqual({ from: 40, to: 60 });
    expect(window.back).toBe(at(1));
    zoom(window, 1);
    expect(window.back).toBe(0);
    // What lies beside it is no step into it.
    zoom(window, 2);
    zoom(window, 4);
    expect(window.back).toBe(0);
    zoom(window, 0);
    expect(window.back).toBeUndefined();
  });

  it('zooms about a place, which stays where it is, and no further out than the whole', () => {
    const window = opened();
    window.zoomBy(4, 0.5);
    expect(window.span).toEqual({ from: 37.5, to: 62.5 });
    expect(window.back).toBe(0);
    window.panBy(-10);
    expect(window.span).toEqual({ from: 0, to: 25 });
    window.zoomBy(0.001, 0);
    expect(window.isWhole).toBe(true);
  });

  it('leaves the zoomed box when more than it is seen', () => {
    const window = opened();
    zoom(window, 3);
    window.zoomBy(2, 0.5);
    expect(window.focus).toBe(at(3));
    window.panBy(-1);
    expect(window.focus).toBe(at(1));
    window.panBy(10);
    expect(window.focus).toBe(0);
  });

  it('knows how many rows lead to what is zoomed, and stand on it', () => {
    const window = opened();
    zoom(window, 4);
    expect(window.rows).toBe(2);
    zoom(window, 2);
    expect(window.rows).toBe(3);
  });
});
