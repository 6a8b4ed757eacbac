import type { FrameTold } from './profile-builder.js';

const FRAME = /^\s+([\da-f]{1,16}) (.+)$/;

/**
 * A line of a stack as `perf script` prints it: `1316 keep_ledger+0x4d (/usr/bin/bookshop)`, `1b7c9 start+0x59 (inlined)`, `7fc1 [unknown] ([unknown])`; without
 * `-F symoff` there is no offset, without `-F dso` no module. Undefined: no frame.
 */
export function readPerfFrame(line: string): (FrameTold & { readonly address: string }) | undefined {
  const parts = FRAME.exec(line);
  if (parts === null) return undefined;
  const [, address = '', rest = ''] = parts;
  const text = rest.trimEnd();
  // A module's name may have brackets of its own: `(/usr/bin/shop (deleted))`, `([vdso])`.
  const bracket = text.endsWith(' (deleted))')
    ? text.lastIndexOf(' (', text.length - ' (deleted))'.length - 1)
    : text.lastIndexOf(' (');
  const hasModule = bracket > 0 && text.endsWith(')');
  const told = hasModule ? text.slice(bracket + 2, -1) : '';
  const name = (hasModule ? text.slice(0, bracket) : text).replace(/\+0x[\da-f]+$/, '');
  return {
    function: name === '[unknown]' ? '' : name,
    module: told === 'inlined' || told === '[unknown]' ? '' : told.replace(/ \(deleted\)$/, ''),
    inlined: told === 'inlined',
    address: `0x${address.replace(/^0+(?=.)/, '')}`,
  };
}
