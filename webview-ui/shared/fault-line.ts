import { visibleText } from '../../src/base/visible-text.js';
import { element, icon, setChildren } from './dom.js';
import { toolButton } from './tool-button.js';

/** What went wrong, above what is shown all the same; hidden until then, and when the user closes it. */
export class FaultLine {
  readonly element = element('div', { class: 'fault', attributes: { role: 'alert', hidden: true } });

  /** `deed`: what the user can have done about it. */
  show(message: string, nextStep: string, deed?: HTMLButtonElement): void {
    const text = [message, nextStep]
      .filter((part) => part !== '')
      .map(visibleText)
      .join(' ');
    setChildren(
      this.element,
      icon('error'),
      element('span', {}, text),
      deed,
      toolButton('close', 'Close', () => this.hide()),
    );
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
