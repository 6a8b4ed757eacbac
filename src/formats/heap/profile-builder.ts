import type {
  FrameTable,
  HeapFormat,
  HeapMeasure,
  HeapNote,
  HeapProfile,
  HeapRegion,
  HeapTimeline,
} from '../../model/heap-profile.js';
import { ChildIndex } from './child-index.js';

/** What is told of one frame; what is not told is left out. Empty texts count as not told. */
export interface FrameTold {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly module?: string;
  readonly address?: string;
  readonly inlined?: boolean;
  /** As `FrameTable.call`. */
  readonly call?: string;
}

export interface ProfileFacts {
  readonly tool?: string;
  readonly command?: string;
  readonly pid?: number;
  readonly at?: number;
  readonly addresses?: 'process' | 'module';
  readonly timeline?: HeapTimeline;
  readonly regions?: readonly HeapRegion[];
  /** 0 when absent. */
  readonly chief?: number;
  /** Of a measure the value of each node, in place of what was added. */
  readonly self?: readonly (Float64Array | undefined)[];
  /** Behind those that were noted. */
  readonly notes?: readonly HeapNote[];
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
    call: number[];
  } = { function: [], file: [], line: [], module: [], address: [], inlined: [], call: [] };
  private hasCalls = false;
  private readonly children = new ChildIndex();
  private readonly parents: number[] = [0];
  private readonly nodeFrames: number[] = [0];
  /** Of each measure a column that may be shorter or longer than the nodes. */
  private readonly values: Float64Array[];
  private readonly notes: HeapNote[] = [];
  private isFull = false;
  private deep = 0;

  constructor(
    private readonly format: HeapFormat,
    private readonly measures: readonly HeapMeasure[],
  ) {
    this.values = measures.map(() => new Float64Array(64));
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
      this.text(told.call ?? ''),
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
    frames.call.push(columns[6]);
    if (columns[6] !== 0) this.hasCalls = true;
    this.frameIndex.set(key, index);
    return index;
  }

  /** The node of a frame below another node; 0 is the root. Parents must exist. */
  child(parent: number, frame: number): number {
    const there = this.children.get(parent, frame);
    if (there > 0) return there;
    const index = this.parents.length;
    if (index >= MOST_NODES) {
      this.full();
      return parent;
    }
    this.parents.push(parent);
    this.nodeFrames.push(frame);
    this.children.set(parent, frame, index);
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
    let column = this.values[measure];
    if (column === undefined) return;
    if (node >= column.length) {
      column = resized(column, Math.max(2 * column.length, this.parents.length));
      this.values[measure] = column;
    }
    column[node]! += value;
  }

  note(note: HeapNote): void {
    this.notes.push(note);
  }

  /** Nodes so far, the root included. */
  get size(): number {
    return this.parents.length;
  }

  /** What there is until now; more may come afterwards, and changes nothing of it. */
  finish({ chief = 0, self = [], notes = [], ...facts }: ProfileFacts = {}): HeapProfile {
    const { frames, parents, nodeFrames } = this;
    const table: FrameTable = {
      length: frames.line.length,
      function: new Uint32Array(frames.function),
      file: new Uint32Array(frames.file),
      line: new Uint32Array(frames.line),
      module: new Uint32Array(frames.module),
      address: new Uint32Array(frames.address),
      inlined: new Uint8Array(frames.inlined),
      ...(this.hasCalls ? { call: new Uint32Array(frames.call) } : {}),
    };
    return {
      format: this.format,
      ...facts,
      texts: [...this.texts],
      frames: table,
      tree: { length: parents.length, parent: new Uint32Array(parents), frame: new Uint32Array(nodeFrames) },
      measures: this.measures,
      self: this.values.map((column, measure) => self[measure] ?? resized(column, parents.length)),
      chief,
      notes: [
        ...this.notes,
        ...notes,
        ...(this.isFull ? [{ code: 'too-many' } as const] : []),
        ...(this.deep > 0 ? [{ code: 'deep-stacks', count: DEEPEST_STACK } as const] : []),
      ],
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

/** A copy of so many values; new ones are 0. */
function resized(column: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(column.subarray(0, length));
  return copy;
}
