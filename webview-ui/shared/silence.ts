import type { Milliseconds } from '../../src/base/units.js';
import type { Source, ToPage } from '../../src/protocol/trends.js';

/** Longer than a host needs to notice that a target does not answer, which it then says. */
const PATIENCE: Milliseconds = 15_000;
const TICKS = 5;

/**
 * Whether the host still speaks. When the editor's extension host ends, an editor page stays as it was and no message of it arrives
 * anywhere: only the page itself can tell that it stands still. Moments are milliseconds since the Unix epoch.
 */
export class Silence {
  private sources: readonly Source[] = [];
  private heardAt: Milliseconds | undefined;
  private told = false;

  /** What to take instead of, or after, this message. */
  hear(message: ToPage, now: Milliseconds): readonly ToPage[] {
    this.heardAt = now;
    if (message.kind === 'sources') this.sources = message.sources;
    const wasTold = this.told;
    this.told = false;
    return wasTold && message.kind !== 'sources' ? [{ kind: 'sources', sources: this.sources }, message] : [message];
  }

  /** The page was not seen, or its timers stood still: what it did not hear then is no silence. */
  rest(now: Milliseconds): void {
    if (this.heardAt !== undefined) this.heardAt = now;
  }

  /** The sources as they are to be shown once nothing has been heard for too long; told once. */
  look(now: Milliseconds): ToPage | undefined {
    const { sources, heardAt } = this;
    const intervals = sources.map(({ connection }) => (connection.kind === 'live' ? connection.intervalMs : undefined));
    const live = intervals.filter((interval) => interval !== undefined);
    if (this.told || heardAt === undefined || live.length === 0) return undefined;
    if (now - heardAt < PATIENCE + TICKS * Math.max(...live)) return undefined;
    this.told = true;
    return {
      kind: 'sources',
      sources: sources.map((source) =>
        source.connection.kind === 'live' ? { ...source, connection: { kind: 'silent', since: heardAt } } : source,
      ),
    };
  }
}
