import type { Milliseconds } from '../../base/units.js';
import type { LeakKind, SizeAndCount } from '../../model/finding.js';
import type { LeakStatement, LeakTrack } from '../../model/leak-check.js';
import type { PlacedFinding } from '../../model/report.js';

const NOTHING: SizeAndCount = { bytes: 0, blocks: 0 };
const MINUTE_MS = 60_000;

interface Past {
  readonly fingerprint: string;
  readonly pid: number | undefined;
  readonly leakKind: LeakKind | undefined;
  readonly since: number;
  readonly last: SizeAndCount;
  /** It has grown after it was first seen. */
  readonly hasGrown: boolean;
  /** What it is compared with over all checks, and when that was; absent: the first check of its process saw it first. */
  readonly first: { readonly at: Milliseconds; readonly size: SizeAndCount };
  readonly isGone: boolean;
}

const keyOf = (pid: number | undefined, fingerprint: string): string => `${pid ?? ''} ${fingerprint}`;
const isMore = (a: SizeAndCount, b: SizeAndCount): boolean => a.bytes > b.bytes || (a.bytes === b.bytes && a.blocks > b.blocks);

/** Follows leaks over the checks of a run. A process that a check could not look at keeps what is known of it. */
export class LeakTracks {
  private readonly past = new Map<string, Past>();
  /** When each process was looked at last. */
  private readonly seen = new Map<number, Milliseconds>();
  private number = 0;

  /** One check, at `at`, of these processes; `leaks` are all that they have lost. */
  add(at: Milliseconds, pids: readonly number[], leaks: readonly PlacedFinding[]): readonly LeakTrack[] {
    const number = ++this.number;
    const now = new Map<string, { readonly leak: PlacedFinding; readonly size: SizeAndCount }>();
    for (const leak of leaks) {
      const key = keyOf(leak.pid, leak.fingerprint);
      const size = now.get(key)?.size ?? NOTHING;
      now.set(key, { leak, size: { bytes: size.bytes + (leak.bytes ?? 0), blocks: size.blocks + (leak.blocks ?? 0) } });
    }
    const tracks: LeakTrack[] = [];
    for (const [key, { leak, size }] of now) tracks.push(this.follow(key, leak, size, number, at));
    for (const [key, past] of this.past) {
      if (now.has(key) || past.isGone || (past.pid !== undefined && !pids.includes(past.pid))) continue;
      this.past.set(key, { ...past, last: NOTHING, isGone: true });
      const { fingerprint, pid, leakKind, since } = past;
      tracks.push({
        fingerprint,
        ...(pid === undefined ? {} : { pid }),
        ...(leakKind === undefined ? {} : { leakKind }),
        statement: 'gone',
        isNew: false,
        now: NOTHING,
        before: past.last,
        since,
      });
    }
    for (const pid of pids) this.seen.set(pid, at);
    return tracks;
  }

  private follow(key: string, leak: PlacedFinding, size: SizeAndCount, number: number, at: Milliseconds): LeakTrack {
    const past = this.past.get(key);
    const lastLook = leak.pid === undefined ? undefined : this.seen.get(leak.pid);
    const before = past?.last ?? (lastLook === undefined ? undefined : NOTHING);
    const grew = before !== undefined && isMore(size, before);
    const wasThere = past !== undefined && !past.isGone;
    const first = past?.first ?? (lastLook === undefined ? { at, size } : { at: lastLook, size: NOTHING });
    const hasGrown = (past?.hasGrown ?? false) || (past !== undefined && grew);
    const since = past?.since ?? number;
    const { fingerprint, pid, leakKind } = leak;
    this.past.set(key, { fingerprint, pid, leakKind, since, last: size, hasGrown, first, isGone: false });
    const minutes = (at - first.at) / MINUTE_MS;
    return {
      fingerprint: leak.fingerprint,
      ...(leak.pid === undefined ? {} : { pid: leak.pid }),
      ...(leak.leakKind === undefined ? {} : { leakKind: leak.leakKind }),
      statement: statementOf(past !== undefined, grew, hasGrown),
      isNew: !wasThere && before !== undefined,
      now: size,
      ...(before === undefined ? {} : { before }),
      ...(minutes > 0
        ? { perMinute: { bytes: (size.bytes - first.size.bytes) / minutes, blocks: (size.blocks - first.size.blocks) / minutes } }
        : {}),
      since,
    };
  }
}

function statementOf(isKnown: boolean, grew: boolean, hasGrown: boolean): LeakStatement {
  if (!isKnown) return 'first-check';
  if (grew) return 'still-growing';
  return hasGrown ? 'steady' : 'once-only';
}
