import type { Milliseconds } from '../../base/units.js';

type Microseconds = number;

/** A file of /proc/PID, or what is made of one on the target. */
export type Reading = 'smaps_rollup' | 'smaps' | 'maps' | 'fds';

/** Of a process whose mappings have not been counted yet: an ordinary program with its libraries. */
const USUAL_VMAS = 120;

/**
 * Price of a file that has not been measured: open, read and close on a machine of today, and the part that grows with the
 * mappings (test/bench/sampling). Of `fds`: a directory with some dozens of entries.
 */
export function estimatedCost(reading: Reading, vmas = USUAL_VMAS): Microseconds {
  switch (reading) {
    case 'smaps_rollup':
      return 40 + 0.21 * vmas;
    case 'smaps':
      return 40 + 2.4 * vmas;
    case 'maps':
      return 40 + 0.24 * vmas;
    case 'fds':
      return 40;
  }
}

/**
 * What the expensive files of one tick may take together, so that it is answered well before the next one is due: what does not fit comes
 * at a later tick. One reading is always let through, however large.
 */
export class TickAllowance {
  private left: Microseconds;
  private used = false;

  constructor(tickMs: Milliseconds) {
    this.left = Math.min(40_000, tickMs * 250);
  }

  take(cost: Microseconds): boolean {
    if (this.used && cost > this.left) return false;
    this.used = true;
    this.left -= cost;
    return true;
  }
}

/** Weight of a new measurement: one reading that was interrupted must not make a process rare for long. */
const NEWEST = 0.3;
/** A reading that took longer than so many usual ones waited for a processor: that is no time that it cost the process. */
const MOST_TIMES = 5;
/** A timer may be late: a reading whose rest ends this share of a tick later is made now. The account keeps what is owed. */
const EARLY = 0.1;

/**
 * What reading the expensive files of one process costs, and when they may be read again: after a reading the process is left
 * alone for cost / budget, so that reading takes at most the budget's share of wall time.
 */
export class ReadingAccount {
  private readonly measured = new Map<Reading, Microseconds>();
  private restUntil: Milliseconds | undefined;

  cost(reading: Reading, vmas: number | undefined): Microseconds {
    return this.measured.get(reading) ?? estimatedCost(reading, vmas);
  }

  /** Answers what the reading is to be charged with; undefined for what is no time. */
  took(reading: Reading, microseconds: Microseconds): Microseconds | undefined {
    if (!(microseconds >= 0)) return undefined;
    const before = this.measured.get(reading);
    // A process that has grown is caught up with in a few readings.
    const cost = before === undefined ? microseconds : Math.min(microseconds, Math.max(1, MOST_TIMES * before));
    this.measured.set(reading, before === undefined ? cost : before + NEWEST * (cost - before));
    return cost;
  }

  /** How many microseconds may be spent at a tick now; 0 while the process is left alone. */
  allowance(now: Milliseconds, tickMs: Milliseconds, budget: number): Microseconds {
    const owed = (this.restUntil ?? now) - now;
    return owed > EARLY * tickMs ? 0 : tickMs * budget * 1000;
  }

  charge(now: Milliseconds, tickMs: Milliseconds, budget: number, microseconds: Microseconds): void {
    // Time in which nothing was read is no credit, but for the one tick that a reading may be late.
    this.restUntil = Math.max(this.restUntil ?? now, now - tickMs) + microseconds / 1000 / budget;
  }

  /** How often these can be read together. */
  everyMs(readings: readonly Reading[], vmas: number | undefined, tickMs: Milliseconds, budget: number): Milliseconds {
    const cost = readings.reduce((sum, reading) => sum + this.cost(reading, vmas), 0);
    return Math.ceil(Math.max(1, cost / 1000 / budget / tickMs)) * tickMs;
  }
}
