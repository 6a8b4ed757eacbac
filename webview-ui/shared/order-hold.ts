import type { Milliseconds } from '../../src/base/units.js';

/** How long after a key the order stays. */
const AFTER_KEY: Milliseconds = 5000;

/**
 * While the user points at the rows, or has just used the keyboard in them, rows stay where they are: values change in place, what is new
 * waits or comes last. So a click never meets another row than the one that was seen. The order follows as soon as the pointer leaves the
 * rows.
 */
export class OrderHold {
  private pointed = false;
  private menu = false;
  private keyTimer: number | undefined;

  constructor(private readonly onChange: () => void) {}

  get held(): boolean {
    return this.pointed || this.menu || this.keyTimer !== undefined;
  }

  /** Rows, and what else stands for one that can be clicked. */
  watch(area: Element): void {
    area.addEventListener('pointerenter', () => this.set(() => (this.pointed = true)));
    area.addEventListener('pointerleave', () => this.set(() => (this.pointed = false)));
  }

  setMenu(open: boolean): void {
    this.set(() => (this.menu = open));
  }

  keyUsed(): void {
    window.clearTimeout(this.keyTimer);
    this.set(() => {
      this.keyTimer = window.setTimeout(() => this.set(() => (this.keyTimer = undefined)), AFTER_KEY);
    });
  }

  private set(change: () => void): void {
    const before = this.held;
    change();
    if (this.held !== before) this.onChange();
  }
}
