import type { FrameTable, HeapFormat, HeapMeasure, HeapNote, HeapProfile, HeapTimeline } from '../../model/heap-profile.js';

/** What is told of one frame; what is not told is left out. Empty texts count as not told. */
export interface FrameTold {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly module?: string;
  readonly address?: string;
  readonly inlined?: boolean;
}

export interface ProfileFacts {
  readonly tool?: string;
  readonly command?: string;
  readonly pid?: number;
  readonly at?: number;
  readonly addresses?: 'process' | 'module';
  readonly timeline?: HeapTimeline;
  /** 0 when absent. */
  readonly chief?: number;
}

/** More nodes than this are not kept: a hostile file must not fill the memory. */
const MOST_NODES = 1 << 23;
const MOST_FRAMES = 1 << 22;
/** Outer frames beyond it are left out: a recursion without end must not make a page that can't be drawn. */
export const DEEPEST_STACK = 4096;

/** Makes a profile of stacks and their values, in any order; equal frames and equal stacks are one. */
export class ProfileBuilder {
  private readonly texts: string[] = [''];
  private readonly textIndex = new Map<string, number>([['', 0]]);
  private readonly frameIndex = new Map<string, number>();
  private readonly frames: {
    function: number[];
    file: number[];
    line: number[];
    module: number[];
    address: number[];
    inlined: number[];
  } = { function: [], file: [], line: [], module: [], address: [], inlined: [] };
  private readonly nodeIndex = new Map<number, number>();
  private readonly parents: number[] = [0];
  private readonly nodeFrames: number[] = [0];
  private readonly values: number[][];
  private readonly notes: HeapNote[] = [];
  private isFull = false;
  private deep = 0;

  constructor(
    private readonly format: HeapFormat,
    private readonly measures: readonly HeapMeasure[],
  ) {
    this.values = measures.map(() => []);
  }

  /** The index of a frame. */
  frame(told: FrameTold): number {
    const columns = [
      this.text(told.function ?? ''),
      this.text(told.file ?? ''),
      told.line !== undefined && told.line > 0 && told.line < 0x80000000 ? Math.trunc(told.line) : 0,
      this.text(told.module ?? ''),
      this.text(told.address ?? ''),
      told.inlined === true ? 1 : 0,
    ] as const;
    const key = columns.join(' ');
    const there = this.frameIndex.get(key);
    if (there !== undefined) return there;
    const { frames } = this;
    const index = frames.line.length;
    if (index >= MOST_FRAMES) {
      this.full();
      return 0;
    }
    frames.function.push(columns[0]);
    frames.file.push(columns[1]);
    frames.line.push(columns[2]);
    frames.module.push(columns[3]);
    frames.address.push(columns[4]);
    frames.inlined.push(columns[5]);
    this.frameIndex.set(key, index);
    return index;
  }

  /** The node of a frame below another node; 0 is the root. Parents must exist. */
  child(parent: number, frame: number): number {
    // Both are below 2^26, so that the pair is a safe integer.
    const key = parent * 0x4000000 + frame;
    const there = this.nodeIndex.get(key);
    if (there !== undefined) return there;
    const index = this.parents.length;
    if (index >= MOST_NODES) {
      this.full();
      return parent;
    }
    this.parents.push(parent);
    this.nodeFrames.push(frame);
    this.nodeIndex.set(key, index);
    return index;
  }

  /** The node of a whole stack, frames innermost first. */
  stack(frames: readonly number[]): number {
    const depth = Math.min(frames.length, DEEPEST_STACK);
    if (frames.length > depth) this.deep++;
    let node = 0;
    for (let at = depth - 1; at >= 0; at--) node = this.child(node, frames[at] ?? 0);
    return node;
  }

  add(measure: number, node: number, value: number): void {
    const column = this.values[measure];
    if (column !== undefined) column[node] = (column[node] ?? 0) + value;
  }

  note(note: HeapNote): void {
    this.notes.push(note);
  }

  /** Nodes so far, the root included. */
  get size(): number {
    return this.parents.length;
  }

  finish(facts: ProfileFacts = {}): HeapProfile {
    const { frames, parents, nodeFrames } = this;
    if (this.isFull) this.note({ code: 'too-many' });
    if (this.deep > 0) this.note({ code: 'deep-stacks', count: DEEPEST_STACK });
    const table: FrameTable = {
      length: frames.line.length,
      function: Uint32Array.from(frames.function),
      file: Uint32Array.from(frames.file),
      line: Uint32Array.from(frames.line),
      module: Uint32Array.from(frames.module),
      address: Uint32Array.from(frames.address),
      inlined: Uint8Array.from(frames.inlined),
    };
    const { chief = 0, ...others } = facts;
    return {
      format: this.format,
      ...others,
      texts: this.texts,
      frames: table,
      tree: { length: parents.length, parent: Uint32Array.from(parents), frame: Uint32Array.from(nodeFrames) },
      measures: this.measures,
      self: this.values.map((column) => Float64Array.from({ length: parents.length }, (_, node) => column[node] ?? 0)),
      chief,
      notes: this.notes,
    };
  }

  private text(text: string): number {
    let index = this.textIndex.get(text);
    if (index === undefined) {
      index = this.texts.length;
      this.texts.push(text);
      this.textIndex.set(text, index);
    }
    return index;
  }

  private full(): void {
    this.isFull = true;
  }
}
