import { element, icon, setAttribute } from './dom.js';
import type { IconName } from './icons.js';

/** A button with a picture only; its name is told to screen readers and shown on hover. */
export function toolButton(picture: IconName, name: string, click: () => void): HTMLButtonElement {
  const button = element('button', { class: 'tool', attributes: { type: 'button' }, on: { click } }, icon(picture));
  nameTool(button, name);
  return button;
}

/** A word that can be pressed. */
export const textButton = (text: string, click: () => void): HTMLButtonElement =>
  element('button', { class: 'text-button', attributes: { type: 'button' }, on: { click } }, text);

export function nameTool(button: HTMLButtonElement, name: string): void {
  setAttribute(button, 'title', name);
  setAttribute(button, 'aria-label', name);
}
