import type { Fault } from '../../base/fault.js';
import { err, type Result } from '../../base/result.js';
import type { Watch } from '../monitor.js';

export interface Search {
  readonly pid: number;
  readonly done: (result: Result<Watch, Fault>) => void;
}

/** Those who have asked for a process and wait for a tick that reads all of them. */
export class Searches {
  private readonly waiting = new Set<Search>();

  get any(): boolean {
    return this.waiting.size > 0;
  }

  get all(): readonly Search[] {
    return [...this.waiting];
  }

  add(pid: number): Promise<Result<Watch, Fault>> {
    return new Promise((done) => this.waiting.add({ pid, done }));
  }

  /** Those of `searches` that have not been given up meanwhile; they wait no longer, and are to be answered. */
  take(searches: readonly Search[]): readonly Search[] {
    return searches.filter((search) => this.waiting.delete(search));
  }

  giveUp(fault: Fault): void {
    for (const { done } of this.take(this.all)) done(err(fault));
  }
}
