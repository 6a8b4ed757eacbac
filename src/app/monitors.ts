import { type Disposable, DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import type { NamedTarget } from '../model/target-config.js';
import type { Monitor, MonitorSettings } from './monitor.js';

export const LOCAL: NamedTarget = { name: 'local', config: { kind: 'local' } };

/** One monitor for each target that somebody has asked for, and the target that the user looks at now. */
export class Monitors implements Disposable {
  private readonly byName = new Map<string, Monitor>();
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<Monitor>());
  private readonly opened = this.disposables.add(new Emitter<Monitor>());
  private selected: NamedTarget;

  /** The user has chosen another target. */
  readonly onDidSelect = this.changed.on.bind(this.changed);
  /** A monitor is there that was not before. */
  readonly onDidOpen = this.opened.on.bind(this.opened);

  constructor(
    private readonly create: (target: NamedTarget) => Monitor,
    selected: NamedTarget = LOCAL,
  ) {
    this.selected = selected;
  }

  get all(): readonly Monitor[] {
    return [...this.byName.values()];
  }

  /** The monitor of the chosen target. It samples only while somebody looks. */
  get current(): Monitor {
    return this.of(this.selected);
  }

  of(target: NamedTarget): Monitor {
    const there = this.byName.get(target.name);
    if (there !== undefined && sameTarget(there.target, target)) return there;
    // The name means another machine now: the series of the old one must not go on.
    there?.dispose();
    const monitor = this.create(target);
    this.byName.set(target.name, monitor);
    this.opened.emit(monitor);
    return monitor;
  }

  select(target: NamedTarget): void {
    const before = this.byName.get(this.selected.name);
    this.selected = target;
    const monitor = this.of(target);
    if (monitor !== before) this.changed.emit(monitor);
  }

  configure(settings: MonitorSettings): void {
    for (const monitor of this.byName.values()) monitor.configure(settings);
  }

  dispose(): void {
    for (const monitor of this.byName.values()) monitor.dispose();
    this.byName.clear();
    this.disposables.dispose();
  }
}

export const sameTarget = (a: NamedTarget, b: NamedTarget): boolean => JSON.stringify(a) === JSON.stringify(b);
