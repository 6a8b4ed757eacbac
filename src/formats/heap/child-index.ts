/** Of a node and a frame below it the number of that child: a hash table in three columns, because a Map of millions of such pairs is slow. */
export class ChildIndex {
  private parents = new Uint32Array(1 << 10);
  private frames = new Uint32Array(1 << 10);
  /** 0: the place is empty; no child is node 0. */
  private children = new Uint32Array(1 << 10);
  private size = 0;

  /** The child, or 0. */
  get(parent: number, frame: number): number {
    return this.children[this.place(parent, frame)]!;
  }

  /** Adds a child that is not there yet. */
  set(parent: number, frame: number, child: number): void {
    if (this.size * 2 >= this.children.length) this.grow();
    const place = this.place(parent, frame);
    this.parents[place] = parent;
    this.frames[place] = frame;
    this.children[place] = child;
    this.size++;
  }

  /** Where the pair is, or the empty place where it belongs. */
  private place(parent: number, frame: number): number {
    const { parents, frames, children } = this;
    const mask = children.length - 1;
    let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let place = (hash ^ (hash >>> 13)) & mask;
    while (children[place] !== 0 && (parents[place] !== parent || frames[place] !== frame)) place = (place + 1) & mask;
    return place;
  }

  private grow(): void {
    const { parents, frames, children } = this;
    this.parents = new Uint32Array(children.length * 2);
    this.frames = new Uint32Array(children.length * 2);
    this.children = new Uint32Array(children.length * 2);
    for (let at = 0; at < children.length; at++) {
      if (children[at] === 0) continue;
      const place = this.place(parents[at]!, frames[at]!);
      this.parents[place] = parents[at]!;
      this.frames[place] = frames[at]!;
      this.children[place] = children[at]!;
    }
  }
}
