/**
 * A line through values over time as the path of an SVG, from the lower left corner of a box of this size; what is not known breaks it. Its lowest value
 * stands at the bottom, its highest at the top; one that never changes, in the middle.
 */
export function sparkPath(at: ArrayLike<number>, values: ArrayLike<number>, width: number, height: number): string {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const from = at[0] ?? 0;
  const span = (at[at.length - 1] ?? from) - from;
  let path = '';
  let isOn = false;
  for (let index = 0; index < Math.min(at.length, values.length); index++) {
    const value = values[index]!;
    if (Number.isNaN(value)) {
      isOn = false;
      continue;
    }
    const x = span > 0 ? ((at[index]! - from) / span) * width : width;
    const y = highest > lowest ? height - ((value - lowest) / (highest - lowest)) * height : height / 2;
    path += `${isOn ? 'L' : 'M'}${round(x)} ${round(y)}`;
    isOn = true;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;
