import { element, icon } from './dom.js';
import type { IconName } from './icons.js';

/** A word in the bar of a page, with a picture before it or without one. */
export function actionButton(picture: IconName | undefined, text: string, title: string, click: () => void): HTMLButtonElement {
  return element(
    'button',
    { class: 'action', attributes: { type: 'button', title }, on: { click } },
    picture !== undefined && icon(picture),
    text,
  );
}

/** Where a menu of a button opens, in CSS pixels of the page. */
export function below(button: HTMLElement): { readonly x: number; readonly y: number } {
  const { left, bottom } = button.getBoundingClientRect();
  return { x: left, y: bottom };
}
