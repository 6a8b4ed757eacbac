import { element, setOrder } from './dom.js';

interface Card<Finding> {
  readonly element: HTMLElement;
  show(finding: Finding): void;
}

/** Findings as cards. They come anew with each reading: a card stays as long as its rule holds, and with it the focus and what is unfolded. */
export class CardList<Finding extends { readonly rule: string }> {
  readonly element = element('ul', { class: 'finding-cards' });
  private readonly byRule = new Map<string, Card<Finding>>();

  constructor(private readonly make: () => Card<Finding>) {}

  /** At most one of each rule. */
  show(findings: readonly Finding[]): void {
    this.element.hidden = findings.length === 0;
    const rules = new Set(findings.map(({ rule }) => rule));
    for (const [rule, card] of this.byRule) {
      if (rules.has(rule)) continue;
      card.element.remove();
      this.byRule.delete(rule);
    }
    setOrder(
      this.element,
      findings.map((finding) => {
        const card = this.byRule.get(finding.rule) ?? this.make();
        this.byRule.set(finding.rule, card);
        card.show(finding);
        return card.element;
      }),
    );
  }
}
