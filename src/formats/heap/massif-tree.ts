import type { FrameTold, ProfileBuilder } from './profile-builder.js';
import { isInlinedInto, valgrindFrame } from './valgrind-frame.js';

/** ` n3: 5246976 0x40080C4: _dl_map_object (dl-load.c:2272)`: as many blanks as it is deep, children, bytes, what it is. */
const NODE = /^( *)n(\d+): (\d+) (.*)$/s;
const BELOW = /^in \d+ places?,.*below massif's threshold/;

interface Node {
  readonly depth: number;
  readonly told: FrameTold;
  isInlined: boolean;
  /** With all its callers. */
  readonly bytes: number;
  /** What its callers have. */
  ofCallers: number;
}

/** Where the bytes of a snapshot were allocated: of the nodes of the profile those that have some, and how much. */
export interface SparseColumn {
  readonly nodes: number[];
  readonly values: number[];
}

/**
 * The heap tree of one snapshot of massif, line by line. It stands on its head: a node's children are its callers. So the bytes that a node has more than
 * its children are those of one stack; its outer frames are not known where massif says that callers are below its threshold.
 */
export class MassifTree {
  readonly column: SparseColumn = { nodes: [], values: [] };
  /** What the tree is of: `(heap allocation functions) malloc/new/new[], --alloc-fns, etc.`, or an event's name and title. */
  title = '';
  /** Of the root. */
  bytes = 0;
  /** Bytes whose callers are not told. */
  below = 0;
  /** Nodes have less than their children. */
  isWrong = false;
  private readonly path: Node[] = [];
  /** Nodes that are still to come. */
  private missing = 1;

  constructor(private readonly builder: ProfileBuilder) {}

  /** False: this is no line of a tree. */
  line(line: string): boolean {
    const parts = NODE.exec(line);
    if (parts === null) return false;
    const depth = parts[1]!.length;
    const bytes = Number(parts[3]);
    const text = parts[4]!;
    this.missing += Number(parts[2]) - 1;
    if (this.path.length === 0) {
      this.title = text;
      this.bytes = bytes;
      this.path.push({ depth: -1, told: {}, isInlined: false, bytes, ofCallers: 0 });
      return true;
    }
    if (BELOW.test(text)) {
      this.below += bytes;
      return true;
    }
    this.close(depth);
    const told = valgrindFrame(text) ?? { function: text };
    const callee = this.path.at(-1)!;
    callee.ofCallers += bytes;
    if (isInlinedInto(callee.told, told)) callee.isInlined = true;
    this.path.push({ depth, told, isInlined: false, bytes, ofCallers: 0 });
    return true;
  }

  /** All lines have come. False: the tree is cut. */
  finish(): boolean {
    this.close(-1);
    return this.missing === 0;
  }

  /** Closes the nodes from `depth` on. */
  private close(depth: number): void {
    for (;;) {
      const node = this.path.at(-1);
      if (node === undefined || node.depth < depth) return;
      const rest = node.bytes - node.ofCallers;
      if (rest < 0) this.isWrong = true;
      if (rest > 0) {
        const { builder } = this;
        const frames = this.path
          .slice(1)
          .map(({ told, isInlined }) => builder.frame(isInlined ? { ...told, inlined: true } : told));
        this.column.nodes.push(builder.stack(frames));
        this.column.values.push(rest);
      }
      this.path.pop();
    }
  }
}
