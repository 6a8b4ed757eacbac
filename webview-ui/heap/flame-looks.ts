import { baseName } from '../../src/base/path.js';
import { type Colour, contrast, cssOf, mix } from '../shared/colour.js';
import { hatch } from '../shared/patterns.js';
import type { Hue, Theme } from '../shared/theme.js';
import type { FlameSource } from './flame-source.js';
import type { ShownHeap } from './heap-model.js';

/** What the colour of a box says. Of a comparison it always says what became more and what less. */
export type FlameColour = 'code' | 'module';

export interface FlameLook {
  readonly fill: string;
  readonly edge: string;
  /** What is written on it. */
  readonly ink: string;
  /** Lines in high contrast, so that boxes are told apart without colours. */
  readonly hatch?: { readonly angle: number; readonly distance: number };
}

/** Which look each box has, and what the looks mean. */
export interface FlameLooks {
  readonly looks: readonly FlameLook[];
  /** Index into `looks`, of a node of the source. */
  of(node: number): number;
  /** In the order of the key: indices into `looks`. */
  readonly legend: readonly { readonly look: number; readonly label: string }[];
}

type Paper = Pick<Theme, 'background' | 'foreground' | 'highContrast' | 'hues'>;

const BLACK: Colour = { red: 0, green: 0, blue: 0, alpha: 1 };
const WHITE: Colour = { red: 255, green: 255, blue: 255, alpha: 1 };
const READABLE = 4.5;
/** Two strengths by turns: neighbours of one kind are told apart. */
const STRENGTHS = [0.5, 0.4];
const MODULE_HUES: readonly Hue[] = ['orange', 'blue', 'green', 'purple', 'red', 'yellow'];
const LINES: readonly FlameLook['hatch'][] = [
  undefined,
  { angle: 45, distance: 6 },
  { angle: 135, distance: 6 },
  { angle: 0, distance: 5 },
  { angle: 90, distance: 5 },
  { angle: 45, distance: 10 },
  { angle: 135, distance: 10 },
];

/** A kind of boxes has two looks, beside each other in the list; `kind` is its place among the kinds. */
function looksOf(hues: readonly Hue[], theme: Paper): FlameLook[] {
  return hues.flatMap((hue, kind) =>
    STRENGTHS.map((strength) => lookOf(theme, theme.hues[hue], strength, LINES[kind % LINES.length])),
  );
}

function lookOf(theme: Paper, colour: Colour, strength: number, lines: FlameLook['hatch']): FlameLook {
  const { background, foreground, highContrast } = theme;
  if (highContrast)
    return { fill: cssOf(background), edge: cssOf(colour), ink: cssOf(foreground), ...(lines && { hatch: lines }) };
  const fill = mix(background, colour, strength);
  return { fill: cssOf(fill), edge: cssOf(mix(background, colour, 0.9)), ink: inkOn(fill, foreground) };
}

/** One of black and white is readable on any colour. */
function inkOn(fill: Colour, foreground: Colour): string {
  if (contrast(fill, foreground) >= READABLE) return cssOf(foreground);
  return cssOf(contrast(fill, BLACK) > contrast(fill, WHITE) ? BLACK : WHITE);
}

export function flameLooks(data: ShownHeap, source: FlameSource, colour: FlameColour, theme: Paper): FlameLooks {
  if (source.sums.hasLess) return changeLooks(source, theme);
  return colour === 'module' ? moduleLooks(data, source, theme) : codeLooks(data, source, theme);
}

function changeLooks({ sums, tree }: FlameSource, theme: Paper): FlameLooks {
  const { total } = sums;
  const { frame } = tree;
  return {
    looks: looksOf(['red', 'green', 'neutral'], theme),
    of: (node) => 2 * (total[node]! > 0 ? 0 : total[node]! < 0 ? 1 : 2) + (frame[node]! & 1),
    legend: [
      { look: 0, label: 'More than before' },
      { look: 2, label: 'Less than before' },
      { look: 4, label: 'As much as before, in sum' },
    ],
  };
}

function codeLooks({ profile, system }: ShownHeap, { tree }: FlameSource, theme: Paper): FlameLooks {
  const { frames } = profile;
  const kinds = Uint8Array.from({ length: frames.length }, (_, frame) => 2 * kindOf(frame) + (frames.function[frame]! & 1));
  function kindOf(frame: number): number {
    if (system[frame] === 1) return 1;
    return frames.function[frame] === 0 && frames.file[frame] === 0 ? 2 : 0;
  }
  return {
    looks: looksOf(['orange', 'blue', 'neutral'], theme),
    of: (node) => (node === 0 ? 4 : kinds[tree.frame[node]!]!),
    legend: [
      { look: 0, label: 'Own code' },
      { look: 2, label: 'System and libraries' },
      { look: 4, label: 'No name known' },
    ],
  };
}

/** The modules that hold most by themselves have a colour each. */
function moduleLooks({ profile }: ShownHeap, { tree, sums }: FlameSource, theme: Paper): FlameLooks {
  const { frames, texts } = profile;
  const weight = new Float64Array(texts.length);
  const { parent, frame, length } = tree;
  // Without what stands on it: else the module of main would always be the largest.
  for (let node = 1; node < length; node++) {
    const wide = sums.wide[node]!;
    weight[frames.module[frame[node]!]!]! += wide;
    if (parent[node] !== 0) weight[frames.module[frame[parent[node]!]!]!]! -= wide;
  }
  const known = [...new Set(frames.module)].filter((module) => module !== 0).map((module) => [module, weight[module]!] as const);
  known.sort(([a, x], [b, y]) => y - x || a - b);
  const largest = known.slice(0, MODULE_HUES.length).map(([module]) => module);
  const rest = largest.length;
  const kinds = Uint8Array.from({ length: frames.length }, (_, frame) => {
    const place = largest.indexOf(frames.module[frame]!);
    return 2 * (place < 0 ? rest : place) + (frames.function[frame]! & 1);
  });
  const hues = [...MODULE_HUES.slice(0, rest), 'neutral' as const];
  const hasRest = known.length > rest || frames.module.includes(0);
  return {
    looks: looksOf(hues, theme),
    of: (node) => (node === 0 ? 2 * rest : kinds[tree.frame[node]!]!),
    legend: [
      ...largest.map((module, place) => ({ look: 2 * place, label: baseName(texts[module] ?? '') || (texts[module] ?? '') })),
      ...(hasRest ? [{ look: 2 * rest, label: known.length > rest ? 'Other modules' : 'Module not known' }] : []),
    ],
  };
}

/** Of what the search has found. */
export function foundLook({ background, foreground, highContrast, hues }: Paper): FlameLook {
  // Turned inside out, which no other box is.
  if (highContrast) return { fill: cssOf(foreground), edge: cssOf(foreground), ink: cssOf(background) };
  const fill = mix(background, hues.yellow, 0.95);
  return { fill: cssOf(fill), edge: cssOf(foreground), ink: inkOn(fill, foreground) };
}

/** For a canvas. */
export const fillOf = ({ edge, fill, hatch: lines }: FlameLook): string | CanvasPattern =>
  lines === undefined ? fill : hatch(edge, fill, lines.distance, lines.angle);
