import { measureId } from '../insight/heap/measure-words.js';
import { wholeOf } from '../insight/heap/sums.js';
import { HEAP_FILE_FORMAT, HEAP_FILE_VERSION, type HeapMoment, type HeapProfile } from '../model/heap-profile.js';

/**
 * A heap profile as one JSON object, with a line for each frame and for each stack; docs/heap-schema.json. A stack is `[parent, frame, value…]`: the
 * stack that it continues, its innermost frame, and what it holds by itself in each measure. The first one is the empty stack, of which
 * parent and frame are null.
 */
export function* heapJson(profile: HeapProfile, tool: string): Generator<string> {
  const { format, tool: madeBy, texts, frames, tree, measures, self, timeline, regions, ...facts } = profile;
  const head = {
    format: HEAP_FILE_FORMAT,
    version: HEAP_FILE_VERSION,
    tool,
    source: { format, ...(madeBy === undefined ? {} : { tool: madeBy }) },
    ...facts,
    measures: measures.map((measure, index) => ({ id: measureId(measure), ...measure, whole: wholeOf(self[index]!) })),
    ...(timeline === undefined ? {} : { timeline: { unit: timeline.unit, moments: timeline.moments.map(momentOf) } }),
    ...(regions === undefined ? {} : { regions: regions.map(({ node, ...addresses }) => ({ stack: node, ...addresses })) }),
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"frames":[`;
  const text = (index: number | undefined): string | undefined => texts[index ?? 0] || undefined;
  for (let frame = 0; frame < frames.length; frame++) {
    const told = {
      function: text(frames.function[frame]),
      file: text(frames.file[frame]),
      line: frames.line[frame] || undefined,
      module: text(frames.module[frame]),
      address: text(frames.address[frame]),
      inlined: frames.inlined[frame] === 1 || undefined,
    };
    yield `${frame === 0 ? '\n' : ',\n'}${JSON.stringify(told)}`;
  }
  yield '\n],\n"stacks":[';
  for (let node = 0; node < tree.length; node++) {
    const values = self.map((column) => (Number.isFinite(column[node]!) ? column[node]! : null));
    const place = node === 0 ? [null, null] : [tree.parent[node]!, tree.frame[node]!];
    yield `${node === 0 ? '\n' : ',\n'}${JSON.stringify([...place, ...values])}`;
  }
  yield '\n]}\n';
}

/** Values of a moment are those of few stacks: pairs of a stack and its live bytes. */
function momentOf({ self, ...moment }: HeapMoment): object {
  if (self === undefined) return moment;
  const stacks: (readonly [number, number])[] = [];
  for (let node = 0; node < self.length; node++) if (self[node]! !== 0) stacks.push([node, self[node]!]);
  return { ...moment, stacks };
}
