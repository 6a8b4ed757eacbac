import { frameName } from '../insight/heap/frame-name.js';
import { measureTitle } from '../insight/heap/measure-words.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { StackTexts } from './stack-path.js';

export interface SpeedscopeOptions {
  /** `memlens 1.2.0` */
  readonly tool: string;
  /** Of the file that the profile is of. */
  readonly name: string;
  /** Index of the measure that is shown first. */
  readonly measure: number;
}

/**
 * The file format of speedscope (https://www.speedscope.app/file-format-schema.json): frames, and a sampled profile for each measure, whose samples
 * are stacks, the outermost frame first, with their values as weights. Values of 0 and below are left out: a weight is never negative there.
 */
export function* heapSpeedscope(profile: HeapProfile, { tool, name, measure }: SpeedscopeOptions): Generator<string> {
  const { frames, texts, tree, measures, self } = profile;
  const head = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: tool,
    name,
    activeProfileIndex: measure,
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"shared":{"frames":[`;
  for (let frame = 0; frame < frames.length; frame++) {
    const file = texts[frames.file[frame]!] ?? '';
    const line = frames.line[frame]!;
    const told = { name: frameName(profile, frame), ...(file === '' ? {} : { file }), ...(line === 0 ? {} : { line }) };
    yield `${frame === 0 ? '\n' : ',\n'}${JSON.stringify(told)}`;
  }
  yield '\n]},\n"profiles":[\n';
  const numbers = Array.from({ length: frames.length }, (_, frame) => `${frame}`);
  for (const [index, values] of self.entries()) {
    const nodes: number[] = [];
    let sum = 0;
    for (let node = 0; node < values.length; node++) {
      if (!(values[node]! > 0)) continue;
      nodes.push(node);
      sum += values[node]!;
    }
    const { unit } = measures[index]!;
    const facts = { type: 'sampled', name: measureTitle(measures[index]!), unit: unit === 'bytes' ? 'bytes' : 'none' };
    yield `${index === 0 ? '' : ',\n'}${JSON.stringify({ ...facts, startValue: 0, endValue: sum }).slice(0, -1)},"samples":[`;
    const stacks = new StackTexts(tree, numbers, ',');
    for (const [at, node] of nodes.entries()) yield `${at === 0 ? '\n' : ',\n'}[${stacks.of(node)}]`;
    yield '\n],"weights":[';
    for (const [at, node] of nodes.entries()) yield `${at === 0 ? '' : ','}${values[node]}`;
    yield ']}';
  }
  yield '\n]}\n';
}
