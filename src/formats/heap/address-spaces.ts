import { MappedRanges } from './mapped-ranges.js';
import { BIRTH, Births } from './process-births.js';
import { numbersOf, type StraceCall } from './strace-line.js';

/** What machines with other pages do is counted in pages of this size too. */
const PAGE = 4096;

interface Space {
  readonly ranges: MappedRanges;
  /** Where the heap ends, as the kernel last said. */
  break: number | undefined;
}

const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;

/**
 * Follows brk, mmap, munmap and mremap of processes, so that it is known who mapped what is mapped at the end. An owner is a number of the caller's choice.
 *
 * Which threads share one address space is told by clone's CLONE_VM, fork and execve when those are traced. Else all are taken for threads of one process,
 * until one maps over what another has without MAP_FIXED, which the kernel never does within one address space: from then on it has its own. A child's
 * copy of what its parent had is not counted again.
 */
export class AddressSpaces {
  mappedBytes = 0;
  private readonly spaces = new Map<number, Space>();
  private readonly everything = new Set<Space>();
  private usual: Space | undefined;
  private readonly births: Births | undefined;

  /**
   * `of`: only this process counts; its threads are known, and so are its children, as soon as they do something. `changed`: an owner has so many bytes
   * more, or fewer.
   */
  constructor(
    private readonly of?: { readonly pid: number; readonly threads?: ReadonlySet<number>; readonly heapEnd?: number },
    private readonly changed: (owner: number, bytes: number) => void = () => undefined,
  ) {
    if (of === undefined) return;
    if (of.threads !== undefined) this.births = new Births(new Set([of.pid, ...of.threads]));
    this.space(of.pid).break = of.heapEnd;
  }

  get children(): number {
    return this.births?.children.size ?? 0;
  }

  /** It has an address space that is not asked for. */
  isChild(pid: number): boolean {
    return this.births?.isChild(pid) === true;
  }

  unfinished(call: Pick<StraceCall, 'pid' | 'name' | 'arguments'>): void {
    this.births?.begun(call);
  }

  /** Bytes that the call mapped in addition. */
  call(call: StraceCall, owner: number): number {
    const { name, pid, result } = call;
    if (this.births?.isChild(pid) === true) {
      this.births.ended(call);
      return 0;
    }
    this.births?.ended(call);
    if (result === undefined) return 0;
    if (name === 'mmap' || name === 'mmap2' || name === 'old_mmap') return this.mmap(call, result, owner);
    if (name === 'brk') return this.brk(pid, result, owner);
    if (name === 'mremap') return this.mremap(call, result, owner);
    if (name === 'munmap') {
      const [start = 0, length = 0] = numbersOf(call.arguments, 2);
      this.release(this.space(pid), start, start + pages(length));
    } else if (name === 'execve' || name === 'execveat') {
      this.executed(pid);
    } else if (this.births === undefined && BIRTH.test(name) && result > 0) {
      // A thread is in its parent's space, a child in one of its own.
      if (call.arguments.includes('CLONE_VM') && !call.arguments.includes('CLONE_VFORK'))
        this.spaces.set(result, this.space(pid));
      else this.spaces.set(result, this.own());
    }
    return 0;
  }

  /** A child that has ended has nothing mapped any more; of the program itself its last moment counts. */
  exited(pid: number): void {
    this.births?.exited(pid);
    const space = this.spaces.get(pid);
    this.spaces.delete(pid);
    if (space === undefined || space === this.usual || [...this.spaces.values()].includes(space)) return;
    this.empty(space);
    this.everything.delete(space);
  }

  /** What is mapped at the end, and by whom. */
  *left(): Generator<{ readonly start: number; readonly end: number; readonly owner: number }> {
    for (const { ranges } of this.everything) yield* ranges.all();
  }

  private mmap(call: StraceCall, start: number, owner: number): number {
    const [, length = 0] = numbersOf(call.arguments, 2);
    const end = start + pages(length);
    if (!(end > start)) return 0;
    const isFixed = call.arguments.includes('MAP_FIXED') && !call.arguments.includes('MAP_FIXED_NOREPLACE');
    let space = this.space(call.pid);
    if (
      this.of === undefined &&
      !isFixed &&
      space === this.usual &&
      space.ranges.touches(start, end) &&
      !this.spaces.has(call.pid)
    ) {
      space = this.own();
      this.spaces.set(call.pid, space);
    }
    this.take(space, start, end, owner);
    return end - start;
  }

  private brk(pid: number, to: number, owner: number): number {
    const space = this.space(pid);
    const from = space.break;
    space.break = to;
    // The first one only tells where the heap ends.
    if (from === undefined || from === to) return 0;
    if (to < from) {
      this.release(space, to, from);
      return 0;
    }
    this.take(space, pages(from), pages(to), owner);
    return Math.max(0, pages(to) - pages(from));
  }

  /** What is moved stays that of who mapped it; only what is added is the caller's. */
  private mremap(call: StraceCall, to: number, owner: number): number {
    const [from = 0, oldLength = 0, newLength = 0] = numbersOf(call.arguments, 3);
    const space = this.space(call.pid);
    const kept = Math.min(pages(oldLength), pages(newLength));
    const old = space.ranges.unmap(from, from + pages(oldLength));
    this.gone(old);
    this.release(space, to, to + pages(newLength));
    for (const range of old) {
      const start = range.start - from;
      const end = Math.min(range.end - from, kept);
      if (end > start) this.take(space, to + start, to + end, range.owner);
      if (call.arguments.includes('MREMAP_DONTUNMAP')) this.take(space, range.start, range.end, range.owner);
    }
    const added = Math.max(0, pages(newLength) - kept);
    this.take(space, to + kept, to + kept + added, owner);
    return added;
  }

  private executed(pid: number): void {
    const space = this.spaces.get(pid) ?? this.usual;
    if (space !== undefined) this.empty(space);
  }

  private empty(space: Space): void {
    this.gone(space.ranges.all());
    space.ranges.clear();
    space.break = undefined;
  }

  private space(pid: number): Space {
    const known = this.spaces.get(pid) ?? this.usual;
    if (known !== undefined) return known;
    this.usual = this.own();
    return this.usual;
  }

  private own(): Space {
    const space: Space = { ranges: new MappedRanges(), break: undefined };
    this.everything.add(space);
    return space;
  }

  private take(space: Space, start: number, end: number, owner: number): void {
    if (!(end > start)) return;
    this.mappedBytes += end - start;
    this.changed(owner, end - start);
    this.gone(space.ranges.map(start, end, owner));
  }

  private release(space: Space, start: number, end: number): void {
    this.gone(space.ranges.unmap(start, end));
  }

  private gone(ranges: readonly { readonly start: number; readonly end: number; readonly owner: number }[]): void {
    for (const { start, end, owner } of ranges) {
      this.mappedBytes -= end - start;
      this.changed(owner, start - end);
    }
  }
}
