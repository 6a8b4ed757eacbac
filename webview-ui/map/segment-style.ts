import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { type Colour, mix, withContrast } from '../shared/colour.js';
import type { Theme } from '../shared/theme.js';

/**
 * Of a segment: kin have kindred colours, as on the page Memory: what the program asked for is blue, what is shared violet, what runs and what it brings
 * green to yellow, stacks red. No two are alike (test/unit/webview-ui/map/segment-style.test.ts).
 */
export function segmentColour(segment: Segment, { hues, background, foreground, highContrast }: Pick<Theme, Hues>): Colour {
  const { blue, green, neutral, orange, purple, red, yellow } = hues;
  const pale = (colour: Colour, share: number): Colour => mix(colour, background, share);
  const readOnly = mix(green, yellow, 0.5);
  const bss = mix(yellow, orange, 0.8);
  const colours: Readonly<Record<Segment, Colour>> = {
    text: green,
    'read-only-data': readOnly,
    data: yellow,
    bss,
    heap: blue,
    arena: mix(blue, foreground, 0.45),
    'main-stack': red,
    'thread-stack': mix(red, foreground, 0.4),
    guard: mix(neutral, red, 0.25),
    'library-text': pale(green, 0.42),
    'library-read-only-data': pale(readOnly, 0.42),
    'library-data': pale(yellow, 0.42),
    'library-bss': pale(bss, 0.42),
    file: mix(green, blue, 0.5),
    'shared-anonymous': purple,
    tmpfs: mix(purple, red, 0.35),
    memfd: mix(purple, foreground, 0.45),
    'posix-shm': mix(purple, blue, 0.45),
    'sysv-shm': pale(purple, 0.42),
    device: pale(mix(neutral, orange, 0.55), 0.2),
    hugetlb: pale(mix(purple, red, 0.6), 0.35),
    'named-anonymous': pale(mix(green, blue, 0.65), 0.35),
    jit: mix(red, orange, 0.7),
    anonymous: pale(blue, 0.42),
    reserved: pale(neutral, 0.4),
    vdso: neutral,
    vvar: mix(neutral, blue, 0.4),
    vsyscall: mix(neutral, green, 0.4),
    'kernel-other': mix(neutral, foreground, 0.5),
  };
  return highContrast ? withContrast(colours[segment], background, 3) : colours[segment];
}

type Hues = 'hues' | 'background' | 'foreground' | 'highContrast';

const ANGLES = [45, 135, 0, 90];
const DISTANCES = [4, 6, 9, 12];

/** Lines that tell a segment from its neighbours in the list where colours must not be the only thing that does. */
export function segmentLines(segment: Segment): { readonly angle: number; readonly distance: number } {
  const index = SEGMENTS.indexOf(segment);
  return {
    angle: ANGLES[index % ANGLES.length]!,
    distance: DISTANCES[Math.floor(index / ANGLES.length) % DISTANCES.length]!,
  };
}
