import type { FrameTold } from './profile-builder.js';

const PLACE = /^(.*?):(\d+)(?::\d+)?$/s;

/**
 * A frame as Valgrind's massif and DHAT, and DHAT for Rust, write it: `0x10926A: main (leak.c:21)`, `0x48417B4: malloc (in /usr/lib/x.so)`,
 * `0x1: ???`, `0x1: f (dir/file.rs:3:14)`. Functions and files may themselves hold blanks and parentheses. Undefined: it begins with no address.
 * Addresses are of the process, and already of the call.
 */
export function valgrindFrame(text: string): FrameTold | undefined {
  const address = /^0x([0-9a-f]+): /i.exec(text);
  if (address === null) return undefined;
  const hex = address[1]!.toLowerCase().replace(/^0+/, '');
  const told = hex === '' ? {} : { address: `0x${hex}` };
  const rest = text.slice(address[0].length).trimEnd();
  const from = openOfLast(rest);
  const place = from < 0 ? '' : rest.slice(from + 2, -1);
  if (place.startsWith('in ')) return { ...told, ...named(rest.slice(0, from)), module: place.slice(3) };
  const at = PLACE.exec(place);
  if (at === null) return { ...told, ...named(rest) };
  return { ...told, ...named(rest.slice(0, from)), file: at[1]!, line: Number(at[2]) };
}

const named = (name: string): FrameTold => (name === '???' || name === 'UnknownFn???' ? {} : { function: name });

/** Where the blank before the parenthesis stands that the last letter closes; -1: there is none. */
function openOfLast(text: string): number {
  if (!text.endsWith(')')) return -1;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth === 0) return text[at - 1] === ' ' ? at - 1 : -1;
  }
  return text.lastIndexOf(' (');
}

/** The compiler inlined `inner` into the frame that called it: one address, and not the same place (a recursion). */
export const isInlinedInto = (inner: FrameTold, outer: FrameTold): boolean =>
  inner.address !== undefined &&
  inner.address === outer.address &&
  (inner.function !== outer.function || inner.line !== outer.line || inner.file !== outer.file);
