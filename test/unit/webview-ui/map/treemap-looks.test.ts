import { expect, test } from 'vitest';
import { SEGMENTS } from '../../../../src/model/segment.js';
import { tileLooks } from '../../../../webview-ui/map/treemap-looks.js';
import { contrast, parseColour } from '../../../../webview-ui/shared/colour.js';

const colour = (text: string) => parseColour(text)!;

/** Colours as the editor's default themes give them. */
const theme = (background: string, foreground: string, hues: readonly string[], highContrast = false) => {
  const [blue, green, yellow, orange, red, purple, neutral] = hues.map(colour);
  return {
    background: colour(background),
    foreground: colour(foreground),
    highContrast,
    hues: { blue: blue!, green: green!, yellow: yellow!, orange: orange!, red: red!, purple: purple!, neutral: neutral! },
  };
};
const DARK = ['#59a4f9', '#89d185', '#cca700', '#ea5c00', '#f14c4c', '#b180d7', '#7e7e7e'];
const LIGHT = ['#0063d3', '#388a34', '#bf8803', '#ea5c00', '#e51400', '#652d90', '#8a8a8a'];

test.each([
  ['dark', theme('#1f1f1f', '#cccccc', DARK)],
  ['light', theme('#ffffff', '#3b3b3b', LIGHT)],
])('%s: what is written can be read, and no two segments look alike', (_, paper) => {
  const looks = tileLooks(paper);
  for (const { fill, ink } of looks) expect(contrast(colour(fill), colour(ink))).toBeGreaterThanOrEqual(4.5);
  // Red, green and blue together, of 765.
  const apart = (one: string, other: string): number => {
    const [a, b] = [colour(one), colour(other)];
    return Math.abs(a.red - b.red) + Math.abs(a.green - b.green) + Math.abs(a.blue - b.blue);
  };
  const near = looks.flatMap(({ fill }, at) =>
    looks.flatMap((other, beside) =>
      beside > at && apart(fill, other.fill) < 12 ? [`${SEGMENTS[at]} ${SEGMENTS[beside]} ${apart(fill, other.fill)}`] : [],
    ),
  );
  expect(near).toEqual([]);
});

test('high contrast: lines on the background, and text in its own colour', () => {
  for (const { edge, fill, hatch, ink } of tileLooks(theme('#000000', '#ffffff', DARK, true))) {
    expect([fill, ink]).toEqual(['rgba(0, 0, 0, 1)', 'rgba(255, 255, 255, 1)']);
    expect(contrast(colour(edge), colour(fill))).toBeGreaterThanOrEqual(3);
    expect(hatch).toBeDefined();
  }
});
