/** sRGB, 0 to 255, and opacity, 0 to 1. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/** `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb(...)` and `rgba(...)`: the forms in which VS Code gives the colours of a theme. */
export function parseColour(text: string): Colour | undefined {
  const hex = /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const wide = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const at = (index: number) => Number.parseInt(wide.slice(index, index + 2), 16);
    return { red: at(0), green: at(2), blue: at(4), alpha: wide.length === 8 ? at(6) / 255 : 1 };
  }
  const parts = /^rgba?\(([^)]*)\)$/i
    .exec(text.trim())?.[1]
    ?.split(/[\s,/]+/)
    .filter((part) => part !== '');
  if (!parts || parts.length < 3) return undefined;
  const [red, green, blue, alpha = 1] = parts.map((part) =>
    part.endsWith('%') ? Number(part.slice(0, -1)) / 100 : Number(part),
  );
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [red, green, blue, alpha].every(Number.isFinite) ? { red, green, blue, alpha } : undefined;
}

export function cssOf({ red, green, blue, alpha }: Colour, opacity = 1): string {
  return `rgba(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)}, ${Number((alpha * opacity).toFixed(3))})`;
}

/** `share` of the second colour in the first. */
export function mix(first: Colour, second: Colour, share: number): Colour {
  const blend = (a: number, b: number) => a + (b - a) * share;
  return {
    red: blend(first.red, second.red),
    green: blend(first.green, second.green),
    blue: blend(first.blue, second.blue),
    alpha: blend(first.alpha, second.alpha),
  };
}

/** As it is seen on the background. */
export const over = (colour: Colour, background: Colour): Colour => ({ ...mix(background, colour, colour.alpha), alpha: 1 });

/** Contrast ratio of WCAG 2, 1 to 21. */
export function contrast(first: Colour, second: Colour): number {
  const [light, dark] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, moved towards black or white only as far as the ratio to the background needs. */
export function withContrast(colour: Colour, background: Colour, ratio: number): Colour {
  const solid = over(colour, background);
  const dark = luminance(background) < 0.18;
  const end: Colour = dark ? { red: 255, green: 255, blue: 255, alpha: 1 } : { red: 0, green: 0, blue: 0, alpha: 1 };
  for (let share = 0; share < 1; share += 0.05) {
    const moved = mix(solid, end, share);
    if (contrast(moved, background) >= ratio) return moved;
  }
  return end;
}

function luminance({ red, green, blue }: Colour): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
