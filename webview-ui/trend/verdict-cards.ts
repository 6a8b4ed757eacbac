import { visibleText } from '../../src/base/visible-text.js';
import type { NextStep } from '../../src/model/verdict.js';
import type { Source, VerdictText } from '../../src/protocol/trends.js';
import { element, setOrder } from '../shared/dom.js';
import { VerdictCard } from './verdict-card.js';

interface CardsEvents {
  step(source: string, action: NextStep['action']): void;
  retry(source: string): void;
  showSystem(source: string): void;
  remove(source: string): void;
  /** To a screen reader. */
  say(text: string): void;
}

/** A card for each source of the page. */
export class VerdictCards {
  readonly element = element('div', { class: 'cards' });
  private readonly cards = new Map<string, VerdictCard>();
  /** The verdict that was said last, by source: only another one is news. */
  private readonly said = new Map<string, string>();

  constructor(private readonly events: CardsEvents) {}

  update(sources: readonly Source[], verdicts: ReadonlyMap<string, VerdictText>): void {
    const wanted = new Set(sources.map(({ id }) => id));
    for (const [id, card] of this.cards) {
      if (wanted.has(id)) continue;
      card.dispose();
      this.cards.delete(id);
    }
    const cards = sources.map((source) => {
      const verdict = verdicts.get(source.id);
      const card = this.cards.get(source.id) ?? this.make(source.id);
      card.update(source, verdict, sources.length > 1);
      if (verdict) this.announce(source, verdict);
      return card.element;
    });
    setOrder(this.element, cards);
  }

  private make(id: string): VerdictCard {
    const card = new VerdictCard({
      step: (action) => this.events.step(id, action),
      retry: () => this.events.retry(id),
      showSystem: () => this.events.showSystem(id),
      remove: () => this.events.remove(id),
    });
    this.cards.set(id, card);
    return card;
  }

  private announce({ id, label }: Source, { title, verdict }: VerdictText): void {
    if (this.said.get(id) !== verdict.state) this.events.say(`${visibleText(label)}: ${title}`);
    this.said.set(id, verdict.state);
  }
}
