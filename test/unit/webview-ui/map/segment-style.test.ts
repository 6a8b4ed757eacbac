import { describe, expect, test } from 'vitest';
import { SEGMENTS } from '../../../../src/model/segment.js';
import { segmentColour, segmentLines } from '../../../../webview-ui/map/segment-style.js';
import { type Colour, contrast, mix, parseColour, withContrast } from '../../../../webview-ui/shared/colour.js';

/** The editor's own colours of charts, as `readTheme` makes hues of them. */
function themeOf(paper: string, ink: string, charts: Readonly<Record<string, string>>) {
  const background = parseColour(paper)!;
  const foreground = parseColour(ink)!;
  const hue = (name: string): Colour => withContrast({ ...parseColour(charts[name]!)!, alpha: 1 }, background, 3);
  const [blue, green, yellow, orange, red, purple] = ['blue', 'green', 'yellow', 'orange', 'red', 'purple'].map(hue) as [
    Colour,
    Colour,
    Colour,
    Colour,
    Colour,
    Colour,
  ];
  const neutral = withContrast(mix(background, foreground, 0.55), background, 3);
  return { background, foreground, highContrast: false, hues: { blue, green, yellow, orange, red, purple, neutral } };
}

const THEMES = {
  dark: themeOf('#1f1f1f', '#cccccc', {
    blue: '#59a4f9',
    green: '#89d185',
    yellow: '#cca700',
    orange: '#ea5c00',
    red: '#f14c4c',
    purple: '#b180d7',
  }),
  light: themeOf('#ffffff', '#3b3b3b', {
    blue: '#0063d3',
    green: '#388a34',
    yellow: '#bf8803',
    orange: '#ea5c00',
    red: '#e51400',
    purple: '#652d90',
  }),
};

/** Of CIELAB: 2.3 is just seen side by side. */
function distance(first: Colour, second: Colour): number {
  const [a, b] = [labOf(first), labOf(second)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function labOf({ red, green, blue }: Colour): readonly [number, number, number] {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const f = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe('colours of segments', () => {
  test.each(Object.entries(THEMES))('no two look alike, and each is seen on the background (%s)', (_, theme) => {
    const close: string[] = [];
    for (const [at, first] of SEGMENTS.entries()) {
      const colour = segmentColour(first, theme);
      if (contrast(colour, theme.background) < 1.7) close.push(`${first} is hardly seen`);
      for (const second of SEGMENTS.slice(0, at)) {
        const apart = distance(colour, segmentColour(second, theme));
        if (apart < 8) close.push(`${first} ~ ${second}: ${apart.toFixed(1)}`);
      }
    }
    expect(close).toEqual([]);
  });

  test('lines tell a segment from the fifteen before it', () => {
    const lines = SEGMENTS.map((segment) => JSON.stringify(segmentLines(segment)));
    for (let at = 0; at < lines.length; at++) expect(lines.slice(Math.max(0, at - 15), at)).not.toContain(lines[at]);
  });
});
