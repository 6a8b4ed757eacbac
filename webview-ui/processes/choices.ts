import type { Milliseconds } from '../../src/base/units.js';
import { readViewState, type ViewState } from './view-state.js';

/** What is chosen is saved when it has rested for so long. */
const SAVE_AFTER: Milliseconds = 300;

interface ChoicesEvents {
  /** Brings about what `differs` from what was brought about before. */
  readonly apply: (state: ViewState, differs: (key: keyof ViewState) => boolean) => void;
  readonly save: (state: ViewState) => void;
}

/** What the user has chosen in the page. */
export class Choices {
  private now: ViewState = readViewState(undefined);
  private applied: ViewState | undefined;
  private restored = false;
  private timer: number | undefined;

  constructor(private readonly events: ChoicesEvents) {}

  get state(): ViewState {
    return this.now;
  }

  apply(): void {
    const { applied, now } = this;
    this.applied = now;
    this.events.apply(now, (key) => applied?.[key] !== now[key]);
  }

  keep(change: Partial<ViewState>): void {
    this.now = { ...this.now, ...change };
    this.apply();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.events.save(this.now), SAVE_AFTER);
  }

  /** As it was saved; only once, for what the user has chosen since is newer. False: it was not taken. */
  restore(saved: unknown): boolean {
    if (this.restored) return false;
    this.restored = true;
    this.now = readViewState(saved);
    this.apply();
    return true;
  }
}
