/** So long may one turn of the event loop be held up by reading. */
const SLICE_MS = 8;

/** Cuts a long synchronous work into turns of the event loop: `if (slice.isOver()) await slice.next()`. */
export class TimeSlice {
  private began = performance.now();

  isOver(now = performance.now()): boolean {
    return now - this.began > SLICE_MS;
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.began = performance.now();
  }
}
