import type { Segment } from '../../src/model/segment.js';
import { type Colour, mix } from '../shared/colour.js';
import type { Theme } from '../shared/theme.js';

/** Of a segment: kin have kindred colours, as on the page Memory: what the program asked for is blue, what is shared violet, files green. */
export function segmentColour(segment: Segment, { hues, background }: Theme): Colour {
  const { blue, green, neutral, orange, purple, red, yellow } = hues;
  const colours: Readonly<Record<Segment, Colour>> = {
    text: green,
    'read-only-data': mix(green, yellow, 0.5),
    data: yellow,
    bss: mix(yellow, orange, 0.5),
    heap: blue,
    arena: mix(blue, purple, 0.35),
    'main-stack': red,
    'thread-stack': mix(red, orange, 0.5),
    guard: mix(background, neutral, 0.5),
    'library-text': mix(green, background, 0.35),
    'library-read-only-data': mix(mix(green, yellow, 0.5), background, 0.35),
    'library-data': mix(yellow, background, 0.35),
    'library-bss': mix(mix(yellow, orange, 0.5), background, 0.35),
    file: mix(green, blue, 0.5),
    'shared-anonymous': purple,
    tmpfs: mix(purple, red, 0.35),
    memfd: mix(purple, red, 0.5),
    'posix-shm': mix(purple, blue, 0.25),
    'sysv-shm': mix(purple, background, 0.3),
    device: mix(neutral, orange, 0.4),
    hugetlb: mix(purple, red, 0.7),
    'named-anonymous': mix(blue, green, 0.3),
    jit: mix(red, purple, 0.4),
    anonymous: mix(blue, background, 0.3),
    reserved: mix(background, neutral, 0.3),
    vdso: neutral,
    vvar: neutral,
    vsyscall: neutral,
    'kernel-other': neutral,
  };
  return colours[segment];
}
