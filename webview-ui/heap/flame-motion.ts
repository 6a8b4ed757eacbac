import type { FlameSpan } from './flame-window.js';

const LASTS = 160;

/** A zoom that is seen to go where it goes; at once where the user wants no motion. */
export class FlameMotion {
  private frame: number | undefined;
  private goal: FlameSpan | undefined;

  constructor(private readonly step: (span: FlameSpan) => void) {}

  go(from: FlameSpan, to: FlameSpan): void {
    this.cancel();
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.step(to);
      return;
    }
    this.goal = to;
    const began = performance.now();
    const next = (): void => {
      const share = Math.min(1, (performance.now() - began) / LASTS);
      const eased = 1 - (1 - share) ** 3;
      this.frame = undefined;
      if (share >= 1) {
        this.finish();
        return;
      }
      this.step({ from: from.from + (to.from - from.from) * eased, to: from.to + (to.to - from.to) * eased });
      this.frame = requestAnimationFrame(next);
    };
    this.frame = requestAnimationFrame(next);
  }

  /** To the end at once. */
  finish(): void {
    const { goal } = this;
    this.cancel();
    if (goal !== undefined) this.step(goal);
  }

  cancel(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.goal = undefined;
  }
}
