import { formatBytes } from '../../src/base/units.js';
import { element, setAttribute } from '../shared/dom.js';

/** `−` is as wide as a plus; `-` stands for what is not told. */
export function amount(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  if (bytes === 0) return '0';
  return bytes < 0 ? `\u2212${formatBytes(-bytes)}` : formatBytes(bytes);
}

/** A picture of a share; the numbers beside it say the same. `marks`: places on it, from 0 to 1. */
export function bar(
  share: number,
  kind: string,
  marks: readonly { readonly at: number; readonly name: string }[] = [],
): HTMLElement {
  const place = (value: number): string => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(2)}%`;
  const fill = element('span', { class: 'bar-fill' });
  // Styles of elements are set by script: the page's policy has no inline ones.
  fill.style.width = place(share);
  const box = element('span', { class: `bar ${kind}`, attributes: { 'aria-hidden': 'true' } }, fill);
  for (const { at, name } of marks) {
    const mark = element('span', { class: 'bar-mark' });
    mark.style.left = place(at);
    setAttribute(mark, 'data-mark', name);
    box.append(mark);
  }
  return box;
}
