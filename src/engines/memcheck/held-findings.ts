import type { Finding } from '../../model/finding.js';

/**
 * Keeps findings until their count is known, for valgrind tells the counts after the errors. Valgrind itself stops at
 * 1,000 different errors unless `--error-limit=no` is given; when more than `capacity` are held the oldest are let go
 * with the count they have.
 */
export class HeldFindings {
  private readonly held = new Map<string, Finding>();
  /** Keys of two findings: a count can be given to neither. */
  private readonly ambiguous = new Set<string>();
  private unnamed = 0;

  constructor(
    private readonly emit: (finding: Finding) => void,
    private readonly capacity = 1024,
  ) {}

  hold(key: string, finding: Finding): void {
    let place = key;
    if (this.held.has(key)) {
      this.ambiguous.add(key);
      place = `${key}\0${this.unnamed++}`;
    }
    this.put(place, finding);
  }

  /** Like `hold`, but takes the place of an older one with the same key. */
  replace(key: string, finding: Finding): void {
    this.put(key, finding);
  }

  /** False when no such finding is held. */
  setCount(key: string, count: number): boolean {
    const finding = this.held.get(key);
    if (finding === undefined) return false;
    if (count > 1 && !this.ambiguous.has(key)) this.held.set(key, { ...finding, count });
    return true;
  }

  flush(): void {
    const findings = [...this.held.values()];
    this.held.clear();
    this.ambiguous.clear();
    for (const finding of findings) this.emit(finding);
  }

  private put(key: string, finding: Finding): void {
    this.held.set(key, finding);
    if (this.held.size <= this.capacity) return;
    const oldest = this.held.entries().next().value;
    if (oldest === undefined) return;
    this.held.delete(oldest[0]);
    this.ambiguous.delete(oldest[0]);
    this.emit(oldest[1]);
  }
}
