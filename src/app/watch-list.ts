import { type Disposable, DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import type { ProcessId } from '../model/process.js';
import type { Monitor, Watch } from './monitor.js';

/** A watch, the machine it is on, and whether the user has asked for it or MemLens did by itself. */
export interface Watched {
  readonly monitor: Monitor;
  readonly watch: Watch;
  readonly by: 'user' | 'run' | 'debug-session';
}

/** The processes that are followed until the user is done with them, whether a page shows them or not. */
export class WatchList implements Disposable {
  private readonly entries = new Map<string, Watched>();
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  readonly onDidChange = this.changed.on.bind(this.changed);

  get all(): readonly Watched[] {
    return [...this.entries.values()];
  }

  find(monitor: Monitor, id: ProcessId | string): Watched | undefined {
    return this.entries.get(keyOf(monitor, id));
  }

  async add(monitor: Monitor, pid: number, by: Watched['by']): Promise<Result<Watched, Fault>> {
    const watch = await monitor.watch(pid);
    if (!watch.ok) return watch;
    const key = keyOf(monitor, watch.value.id);
    const there = this.entries.get(key);
    if (there !== undefined) {
      // One is enough. What the user has asked for goes on when the run that began it has ended.
      watch.value.dispose();
      const kept: Watched = by === 'user' ? { ...there, by } : there;
      this.entries.set(key, kept);
      return ok(kept);
    }
    const watched: Watched = { monitor, watch: watch.value, by };
    this.entries.set(key, watched);
    this.changed.emit();
    return ok(watched);
  }

  remove({ monitor, watch }: Pick<Watched, 'monitor' | 'watch'>): void {
    const key = keyOf(monitor, watch.id);
    const there = this.entries.get(key);
    if (there === undefined) return;
    this.entries.delete(key);
    there.watch.dispose();
    this.changed.emit();
  }

  dispose(): void {
    for (const { watch } of this.entries.values()) watch.dispose();
    this.entries.clear();
    this.disposables.dispose();
  }
}

const keyOf = (monitor: Monitor, id: string): string => `${monitor.target.name}\n${id}`;
