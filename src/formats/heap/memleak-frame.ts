import { callBefore } from './call-address.js';
import type { FrameTold } from './profile-builder.js';

/** `0 [<000055d2989dc204>] cache_tick+0x49 [/usr/bin/loop]`, the name and the module or only one of them. */
const LIBBPF = /^\s*\d+ \[<([\da-f]{1,16})>\] ?(.*)$/;
/** `0x0000561a0186c19e	leak_tick+0x15 [loop]`. */
const BCC = /^\s+0x([\da-f]{1,16})\s+(.*)$/;

/**
 * A frame as bcc's memleak or that of libbpf-tools prints it; older bcc prints no address, and bcc under Python 3 `b'…'` around bytes. Addresses are those to
 * return to. Undefined: no frame.
 */
export function readMemleakFrame(line: string): FrameTold | undefined {
  const addressed = LIBBPF.exec(line) ?? BCC.exec(line);
  if (addressed === null && !/^\s/.test(line)) return undefined;
  const text = (addressed?.[2] ?? line).trim().replace(/^b['"](.*)['"]$/, '$1');
  const parts = /^(.*?)(?:\s?\[([^\]]*)\])?$/.exec(text);
  const [, name = '', module = ''] = parts ?? [];
  const called = name.replace(/\+0x[\da-f]+$/, '').trim();
  return {
    // A name in brackets alone is a module, unless bcc says that it knows nothing.
    function: called === '[unknown]' ? '' : called,
    module: module === 'unknown' ? '' : module,
    ...(addressed === null ? {} : { address: callBefore(addressed[1] ?? '') }),
  };
}
