import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { GrowingTree, movedValues } from './growing-tree.js';

/**
 * What the second profile has more than the first one, stack by stack: one profile on the stacks of both, with the measures that both have.
 * Frames are the same when function, file, line and module are; addresses count only where there is no function, since those of two
 * runs differ. `undefined`: no measure is in both.
 */
export function diffProfiles(before: HeapProfile, after: HeapProfile): HeapProfile | undefined {
  const pairs = after.measures.flatMap((measure, later) => {
    const earlier = before.measures.findIndex((one) => isSameMeasure(one, measure));
    return earlier < 0 ? [] : [{ measure, later, earlier }];
  });
  if (pairs.length === 0) return undefined;
  const frames = new FrameUnion();
  const earlierFrames = frames.add(before);
  const laterFrames = frames.add(after);
  const tree = new GrowingTree(before.tree.length + after.tree.length);
  const place = ({ tree: { length, parent, frame } }: HeapProfile, framesOf: Uint32Array): Uint32Array => {
    const to = new Uint32Array(length);
    for (let node = 1; node < length; node++) to[node] = tree.child(to[parent[node]!]!, framesOf[frame[node]!]!);
    return to;
  };
  const fromEarlier = place(before, earlierFrames);
  const fromLater = place(after, laterFrames);
  const whole = tree.finish();
  const chief = pairs.findIndex(({ later }) => later === after.chief);
  const { timeline: _, regions: __, notes, ...facts } = after;
  return {
    ...facts,
    ...frames.finish(),
    tree: whole,
    measures: pairs.map(({ measure }) => growthOf(measure)),
    self: pairs.map(({ earlier, later }) => {
      const growth = movedValues(after.self[later]!, fromLater, whole.length);
      const was = movedValues(before.self[earlier]!, fromEarlier, whole.length);
      for (let node = 0; node < whole.length; node++) growth[node]! -= was[node]!;
      return growth;
    }),
    chief: Math.max(0, chief),
    notes: [...before.notes, ...notes],
  };
}

const isSameMeasure = (a: HeapMeasure, b: HeapMeasure): boolean =>
  a.quantity === b.quantity && a.unit === b.unit && (a.quantity !== 'other' || a.name === b.name);

const growthOf = ({ quantity, unit, name }: HeapMeasure): HeapMeasure =>
  quantity === 'live' || quantity === 'growth'
    ? { quantity: 'growth', unit }
    : { quantity: 'other', unit, name: `growth of ${quantity === 'other' ? (name ?? 'other') : quantity}` };

/** Frames and texts of two profiles as one table. */
class FrameUnion {
  private readonly texts: string[] = [''];
  private readonly textIndex = new Map<string, number>([['', 0]]);
  private readonly frameIndex = new Map<string, number>();
  private readonly rows: number[][] = [];

  /** Of each frame of the profile its index here. */
  add({ frames, texts }: HeapProfile): Uint32Array {
    const textOf = Uint32Array.from(texts, (text) => this.text(text));
    return Uint32Array.from({ length: frames.length }, (_, at) => {
      const name = textOf[frames.function[at]!]!;
      return this.frame([
        name,
        textOf[frames.file[at]!]!,
        frames.line[at]!,
        textOf[frames.module[at]!]!,
        name === 0 ? textOf[frames.address[at]!]! : 0,
        frames.inlined[at]!,
      ]);
    });
  }

  finish(): Pick<HeapProfile, 'frames' | 'texts'> {
    const column = (at: number): Uint32Array => Uint32Array.from(this.rows, (row) => row[at]!);
    return {
      texts: this.texts,
      frames: {
        length: this.rows.length,
        function: column(0),
        file: column(1),
        line: column(2),
        module: column(3),
        address: column(4),
        inlined: Uint8Array.from(column(5)),
      },
    };
  }

  private frame(row: number[]): number {
    const key = row.join(' ');
    const there = this.frameIndex.get(key);
    if (there !== undefined) return there;
    this.frameIndex.set(key, this.rows.length);
    return this.rows.push(row) - 1;
  }

  private text(text: string): number {
    const there = this.textIndex.get(text);
    if (there !== undefined) return there;
    this.textIndex.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}
