import { expect, test } from 'vitest';
import { TimeView } from '../../../../webview-ui/shared/time-view.js';

const viewAt = (from: number, to: number): TimeView => {
  const view = new TimeView(600_000);
  view.follow({ from, to });
  return view;
};

test('follows the newest samples until the user looks elsewhere', () => {
  const view = viewAt(0, 600_000);
  expect(view.window).toEqual({ lastMs: 600_000 });
  view.zoom(0.5);
  expect(view.window).toEqual({ from: 150_000, to: 450_000 });
  view.follow({ from: 1000, to: 601_000 });
  expect(view.range).toEqual({ from: 150_000, to: 450_000 });
  view.resume();
  expect(view.window).toEqual({ lastMs: 600_000 });
  view.follow({ from: 1000, to: 601_000 });
  expect(view.range).toEqual({ from: 1000, to: 601_000 });
});

test('zooms around the cursor, but not further than two seconds', () => {
  const view = viewAt(0, 100_000);
  view.moveCursor(25_000);
  view.zoom(0.5);
  expect(view.range).toEqual({ from: 12_500, to: 62_500 });
  for (let times = 0; times < 20; times++) view.zoom(0.5);
  expect(view.range.to - view.range.from).toBe(2000);
});

test('moves by a share of what is shown', () => {
  const view = viewAt(100_000, 200_000);
  view.pan(-0.5);
  expect(view.range).toEqual({ from: 50_000, to: 150_000 });
});

test('paused, it stands still', () => {
  const view = viewAt(0, 60_000);
  let asked = 0;
  view.onDidChangeWindow.on(() => asked++);
  view.pause();
  expect([view.paused, view.window, asked]).toEqual([true, { from: 0, to: 60_000 }, 1]);
  view.select('all');
  expect([view.paused, view.window, asked]).toEqual([false, { all: true }, 2]);
});

test('a cursor that does not move tells nobody', () => {
  const view = viewAt(0, 60_000);
  let moves = 0;
  view.onDidMoveCursor.on(() => moves++);
  view.moveCursor(5);
  view.moveCursor(5);
  view.moveCursor(undefined);
  expect(moves).toBe(2);
});
