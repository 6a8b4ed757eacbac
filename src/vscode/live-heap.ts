import type { Milliseconds } from '../base/units.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LiveHeapPage } from './heap-panels.js';

/** Opens the heap page of a process, or takes the one of the same key; with `since` it goes on. */
export type ShowHeap = (
  title: string,
  profile: HeapProfile,
  origin: { readonly key: string; readonly since?: Milliseconds },
) => LiveHeapPage;

/** The heap page of one look into a process: opened when the user wants it, with what was seen until then, and told what comes. */
export class LiveHeap {
  private newest: HeapProfile | undefined;
  private page: LiveHeapPage | undefined;
  private since: Milliseconds | undefined;

  constructor(
    private readonly title: string,
    /** The same for the same process and way. */
    private readonly key: string,
    private readonly showHeap: ShowHeap,
    private readonly now: () => Milliseconds,
  ) {}

  get hasProfile(): boolean {
    return this.newest !== undefined;
  }

  /** It is attached, if it was not before. */
  begin(): void {
    this.since ??= this.now();
  }

  hear(profile: HeapProfile): void {
    this.newest = profile;
    this.page?.update(profile);
  }

  show(): void {
    const { newest, title, key } = this;
    if (newest !== undefined) this.page = this.showHeap(title, newest, { key, since: this.since ?? this.now() });
  }

  /** The result, shown in any case; a page that went on says why it does no longer. */
  finish(profile: HeapProfile, why: string): void {
    const wasLive = this.page?.isOpen === true;
    const page = this.showHeap(this.title, profile, { key: this.key });
    this.page = undefined;
    if (wasLive) page.end(why);
  }

  /** There is no result: what was seen until then stays. */
  end(why: string): void {
    this.page?.end(why);
    this.page = undefined;
  }
}
