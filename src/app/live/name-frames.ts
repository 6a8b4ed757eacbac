import type { Cancel } from '../../base/cancel.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveOutcome } from '../../model/live.js';
import type { Target } from '../ports.js';
import { mergeSpaces, type ProcessSpace, takeSpace } from '../symbols/process-space.js';
import type { SymbolOrigin } from '../symbols/symbol-origin.js';
import type { Symbolizer } from '../symbols/symbolizer.js';

/** What a process has mapped, from when it is attached to until the end: libraries come and go meanwhile. */
export class LiveSpace {
  private space: ProcessSpace | undefined;

  constructor(
    private readonly target: Target,
    private readonly pid: number,
    private readonly cancel: Cancel,
  ) {}

  /** Reads it once more; of a process that has ended, what was read before stays. */
  async look(): Promise<void> {
    if (this.cancel.requested) return;
    const taken = await takeSpace(this.target, this.pid, this.cancel);
    if (!taken.ok) return;
    this.space = this.space === undefined ? taken.value : mergeSpaces(this.space, taken.value);
  }

  origin(sysroot: string | undefined): SymbolOrigin {
    return {
      ...(this.target.id === 'local' ? {} : { target: this.target }),
      ...(this.space === undefined ? {} : { space: this.space }),
      ...(sysroot === undefined ? {} : { sysroot }),
    };
  }
}

/** Addresses become functions, files and lines, in the profile and in the findings. */
export async function nameFrames(
  symbols: Symbolizer,
  outcome: LiveOutcome,
  origin: SymbolOrigin,
  cancel: Cancel,
): Promise<LiveOutcome> {
  const { profile, findings, notes } = outcome;
  const named = profile === undefined ? undefined : await symbols.symbolizeProfile(profile, origin, cancel);
  const told = await symbols.symbolizeFindings(findings, origin, cancel);
  // Both may say the same of a module.
  const more = new Map([...(named?.notes ?? []), ...told.notes].map((note) => [note.text, note]));
  return {
    ...outcome,
    ...(named === undefined ? {} : { profile: named.profile }),
    findings: told.findings,
    notes: [...notes, ...more.values()],
  };
}

/** Profiles of a look that goes on, with names: one at a time, since finding names may take longer than the next one takes to come. */
export class NamedProfiles {
  private waiting: HeapProfile | undefined;
  private naming: Promise<void> | undefined;
  private isOver = false;

  constructor(
    private readonly name: (profile: HeapProfile) => Promise<HeapProfile>,
    private readonly tell: (profile: HeapProfile) => void,
  ) {}

  /** Of several that come meanwhile the newest is told. */
  hear(profile: HeapProfile): void {
    this.waiting = profile;
    this.naming ??= this.work();
  }

  /** Nothing is told any more. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.naming;
  }

  private async work(): Promise<void> {
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const named = await this.name(next);
      this.told(named);
    }
    this.naming = undefined;
  }

  private next(): HeapProfile | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    return this.isOver ? undefined : waiting;
  }

  private told(named: HeapProfile): void {
    if (!this.isOver) this.tell(named);
  }
}
