/** Of all processes together; more are counted at each fault again. About 100 bytes each. */
const MOST_PAGES = 1 << 20;

/** One that another stack has touched after the first: that one, and what it was counted with. */
interface Later {
  readonly node: number;
  readonly bytes: number;
}

interface Pages {
  /** The stack that touched a page first. */
  readonly first: Map<number, number>;
  /** The one that touched it last, where that is another one. */
  readonly later: Map<number, Later>;
}

/**
 * Which stacks page faults count for when their addresses are known. A page that a process touches again was copied after a fork, or given back and taken anew:
 * memory grows by the different pages only. It counts once for the stack that touched it first and, as long as nobody else touches it after that, once for the one
 * that touched it last: faults don't tell whether that one has written to what the first one keeps, or got the address when the first one had given it back.
 * So what only gives back and takes anew stops to grow, and of two that hand pages to each other neither is missed.
 */
export class TouchedPages {
  private readonly processes = new Map<number, Pages>();
  private size = 0;
  /** Faults on pages that had been touched before. */
  again = 0;
  /** Faults on pages that could not be remembered: a page of them may be counted more than once. */
  forgotten = 0;

  constructor(private readonly most = MOST_PAGES) {}

  /** `add` is told what to add to which node; negative: another one has touched it since. `page`: the address by the size of a page. */
  touch(pid: number, page: number, node: number, bytes: number, add: (node: number, bytes: number) => void): void {
    const { first, later } = this.of(pid);
    const before = first.get(page);
    if (before === undefined) {
      add(node, bytes);
      if (this.size >= this.most) {
        this.forgotten++;
        return;
      }
      this.size++;
      first.set(page, node);
      return;
    }
    this.again++;
    const last = later.get(page);
    if (node === (last?.node ?? before)) return;
    if (last !== undefined) {
      later.delete(page);
      add(last.node, -last.bytes);
    }
    if (node === before) return;
    later.set(page, { node, bytes });
    add(node, bytes);
  }

  private of(pid: number): Pages {
    let pages = this.processes.get(pid);
    if (pages === undefined) {
      pages = { first: new Map(), later: new Map() };
      this.processes.set(pid, pages);
    }
    return pages;
  }
}
