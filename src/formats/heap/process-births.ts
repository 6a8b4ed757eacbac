import type { StraceCall } from './strace-line.js';

export const BIRTH = /^(?:v?fork|clone[23]?)$/;

/** A child may share its parent's memory until it runs another program (vfork(2)); what it does until then is little, and not counted. */
const isThread = (told: string): boolean =>
  told.includes('CLONE_THREAD') || (told.includes('CLONE_VM') && !told.includes('CLONE_VFORK'));

/**
 * Which numbers of a log are threads of one process, and which are its children. A new one may do something before the call that made it has returned to
 * its parent: then it is what the first of the unfinished calls makes.
 */
export class Births {
  readonly children = new Set<number>();
  /** By parent: the call that has not returned. */
  private readonly pending = new Map<number, boolean>();

  /** `threads`: those that were there at the beginning. */
  constructor(private readonly threads: Set<number>) {}

  isChild(pid: number): boolean {
    if (this.children.has(pid)) return true;
    if (this.threads.has(pid)) return false;
    const [first] = this.pending.values();
    this.know(pid, first ?? true);
    return first === false;
  }

  begun({ pid, name, arguments: told }: Pick<StraceCall, 'pid' | 'name' | 'arguments'>): void {
    if (BIRTH.test(name)) this.pending.set(pid, isThread(told));
  }

  ended({ pid, name, arguments: told, result }: StraceCall): void {
    if (!BIRTH.test(name)) return;
    this.pending.delete(pid);
    if (result === undefined || result === 0) return;
    // A child's own threads are its own.
    this.know(result, isThread(told) && !this.children.has(pid));
  }

  /** The kernel gives numbers again. */
  exited(pid: number): void {
    this.threads.delete(pid);
  }

  private know(pid: number, isOne: boolean): void {
    (isOne ? this.threads : this.children).add(pid);
    (isOne ? this.children : this.threads).delete(pid);
  }
}
