import type { Disposable } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { type Bytes, formatBytes, type Milliseconds } from '../../base/units.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveSession } from './live-way.js';

/** Reads what a tool writes, and can tell at any time what is known until then. */
export interface GrowingProfile {
  push(chunk: Uint8Array): void;
  /** What was read until now; more may come. */
  profile(): HeapProfile | undefined;
  /** Nothing more comes. */
  end(): HeapProfile | undefined;
}

/** What is asked for at once. */
const PIECE: Bytes = 2 << 20;
/** In one look; what is more waits for the next one. */
const MOST_A_LOOK: Bytes = 16 << 20;
const EVERY_MS: Milliseconds = 1_500;

/**
 * Follows a file on the target that a tool writes while it is attached, and tells what is known of it every second or two, as news of the session. Between
 * two looks it rests as long as the last one took at least, so that a slow line or a large profile has half of the time at most; what it is behind then is
 * told. `end` reads the rest: the profile is that of the whole file.
 */
export class FollowedProfile implements Disposable {
  private offset: Bytes = 0;
  private isOver = false;
  private timer: Disposable | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly session: Pick<LiveSession, 'target' | 'clock' | 'log' | 'cancel' | 'news'>,
    private readonly path: string,
    private readonly parser: GrowingProfile,
    /** What the tool does, for a person. */
    private readonly doing: string,
  ) {}

  /** From now on; the file may come later. */
  begin(): void {
    this.rest(EVERY_MS);
  }

  /** No more looks: neither is `end` called then. */
  dispose(): void {
    this.isOver = true;
    this.timer?.dispose();
  }

  /** To its end. Faults: `cancelled`, and those of reading. */
  async end(): Promise<Result<HeapProfile | undefined, Fault>> {
    this.dispose();
    await this.looking;
    const read = await this.read(Number.POSITIVE_INFINITY);
    return read.ok ? ok(this.parser.end()) : read;
  }

  private rest(ms: Milliseconds): void {
    this.timer = this.session.clock.after(ms, () => {
      this.looking = this.look();
    });
  }

  private async look(): Promise<void> {
    const { clock, log } = this.session;
    const begun = clock.now();
    const read = await this.read(MOST_A_LOOK);
    if (read.ok) {
      const behind = read.value ? 0 : await this.behind();
      if (this.isOver) return;
      const profile = this.parser.profile();
      if (profile !== undefined && profile.tree.length > 1) {
        const words = behind > 0 ? `${this.doing}; ${formatBytes(behind)} of that are not read yet` : this.doing;
        this.session.news({ phase: 'attached', words, profile });
      }
    } else log.info(`${this.path}: ${JSON.stringify(read.error)}`);
    if (!this.isOver) this.rest(Math.max(EVERY_MS, clock.now() - begun));
  }

  /** So much of it at most. True: to its end, as it was then. */
  private async read(most: Bytes): Promise<Result<boolean, Fault>> {
    const { target, cancel } = this.session;
    for (let left = most; left > 0; left -= PIECE) {
      if (cancel.requested) return err({ code: 'cancelled' });
      const piece = await target.readBytes(this.path, { offset: this.offset, length: PIECE });
      if (!piece.ok) return piece;
      this.parser.push(piece.value);
      this.offset += piece.value.length;
      if (piece.value.length < PIECE) return ok(true);
    }
    return ok(false);
  }

  /** 0 also when it is not known. */
  private async behind(): Promise<Bytes> {
    const facts = await this.session.target.stat(this.path);
    return facts.ok ? Math.max(0, facts.value.size - this.offset) : 0;
  }
}
