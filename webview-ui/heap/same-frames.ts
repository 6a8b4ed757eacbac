import type { HeapProfile } from '../../src/model/heap-profile.js';

type Frames = Pick<HeapProfile, 'frames' | 'texts'>;

/** Frames of one profile in another: of the same function, line, file and module; addresses count only where there is no name. */
export class SameFrames {
  private keys: ReadonlyMap<string, number> | undefined;

  constructor(
    private readonly before: Frames,
    private readonly after: Frames,
  ) {}

  isSame(before: number, after: number): boolean {
    return this.before.frames === this.after.frames
      ? before === after
      : frameKey(this.before, before) === frameKey(this.after, after);
  }

  /** undefined: it is not there. */
  of(frame: number): number | undefined {
    const { before, after } = this;
    // What goes on mostly keeps its numbers.
    if (frame < after.frames.length && this.isSame(frame, frame)) return frame;
    if (this.keys === undefined) {
      const keys = new Map<string, number>();
      for (let at = after.frames.length - 1; at >= 0; at--) keys.set(frameKey(after, at), at);
      this.keys = keys;
    }
    return this.keys.get(frameKey(before, frame));
  }

  /** undefined: not all of them are there. */
  all(frames: readonly number[]): readonly number[] | undefined {
    const found: number[] = [];
    for (const frame of frames) {
      const there = this.of(frame);
      if (there === undefined) return undefined;
      found.push(there);
    }
    return found;
  }
}

function frameKey({ frames, texts }: Frames, frame: number): string {
  const name = texts[frames.function[frame]!] ?? '';
  const where = [frames.file[frame]!, frames.module[frame]!, ...(name === '' ? [frames.address[frame]!] : [])];
  return [name, frames.line[frame], ...where.map((index) => texts[index])].join('\n');
}
