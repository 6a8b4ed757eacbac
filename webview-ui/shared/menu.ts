import { element, icon, setAttribute } from './dom.js';

export type MenuEntry =
  | { readonly separator: true; readonly label?: string }
  | {
      readonly separator?: false;
      readonly label: string;
      /** Shown at the right, as in the editor's own menus. */
      readonly keys?: string;
      readonly disabled?: boolean;
      /** Makes it a check box or one of several. */
      readonly checked?: boolean;
      readonly kind?: 'check' | 'radio';
      readonly run: () => void;
    };

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

let open: { readonly close: (refocus: boolean) => void } | undefined;

/**
 * A menu at a point of the window, by the menu pattern of ARIA: arrows, Home, End, first letters, Escape. Check boxes leave it
 * open. The focus goes back to where it was.
 */
export function showMenu(label: string, entries: readonly MenuEntry[], place: MenuPlace, onClose: () => void = () => {}): void {
  open?.close(false);
  const before = document.activeElement;
  const items: HTMLElement[] = [];
  const menu = element('div', { class: 'menu', attributes: { role: 'menu', 'aria-label': label } });
  const close = (refocus: boolean): void => {
    if (open !== mine) return;
    open = undefined;
    menu.remove();
    document.removeEventListener('pointerdown', outside, true);
    window.removeEventListener('blur', leave);
    window.removeEventListener('resize', leave);
    if (refocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
    onClose();
  };
  const mine = { close };
  const outside = (event: Event): void => {
    if (event.target instanceof Node && !menu.contains(event.target)) close(false);
  };
  const leave = (): void => close(false);

  for (const entry of entries) {
    if (entry.separator) {
      menu.append(
        element(
          'div',
          {
            class: entry.label ? 'menu-title' : 'menu-separator',
            attributes: { role: entry.label ? 'presentation' : 'separator' },
          },
          entry.label,
        ),
      );
      continue;
    }
    items.push(menuItem(entry, close));
    menu.append(items.at(-1)!);
  }
  menu.addEventListener('keydown', (event) => onKey(event, items, close));
  menu.addEventListener('pointermove', (event) => {
    const item = items.find((one) => event.target instanceof Node && one.contains(event.target));
    if (item && item !== document.activeElement) item.focus({ preventScroll: true });
  });
  document.body.append(menu);
  // Inside of the window, whatever the place.
  menu.style.left = `${Math.max(2, Math.min(place.x, window.innerWidth - menu.offsetWidth - 2))}px`;
  menu.style.top = `${Math.max(2, Math.min(place.y, window.innerHeight - menu.offsetHeight - 2))}px`;
  open = mine;
  document.addEventListener('pointerdown', outside, true);
  window.addEventListener('blur', leave);
  window.addEventListener('resize', leave);
  items[0]?.focus({ preventScroll: true });
}

type Item = Extract<MenuEntry, { label: string; run: () => void }>;

function menuItem(entry: Item, close: (refocus: boolean) => void): HTMLElement {
  const role = entry.kind === 'check' ? 'menuitemcheckbox' : entry.kind === 'radio' ? 'menuitemradio' : 'menuitem';
  const item = element(
    'div',
    {
      class: 'menu-item',
      attributes: {
        role,
        tabindex: -1,
        'aria-checked': entry.kind ? `${entry.checked ?? false}` : undefined,
        'aria-disabled': entry.disabled ? 'true' : undefined,
        'aria-keyshortcuts': entry.keys,
      },
    },
    element('span', { class: 'menu-check' }, icon('check')),
    element('span', { class: 'menu-label' }, entry.label),
    entry.keys ? element('span', { class: 'menu-keys', attributes: { 'aria-hidden': 'true' } }, entry.keys) : undefined,
  );
  item.addEventListener('click', () => {
    if (entry.disabled) return;
    if (entry.kind === 'check') {
      setAttribute(item, 'aria-checked', item.getAttribute('aria-checked') === 'true' ? 'false' : 'true');
      entry.run();
      return;
    }
    close(true);
    entry.run();
  });
  return item;
}

function onKey(event: KeyboardEvent, items: readonly HTMLElement[], close: (refocus: boolean) => void): void {
  const at = items.indexOf(document.activeElement as HTMLElement);
  const focus = (index: number): void => items[(index + items.length) % items.length]?.focus();
  event.stopPropagation();
  switch (event.key) {
    case 'ArrowDown':
      focus(at + 1);
      break;
    case 'ArrowUp':
      focus(at - 1);
      break;
    case 'Home':
      focus(0);
      break;
    case 'End':
      focus(-1);
      break;
    case 'Enter':
    case ' ':
      items[at]?.click();
      break;
    case 'Escape':
    case 'Tab':
      close(true);
      break;
    default: {
      if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
      const letter = event.key.toLowerCase();
      const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      turned.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    }
  }
  event.preventDefault();
}
