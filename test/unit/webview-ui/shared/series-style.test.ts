import { describe, expect, test } from 'vitest';
import { MACHINE_PARTS } from '../../../../src/model/measure.js';
import { type Colour, parseColour } from '../../../../webview-ui/shared/colour.js';
import { partStyle } from '../../../../webview-ui/shared/series-style.js';
import type { Theme } from '../../../../webview-ui/shared/theme.js';

const colour = (text: string): Colour => parseColour(text) ?? { red: 0, green: 0, blue: 0, alpha: 1 };
/** The chart colours of the editor's own themes. */
const theme = (background: string, foreground: string, hues: readonly string[]): Theme => {
  const [blue, green, yellow, orange, red, purple, neutral] = hues.map(colour) as [
    Colour,
    Colour,
    Colour,
    Colour,
    Colour,
    Colour,
    Colour,
  ];
  const text = foreground;
  return {
    highContrast: false,
    background: colour(background),
    foreground: colour(foreground),
    text,
    muted: text,
    grid: text,
    border: text,
    focus: text,
    warning: text,
    error: text,
    font: 'sans-serif',
    fontSize: 13,
    hues: { blue, green, yellow, orange, red, purple, neutral },
  };
};
const themes = {
  dark: theme('#181818', '#cccccc', ['#59a4f9', '#89d185', '#cca700', '#d18616', '#f14c4c', '#b180d7', '#808080']),
  light: theme('#f8f8f8', '#3b3b3b', ['#0063d3', '#388a34', '#b78300', '#d18616', '#e51400', '#652d90', '#808080']),
};

/** How colours are seen without one kind of cone (Machado, Oliveira, Fernandes 2009, severity 1), in linear light. */
const SIGHTS = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const;

/** CIE L*a*b* (D65) of what is seen. */
function lab({ red, green, blue }: Colour, sight: (typeof SIGHTS)[keyof typeof SIGHTS]): readonly [number, number, number] {
  const linear = [red, green, blue].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const seen = sight.map((row) => {
    const sum = row.map((factor, at) => factor * (linear[at] ?? 0)).reduce((whole, part) => whole + part, 0);
    return Math.min(1, Math.max(0, sum));
  });
  const [r, g, b] = seen as [number, number, number];
  const curve = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const difference = (first: Colour, second: Colour, sight: (typeof SIGHTS)[keyof typeof SIGHTS]): number => {
  const [a, b] = [lab(first, sight), lab(second, sight)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};

describe.each(Object.entries(themes))('neighbours of the stack, %s', (_, own) => {
  test.each(Object.entries(SIGHTS))('are told apart: %s', (_sight, sight) => {
    const fills = MACHINE_PARTS.map((id) => colour(partStyle(id, own).fill ?? ''));
    const near = fills.flatMap((fill, at) => {
      const next = fills[at + 1];
      const apart = next ? difference(fill, next, sight) : Number.POSITIVE_INFINITY;
      return apart < 12 ? [`${MACHINE_PARTS[at]} and ${MACHINE_PARTS[at + 1]}: ${apart.toFixed(1)}`] : [];
    });
    expect(near).toEqual([]);
  });
});
