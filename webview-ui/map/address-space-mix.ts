import { SEGMENTS } from '../../src/model/segment.js';
import type { Bands } from './address-space-bands.js';
import { type SegmentFills, STEPS } from './address-space-fills.js';
import type { AddressScale } from './address-space-scale.js';
import type { MapModel } from './map-model.js';
import type { RegionShapes } from './region-shape.js';

interface Mixed {
  readonly model: MapModel;
  readonly scale: AddressScale;
  readonly shapes: RegionShapes;
  readonly fills: readonly SegmentFills[];
}

const heights = new Float64Array(SEGMENTS.length);
const resident = new Float64Array(SEGMENTS.length);

/** A band that stands for many mappings: each segment among them has the share of its width that it has of their height, the darker the more is in memory. */
export function paintMix(
  ctx: CanvasRenderingContext2D,
  { model, scale, shapes, fills }: Mixed,
  bands: Bands,
  at: number,
  left: number,
  width: number,
): void {
  const { segment } = model.map.snapshot.classes;
  const first = bands.first[at]!;
  const last = first + bands.count[at]! - 1;
  heights.fill(0);
  resident.fill(0);
  let all = 0;
  for (let row = first; row <= last; row++) {
    const height = scale.bottom[row]! - scale.top[row]!;
    const share = shapes.residentShare(row);
    heights[segment[row]!]! += height;
    resident[segment[row]!]! += height * (Number.isNaN(share) ? 0.5 : share);
    all += height;
  }
  const top = bands.top[at]!;
  const high = bands.bottom[at]! - top;
  let x = left;
  let sum = 0;
  for (let id = 0; id < SEGMENTS.length; id++) {
    const height = heights[id]!;
    if (height === 0) continue;
    sum += height;
    const right = left + Math.round((sum / all) * width);
    ctx.fillStyle = fills[id]!.steps[Math.ceil((resident[id]! / height) * STEPS)]!;
    ctx.fillRect(x, top, right - x, high);
    x = right;
  }
}
