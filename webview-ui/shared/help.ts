import { element } from './dom.js';

/** What can be written or pressed, each with what it does: opened by the button, closed by Escape or a click elsewhere. */
export function helpPopup(
  button: HTMLButtonElement,
  name: string,
  entries: readonly (readonly [what: string, meaning: string])[],
  note?: string,
): HTMLElement {
  const popup = element(
    'div',
    { class: 'help', attributes: { popover: 'auto', role: 'dialog', 'aria-label': name } },
    element(
      'dl',
      {},
      ...entries.flatMap(([what, meaning]) => [element('dt', {}, element('code', {}, what)), element('dd', {}, meaning)]),
    ),
    note !== undefined && element('p', {}, note),
  );
  button.popoverTargetElement = popup;
  popup.addEventListener('toggle', () => {
    const box = button.getBoundingClientRect();
    popup.style.left = `${Math.max(4, Math.min(box.right - popup.offsetWidth, window.innerWidth - popup.offsetWidth - 4))}px`;
    popup.style.top = `${Math.max(4, Math.min(box.bottom + 4, window.innerHeight - popup.offsetHeight - 4))}px`;
  });
  return popup;
}
