import '@vscode-elements/elements/dist/vscode-button/index.js';
import { visibleText } from '../../src/base/visible-text.js';
import { element, icon } from './dom.js';
import type { IconName } from './icons.js';

/** Leads from a finding to the text of its rule. */
export function ruleLink(open: () => void): HTMLElement {
  const click = (event: Event): void => {
    event.preventDefault();
    open();
  };
  return element('a', { class: 'rule-link', attributes: { href: '#' }, on: { click } }, 'How this is decided');
}

/** A next step of a finding. */
export function stepButton(title: string, pictured: IconName, isMain: boolean, take: () => void): HTMLElement {
  const button = element('vscode-button', { on: { click: take } }, visibleText(title));
  // Pictures of the component need a style sheet of their own; this one is the page's.
  const picture = icon(pictured);
  picture.classList.add('step-picture');
  picture.slot = 'content-before';
  button.prepend(picture);
  button.secondary = !isMain;
  return button;
}
