import { visibleText } from '../../src/base/visible-text.js';
import type { TrendEvent } from '../../src/model/trend-event.js';
import type { Source } from '../../src/protocol/trends.js';
import { element, icon, setChildren } from './dom.js';
import { eventWords } from './event-words.js';
import { formatMoment } from './format.js';

/** A kill of another day is told with it. */
const DAY_MS = 86_400_000;

/** The newest kill for lack of memory, with a button that explains it; hidden when there was none. */
export class OomLine {
  readonly element = element('div', { class: 'oom-line', attributes: { role: 'status', hidden: true } });
  private shown = '';

  constructor(private readonly explain: (source: string) => void) {}

  update(sources: readonly Source[], events: ReadonlyMap<string, readonly TrendEvent[]>): void {
    const newest = sources
      // Of a recording the machine as it is now tells nothing.
      .filter(({ connection }) => connection.kind !== 'recorded')
      .flatMap((source) => {
        const event = events.get(source.id)?.findLast(({ kind }) => kind === 'oom-kill' || kind === 'oom-victim');
        return event === undefined ? [] : [{ source, event }];
      })
      .sort((a, b) => b.event.at - a.event.at)[0];
    this.element.hidden = newest === undefined;
    if (newest === undefined) return;
    const { event, source } = newest;
    const text = `${formatMoment(event.at, DAY_MS)} ${visibleText(source.target)}: ${eventWords(event)?.text ?? ''}`;
    if (text === this.shown) return;
    this.shown = text;
    const button = element(
      'button',
      { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.explain(source.id) } },
      'Explain',
    );
    setChildren(this.element, icon('warning'), element('span', {}, text), button);
  }
}
