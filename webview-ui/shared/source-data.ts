import type { TrendEvent } from '../../src/model/trend-event.js';
import type { NowValues, Source, ToPage, VerdictText } from '../../src/protocol/trends.js';
import { BucketStore } from './buckets.js';
import { type Gap, gapsOf } from './gaps.js';
import type { TimeRange, TimeView } from './time-view.js';

/** What the host has told so far. */
export class SourceData {
  sources: readonly Source[] = [];
  readonly store = new BucketStore();
  readonly now = new Map<string, NowValues>();
  readonly events = new Map<string, readonly TrendEvent[]>();
  readonly verdicts = new Map<string, VerdictText>();
  recordingTo: string | undefined;

  constructor(private readonly view: TimeView) {}

  /** False: not one of these messages. */
  take(message: ToPage): boolean {
    switch (message.kind) {
      case 'sources': {
        this.sources = message.sources;
        const ids = new Set(message.sources.map(({ id }) => id));
        for (const known of [this.now, this.events, this.verdicts])
          for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
        return true;
      }
      case 'buckets':
        this.store.apply(message.buckets);
        this.view.follow(message.buckets);
        return true;
      case 'now':
        this.now.set(message.now.source, message.now);
        return true;
      case 'events':
        this.events.set(message.source, message.events);
        return true;
      case 'verdict':
        this.verdicts.set(message.verdict.source, message.verdict);
        return true;
      case 'recording':
        this.recordingTo = message.to;
        return true;
      default:
        return false;
    }
  }

  gapsOf(source: Source, range: TimeRange): readonly Gap[] {
    return gapsOf(this.store.gaps, source.id, range.to);
  }

  /** Something was measured, whether or not it is in what is shown. */
  get empty(): boolean {
    return this.store.length === 0 && this.now.size === 0;
  }
}
