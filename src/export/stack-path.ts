import type { StackTree } from '../model/heap-profile.js';

/**
 * The way from the outermost frame to a node, and what is made of it level by level. Nodes that lie beside each other in a tree share most of their
 * way: only what is different of the next one is walked and made.
 */
export class StackPath {
  /** Of each level its node; level 0 is the root. Those above `depth` are of earlier ways. */
  readonly nodes: number[] = [0];
  /** Level of the node. */
  depth = 0;
  private readonly depths: Uint32Array;

  constructor(private readonly tree: StackTree) {
    const { length, parent } = tree;
    this.depths = new Uint32Array(length);
    for (let node = 1; node < length; node++) this.depths[node] = this.depths[parent[node]!]! + 1;
  }

  /** The result is the last level that is still the same. */
  goTo(node: number): number {
    const { nodes } = this;
    const { parent } = this.tree;
    const depth = this.depths[node]!;
    let level = depth;
    for (let at = node; level > 0 && (level > this.depth || nodes[level] !== at); level--) {
      nodes[level] = at;
      at = parent[at]!;
    }
    this.depth = depth;
    return level;
  }
}

/** The words of stacks, outermost first, with a separator between: a word for each frame. */
export class StackTexts {
  private readonly path: StackPath;
  /** Of each level the text as far as there; undefined: not made yet. */
  private readonly texts: (string | undefined)[] = [''];

  constructor(
    private readonly tree: StackTree,
    private readonly words: readonly string[],
    private readonly separator: string,
  ) {
    this.path = new StackPath(tree);
  }

  of(node: number): string {
    const { path, texts } = this;
    const same = path.goTo(node);
    for (let level = same + 1; level <= path.depth; level++) texts[level] = undefined;
    // The next one will part from this way where this one parted from the last, or later.
    this.textTo(same);
    return this.textTo(path.depth);
  }

  private textTo(level: number): string {
    const { texts, tree, words, separator } = this;
    const made = texts[level];
    if (made !== undefined) return made;
    let from = level;
    while (texts[from] === undefined) from--;
    const parts = from === 0 ? [] : [texts[from]!];
    for (let at = from + 1; at <= level; at++) parts.push(words[tree.frame[this.path.nodes[at]!]!]!);
    // Joined, and not added: a text of many parts would be put together each time that it is written.
    const text = parts.join(separator);
    texts[level] = text;
    return text;
  }
}
