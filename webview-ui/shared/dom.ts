import { type IconName, iconClass } from './icons.js';

type Child = Node | string | undefined | false;

interface Properties {
  readonly class?: string;
  readonly id?: string;
  /** Attributes as they are written; `undefined` leaves one out, `true` gives an empty one. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly on?: { readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };
}

/** An element with its children. Strings become text nodes: what a process is called is never read as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  if (properties.id !== undefined) made.id = properties.id;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) setAttribute(made, name, value);
  for (const [name, listener] of Object.entries(properties.on ?? {})) made.addEventListener(name, listener as EventListener);
  made.append(...present(children));
  return made;
}

/** Leaves the node alone when it says so already: a text that is written anew is read out anew. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== (value === true ? '' : `${value}`))
    node.setAttribute(name, value === true ? '' : `${value}`);
}

export function setChildren(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...present(children));
}

/** Only what stands elsewhere is moved: whoever reads a child, or has the focus in it, keeps the place. Others come after them. */
export function setOrder(parent: Element, children: readonly Element[]): void {
  children.forEach((child, position) => {
    const there = parent.children[position];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
}

/** A picture; it is never the only carrier of a meaning. */
export function icon(name: IconName): HTMLSpanElement {
  return element('span', { class: iconClass(name), attributes: { 'aria-hidden': 'true' } });
}

const present = (children: readonly Child[]): (Node | string)[] =>
  children.filter((child): child is Node | string => child !== undefined && child !== false);
