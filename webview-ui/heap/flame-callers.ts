import type { CallerNode } from '../../src/insight/heap/callers.js';
import type { StackTree } from '../../src/model/heap-profile.js';
import type { FlameSums } from './flame-layout.js';
import type { FlameSource } from './flame-source.js';
import type { Chosen, ShownHeap } from './heap-model.js';

/** Work between two looks at the clock ends after so many milliseconds: the page stays quick. */
const SLICE = 24;
const MOST = 2_000_000;

/**
 * The stacks from below: what allocated, and who called it. All of it may be many times as large as the profile, so it is made level by level, and
 * only below boxes that are wide enough to be seen, in rows near those that are; a zoom and scrolling ask for more.
 */
export class CallersSource implements FlameSource {
  private readonly nodes: (CallerNode | undefined)[] = [undefined];
  private parent = new Uint32Array(1024);
  private frame = new Uint32Array(1024);
  private total = new Float64Array(1024);
  private wide = new Float64Array(1024);
  private row = new Uint32Array(1024);
  private readonly hasLess: boolean;
  private readonly roots: number;
  /** Those whose callers are not made, the outermost first. */
  private waiting: number[] = [];
  /** Too narrow, or too far below. */
  private left: number[] = [];
  private length = 1;
  /** Of an open node the callers, from the one to before the other; 0: it is not open. */
  private first = new Uint32Array(1024);
  private behind = new Uint32Array(1024);
  private asked = { wide: Number.POSITIVE_INFINITY, rows: 0 };

  constructor(private readonly data: Pick<ShownHeap, 'callers' | 'self' | 'isChange' | 'profile'>) {
    const { callers, isChange } = data;
    this.hasLess = isChange;
    for (const root of callers.roots()) this.add(0, root);
    for (let node = 1; node < this.length; node++) {
      this.total[0]! += this.total[node]!;
      this.wide[0]! += this.wide[node]!;
    }
    this.roots = this.length;
  }

  get tree(): StackTree {
    const { length } = this;
    return { length, parent: this.parent.subarray(0, length), frame: this.frame.subarray(0, length) };
  }

  get sums(): FlameSums {
    const { length, hasLess } = this;
    return { total: this.total.subarray(0, length), wide: this.wide.subarray(0, length), hasLess };
  }

  /** Of a caller there is no such thing: what it holds was allocated below it. */
  selfOf(): undefined {
    return undefined;
  }

  chosenOf(node: number): Chosen | undefined {
    const caller = this.nodes[node];
    if (caller === undefined) return undefined;
    const path: number[] = [];
    for (let at = node; at !== 0; at = this.parent[at]!) path.push(this.frame[at]!);
    return { kind: 'callers', path: path.reverse(), caller };
  }

  /** Its way is made when it is not there yet. */
  nodeOf(chosen: Chosen): number | undefined {
    // Of a stack the function that allocates.
    if (chosen.kind === 'node') return this.childOf(0, this.data.profile.tree.frame[chosen.node]!);
    if (chosen.kind !== 'callers') return undefined;
    let here = 0;
    for (const frame of chosen.path) {
      let next = this.childOf(here, frame);
      if (next === undefined && here !== 0) {
        this.open(here);
        next = this.childOf(here, frame);
      }
      if (next === undefined) return undefined;
      here = next;
    }
    return here;
  }

  inProfile(): undefined {
    return undefined;
  }

  repeatsOf(): number {
    return 0;
  }

  grow(wide: number, rows: number): boolean {
    if (wide < this.asked.wide || rows > this.asked.rows) {
      for (const node of this.left) this.waiting.push(node);
      this.left = [];
    }
    this.asked = { wide, rows };
    const before = this.length;
    const until = performance.now() + SLICE;
    let at = 0;
    for (; at < this.waiting.length && this.length < MOST && performance.now() < until; at++) {
      const node = this.waiting[at]!;
      if (this.wide[node]! < wide || this.row[node]! >= rows) this.left.push(node);
      else this.open(node);
    }
    this.waiting.splice(0, at);
    return this.length > before || (this.waiting.length > 0 && this.length < MOST);
  }

  private open(node: number): void {
    const caller = this.nodes[node];
    if (caller === undefined || !caller.hasCallers || this.first[node] !== 0) return;
    this.first[node] = this.length;
    for (const one of this.data.callers.callers(caller)) this.add(node, one);
    this.behind[node] = this.length;
  }

  private childOf(node: number, frame: number): number | undefined {
    const first = node === 0 ? 1 : this.first[node]!;
    const behind = node === 0 ? this.roots : this.behind[node]!;
    for (let at = first; at < behind; at++) if (this.frame[at] === frame) return at;
    return undefined;
  }

  private add(parent: number, caller: CallerNode): void {
    const node = this.length++;
    if (node === this.parent.length) this.makeRoom();
    this.nodes.push(caller);
    this.parent[node] = parent;
    this.frame[node] = caller.frame;
    this.row[node] = this.row[parent]! + 1;
    this.total[node] = caller.value;
    this.wide[node] = this.hasLess ? changed(caller, this.data.self) : caller.value;
    if (caller.hasCallers) this.waiting.push(node);
  }

  private makeRoom(): void {
    const room = this.parent.length * 2;
    const whole = <T extends Uint32Array | Float64Array>(larger: T, column: T): T => {
      larger.set(column);
      return larger;
    };
    this.parent = whole(new Uint32Array(room), this.parent);
    this.frame = whole(new Uint32Array(room), this.frame);
    this.row = whole(new Uint32Array(room), this.row);
    this.first = whole(new Uint32Array(room), this.first);
    this.behind = whole(new Uint32Array(room), this.behind);
    this.total = whole(new Float64Array(room), this.total);
    this.wide = whole(new Float64Array(room), this.wide);
  }
}

/** What has become more and what has become less, both added: as wide as all callers beside each other. */
function changed({ leaves }: CallerNode, self: Float64Array): number {
  let sum = 0;
  for (const leaf of leaves) sum += Math.abs(self[leaf]!);
  return sum;
}
