import type { Disposable } from '../../base/dispose.js';
import { Emitter } from '../../base/emitter.js';
import type { TrendEvent } from '../../model/trend-event.js';

const MOST = 2000;

/** The newest events, oldest first. */
export class EventLog implements Disposable {
  private readonly list: TrendEvent[] = [];
  private readonly emitter = new Emitter<TrendEvent>();
  readonly onDidEvent = this.emitter.on.bind(this.emitter);

  get events(): readonly TrendEvent[] {
    return this.list;
  }

  add(event: TrendEvent): void {
    // A gap is noticed after it has begun: what was marked meanwhile stands behind it.
    let index = this.list.length;
    while (index > 0 && (this.list[index - 1] as TrendEvent).at > event.at) index--;
    this.list.splice(index, 0, event);
    if (this.list.length > MOST) this.list.shift();
    this.emitter.emit(event);
  }

  dispose(): void {
    this.emitter.dispose();
  }
}
